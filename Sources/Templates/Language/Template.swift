public import JSON

/// A CloudFormation template, its sections taken apart
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html). Rules, hooks, metadata and
/// transforms are not looked at.
public struct Template: Sendable {
  /// A parameter that a template declares.
  public struct Parameter: Sendable {
    public var name: String
    /// `String`, `Number`, `CommaDelimitedList`, `List<Number>`, `AWS::SSM::Parameter::Value<String>`, …
    public var type: String
    public var defaultValue: JSONValue?
    /// The declaration whole, for its constraints.
    var declaration: JSONValue
  }

  /// A resource that a template declares.
  public struct Resource: Sendable {
    public var logicalID: String
    public var type: String
    /// An object.
    public var properties: JSONValue
    public var metadata: JSONValue?
    public var condition: String?
    public var dependsOn: [String]
    public var deletionPolicy: String?
    public var updateReplacePolicy: String?
  }

  /// An output that a template declares.
  public struct Output: Sendable {
    public var name: String
    public var value: JSONValue
    /// The expression of the name under which other stacks import it.
    public var exportName: JSONValue?
    public var condition: String?
  }

  public private(set) var parameters: [Parameter] = []
  public private(set) var mappings: JSONValue = [:]
  public private(set) var conditions: [String: JSONValue] = [:]
  /// In the order of the document.
  public private(set) var resources: [Resource] = []
  public private(set) var outputs: [Output] = []
  private(set) var indices: [String: Int] = [:]

  /// Deeper nesting is nothing that anybody writes, and nothing that a thread's stack should be tried with.
  static let maximumDepth = 100

  /// Takes a document apart.
  public init(_ document: JSONValue) throws(TemplateError) {
    guard case .object = document else {
      throw TemplateError("a template has to be an object, not \(document.summary)")
    }
    guard document.isShallow(Self.maximumDepth) else {
      throw TemplateError("the template is nested deeper than \(Self.maximumDepth) levels")
    }
    for (name, declaration) in try Self.section("Parameters", of: document) {
      guard case .object = declaration, let type = declaration["Type"]?.string else {
        throw TemplateError("the parameter '\(name)' has no Type")
      }
      parameters.append(
        Parameter(name: name, type: type, defaultValue: declaration["Default"], declaration: declaration))
    }
    mappings = document["Mappings"] ?? [:]
    for (name, condition) in try Self.section("Conditions", of: document) { conditions[name] = condition }
    guard document["Resources"] != nil else { throw TemplateError("the template has no Resources") }
    for (logicalID, resource) in try Self.section("Resources", of: document) {
      // A loop over resources is a transform of CloudFormation's own.
      guard !logicalID.hasPrefix("Fn::") else { throw TemplateError("\(logicalID) is not supported among Resources") }
      do throws(TemplateError) {
        indices[logicalID] = resources.count
        resources.append(try Resource(logicalID, resource))
      } catch {
        throw error.about(logicalID)
      }
    }
    for (name, output) in try Self.section("Outputs", of: document) {
      guard let value = output["Value"] else { throw TemplateError("the output '\(name)' has no Value") }
      outputs.append(
        Output(
          name: name, value: value, exportName: output["Export"]?["Name"], condition: output["Condition"]?.string))
    }
  }

  /// A resource by its logical id.
  func resource(_ logicalID: String) -> Resource? { indices[logicalID].map { resources[$0] } }

  private static func section(
    _ name: String, of document: JSONValue
  ) throws(TemplateError) -> [(String, JSONValue)] {
    switch document[name] {
    case nil, .null?: return []
    case .object(let members)?:
      var names: Set<String> = []
      if let twice = members.first(where: { !names.insert($0.name).inserted }) {
        throw TemplateError("\(name) has '\(twice.name)' twice")
      }
      return members.map { ($0.name, $0.value) }
    case .some(let value): throw TemplateError("\(name) has to be an object, not \(value.summary)")
    }
  }
}

extension Template.Resource {
  fileprivate init(_ logicalID: String, _ resource: JSONValue) throws(TemplateError) {
    guard case .object = resource else {
      throw TemplateError("a resource has to be an object, not \(resource.summary)")
    }
    guard let type = resource["Type"]?.string, !type.isEmpty else { throw TemplateError("the resource has no Type") }
    let properties = resource["Properties"] ?? [:]
    guard case .object = properties else {
      throw TemplateError("Properties has to be an object, not \(properties.summary)")
    }
    self.init(
      logicalID: logicalID, type: type, properties: properties, metadata: resource["Metadata"],
      condition: try Self.text(resource, "Condition"), dependsOn: try Self.dependsOn(resource["DependsOn"]),
      deletionPolicy: try Self.text(resource, "DeletionPolicy"),
      updateReplacePolicy: try Self.text(resource, "UpdateReplacePolicy"))
  }

  private static func text(_ resource: JSONValue, _ name: String) throws(TemplateError) -> String? {
    guard let value = resource[name] else { return nil }
    guard let text = value.string else { throw TemplateError("\(name) has to be a text, not \(value.summary)") }
    return text
  }

  private static func dependsOn(_ value: JSONValue?) throws(TemplateError) -> [String] {
    guard let value else { return [] }
    if let name = value.string { return [name] }
    let names = (value.elements ?? []).compactMap(\.string)
    guard names.count == value.elements?.count else {
      throw TemplateError("DependsOn has to be one or more logical ids, not \(value.summary)")
    }
    return names
  }
}

extension JSONValue {
  /// Whether it is nested no deeper than that.
  func isShallow(_ depth: Int) -> Bool {
    switch self {
    case .null, .bool, .number, .string: true
    case .array(let elements): depth > 0 && elements.allSatisfy { $0.isShallow(depth - 1) }
    case .object(let members): depth > 0 && members.allSatisfy { $0.value.isShallow(depth - 1) }
    }
  }
}
