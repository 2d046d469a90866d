public import JSON

/// Templates of the AWS Serverless Application Model: what its transform makes of the events of functions
/// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html).
public enum SAM {
  private static let transform = "AWS::Serverless-2016-10-31"

  /// The document with a plain resource for each event of its functions, under the logical id that SAM gives it.
  ///
  /// Functions stay in it as `AWS::Serverless::Function`, without their events. Events of sources that no mapping reads
  /// (`Api`, `Schedule`, …) are told as ignored: `Function/Events/Name` and the type. A document without SAM's transform
  /// comes back as it is. Throws where an event cannot be understood, naming it.
  public static func expand(
    _ document: JSONValue
  ) throws(TemplateError) -> (template: JSONValue, ignored: [(logicalID: String, type: String)]) {
    guard uses(transform: document["Transform"]), let resources = document["Resources"] else { return (document, []) }
    let globals = document["Globals"]?["Function"] ?? [:]
    let parameters = document["Parameters"] ?? [:]
    var expansion = SAMExpansion(resources: resources)
    for member in resources.members where member.value["Type"] == "AWS::Serverless::Function" {
      let function = try SAMFunction(member, globals: globals, parameters: parameters)
      try expansion.add(function)
    }
    var template = document.setting("Resources", to: expansion.resources)
    // What the rest of the template says about a function's alias or queue, it says by the function's name.
    for section in ["Resources", "Conditions", "Outputs"] {
      guard let value = template[section] else { continue }
      template = template.setting(section, to: expansion.references.resolved(value))
    }
    return (template, expansion.ignored)
  }

  private static func uses(transform value: JSONValue?) -> Bool {
    switch value {
    case .string(let name)?: name == transform
    case .array(let names)?: names.contains { $0 == .string(transform) || $0["Name"] == .string(transform) }
    default: false
    }
  }
}
