import FoundationEssentials
public import JSON

/// Why an expression has no value.
public enum EvaluationError: Error, Equatable, Sendable {
  /// It waits for a resource, or an export, that is not there yet.
  case pending(String)
  /// The template is wrong.
  case template(TemplateError)
}

/// Gives the values of a template's expressions.
///
/// Whatever nobody asks for is not evaluated: of `Fn::If` only the branch that is taken, of the resources only those that
/// something is done for.
public struct Evaluator: Sendable {
  /// What a reference to a resource gives: its `Ref` where the attribute is nil. Attributes of nested stacks come as
  /// `Outputs.Name`.
  public typealias Lookup = @Sendable (_ logicalID: String, _ attribute: String?) throws(EvaluationError) -> JSONValue
  /// What another stack exports under a name.
  public typealias Imports = @Sendable (_ name: String) throws(EvaluationError) -> JSONValue

  private let template: Template
  private let identity: StackIdentity
  private let parameters: TemplateParameters
  private let imports: Imports
  private let lookup: Lookup

  /// - Parameters:
  ///   - parameters: what the template's parameters were given.
  ///   - pending: parameters whose values are not known yet, and what each waits for.
  /// - Throws: where a parameter is missing, unknown, or not what it has to be.
  public init(
    template: Template, identity: StackIdentity, parameters: [String: JSONValue], pending: [String: String] = [:],
    imports: @escaping Imports, lookup: @escaping Lookup
  ) throws(TemplateError) {
    self.init(
      template: template, identity: identity,
      parameters: try TemplateParameters(template, given: parameters, pending: pending), imports: imports,
      lookup: lookup)
  }

  /// With parameters that were checked before.
  init(
    template: Template, identity: StackIdentity, parameters: TemplateParameters, imports: @escaping Imports,
    lookup: @escaping Lookup
  ) {
    self.template = template
    self.identity = identity
    self.parameters = parameters
    self.imports = imports
    self.lookup = lookup
  }

  /// The value of an expression; nil for `AWS::NoValue`. Members and elements without a value vanish.
  /// - Parameter logicalID: which resource or output it stands in, for errors.
  public func value(of expression: JSONValue, in logicalID: String) throws(EvaluationError) -> JSONValue? {
    do throws(EvaluationError) {
      return try value(expression)
    } catch {
      guard case .template(let reason) = error else { throw error }
      throw .template(reason.about(logicalID))
    }
  }

  /// Whether a condition of the template holds.
  public func isTrue(condition name: String) throws(EvaluationError) -> Bool {
    guard let condition = template.conditions[name] else { throw .wrong("there is no condition '\(name)'") }
    do throws(EvaluationError) {
      return try isTrue(condition)
    } catch {
      guard case .template(let reason) = error else { throw error }
      throw .template(reason.about("Conditions/\(name)"))
    }
  }

  /// Whether a resource is wanted, by its own condition.
  public func exists(_ resource: Template.Resource) throws(EvaluationError) -> Bool {
    guard let condition = resource.condition else { return true }
    return try isTrue(condition: condition)
  }

  // MARK: Values

  private func value(_ expression: JSONValue) throws(EvaluationError) -> JSONValue? {
    if let intrinsic = try taken(apart: expression) { return try value(of: intrinsic) }
    switch expression {
    case .string(let text):
      if text.contains("{{resolve:") {
        throw .wrong("dynamic references such as \(text.prefix(80)) are not supported: nothing here reads secrets")
      }
      return expression
    case .null, .bool, .number: return expression
    case .array(let elements):
      return .array(try elements.map { (element) throws(EvaluationError) in try value(element) }.compactMap(\.self))
    case .object(let members):
      return .object(
        try members.map { (member) throws(EvaluationError) in
          try value(member.value).map { JSONMember(member.name, $0) }
        }.compactMap(\.self))
    }
  }

  private func value(of intrinsic: Intrinsic) throws(EvaluationError) -> JSONValue? {
    switch intrinsic {
    case .ref(let name): return try reference(name)
    case .getAtt(let name, let attribute): return try resource(name, try text(attribute, "Fn::GetAtt"))
    case .join(let delimiter, let list):
      let parts = try elements(list, "Fn::Join").map { (part) throws(EvaluationError) in
        try Self.text(part, "Fn::Join")
      }
      return .string(parts.joined(separator: delimiter))
    case .sub(let parts, let variables): return .string(try substituted(parts, variables))
    case .select(let index, let list):
      let elements = try elements(list, "Fn::Select")
      guard let number = Int(try text(index, "Fn::Select")), elements.indices.contains(number) else {
        throw .wrong("Fn::Select has no element \(index.summary) among \(elements.count)")
      }
      return elements[number]
    case .split(let delimiter, let source):
      let text = try text(source, "Fn::Split")
      return .array(text.split(on: delimiter).map { .string($0) })
    case .choose(let condition, let then, let otherwise):
      return try value(try isTrue(condition: condition) ? then : otherwise)
    case .findInMap(let map, let first, let second, let fallback):
      return try found(map, first, second, fallback)
    case .importValue(let name): return try imports(try text(name, "Fn::ImportValue"))
    case .base64(let text): return .string(Data(try self.text(text, "Fn::Base64").utf8).base64EncodedString())
    case .length(let list): return .number(JSONNumber(try elements(list, "Fn::Length").count))
    case .toJSONString(let value):
      guard let value = try self.value(value), !value.isScalar else {
        throw .wrong("Fn::ToJsonString takes an object or a list")
      }
      return .string(value.text)
    case .equals, .and, .or, .not: return .bool(try isTrue(intrinsic))
    case .unsupported(let name, _): throw .wrong("\(name) is not supported")
    }
  }

  private func reference(_ name: String) throws(EvaluationError) -> JSONValue? {
    switch name {
    case "AWS::AccountId": return .string(identity.account)
    case "AWS::Region": return .string(identity.region)
    case "AWS::Partition": return .string(identity.partition)
    case "AWS::URLSuffix": return .string(identity.urlSuffix)
    case "AWS::StackName": return .string(identity.name)
    case "AWS::StackId": return .string(identity.id)
    case "AWS::NotificationARNs": return []
    case "AWS::NoValue": return nil
    default:
      if let value = try parameters.value(name) { return value }
      return try resource(name, nil)
    }
  }

  private func resource(_ name: String, _ attribute: String?) throws(EvaluationError) -> JSONValue {
    guard let resource = template.resource(name) else {
      throw .wrong("'\(name)' is neither a resource nor a parameter of the template")
    }
    guard try exists(resource) else {
      throw .wrong(
        "it refers to '\(name)', which is not there, as its condition '\(resource.condition ?? "")' does not hold")
    }
    return try lookup(name, attribute)
  }

  private func substituted(
    _ parts: [Intrinsic.SubstitutionPart], _ variables: [JSONMember]
  ) throws(EvaluationError) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .reference(let name):
        let value: JSONValue?
        if let variable = variables.last(where: { $0.name == name }) {
          value = try self.value(variable.value)
        } else if let dot = name.firstIndex(of: "."), !name.hasPrefix("AWS::") {
          value = try resource(String(name[..<dot]), String(name[name.index(after: dot)...]))
        } else {
          value = try reference(name)
        }
        guard let value else { throw .wrong("Fn::Sub has nothing for ${\(name)}") }
        text += try Self.text(value, "Fn::Sub")
      }
    }
    return text
  }

  private func found(
    _ map: JSONValue, _ first: JSONValue, _ second: JSONValue, _ fallback: JSONValue?
  ) throws(EvaluationError) -> JSONValue? {
    let keys = [try text(map, "Fn::FindInMap"), try text(first, "Fn::FindInMap"), try text(second, "Fn::FindInMap")]
    if let value = template.mappings[keys[0]]?[keys[1]]?[keys[2]] { return value }
    if let fallback { return try value(fallback) }
    throw .wrong("Fn::FindInMap finds nothing under \(keys.joined(separator: ", "))")
  }

  // MARK: Conditions

  private func isTrue(_ condition: JSONValue) throws(EvaluationError) -> Bool {
    if let name = condition["Condition"]?.string, condition.members.count == 1 { return try isTrue(condition: name) }
    if let intrinsic = try taken(apart: condition) { return try isTrue(intrinsic) }
    if let flag = condition.flag { return flag }
    throw .wrong("\(condition.summary) is no condition")
  }

  private func isTrue(_ intrinsic: Intrinsic) throws(EvaluationError) -> Bool {
    switch intrinsic {
    case .equals(let left, let right): return try comparable(left) == comparable(right)
    case .not(let condition): return try !isTrue(condition)
    case .and(let conditions):
      for condition in conditions where try !isTrue(condition) { return false }
      return true
    case .or(let conditions):
      for condition in conditions where try isTrue(condition) { return true }
      return false
    default:
      guard let flag = try value(of: intrinsic)?.flag else { throw .wrong("a condition has to be true or false") }
      return flag
    }
  }

  /// Both sides of a comparison: scalars by their texts, since a parameter's number is a text.
  private func comparable(_ expression: JSONValue) throws(EvaluationError) -> JSONValue? {
    guard let value = try value(expression) else { return nil }
    return value.isScalar ? .string(try Self.text(value, "Fn::Equals")) : value
  }

  // MARK: Arguments

  private func taken(apart expression: JSONValue) throws(EvaluationError) -> Intrinsic? {
    do throws(TemplateError) { return try Intrinsic(expression) } catch { throw .template(error) }
  }

  private func elements(_ expression: JSONValue, _ function: String) throws(EvaluationError) -> [JSONValue] {
    guard let list = try value(expression)?.elements else {
      throw .wrong("\(function) takes a list, not \(expression.summary)")
    }
    return list
  }

  private func text(_ expression: JSONValue, _ function: String) throws(EvaluationError) -> String {
    guard let value = try value(expression) else { throw .wrong("\(function) has a part without a value") }
    return try Self.text(value, function)
  }

  private static func text(_ value: JSONValue, _ function: String) throws(EvaluationError) -> String {
    switch value {
    case .string(let text): return text
    case .number(let number): return number.text
    case .bool(let flag): return flag ? "true" : "false"
    case .null, .array, .object: throw .wrong("\(function) takes a text here, not \(value.summary)")
    }
  }
}

extension EvaluationError {
  fileprivate static func wrong(_ message: String) -> EvaluationError { .template(TemplateError(message)) }
}

extension JSONValue {
  /// A boolean, or the text of one.
  fileprivate var flag: Bool? {
    switch self {
    case .bool(let flag): flag
    case .string(let text): Bool(text)
    default: nil
    }
  }
}

extension String {
  /// The parts between occurrences of another text, empty ones too.
  fileprivate func split(on delimiter: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: delimiter) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
