import JSON

/// An event of a function: what invokes it.
struct SAMEvent {
  /// What it becomes.
  enum Kind {
    case mapping(SAMMappingKind)
    case topic
    case bucket
    /// Of a source that no mapping reads.
    case ignored
  }

  /// `Function/Events/Name`, for whom it may concern.
  let path: String
  /// The function's logical id with the event's name: what SAM calls that which it makes of it.
  let logicalID: String
  let type: String
  let kind: Kind
  let properties: JSONValue

  /// The types of SAM, those that are mappings excepted
  /// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html).
  private static let ignored: Set<String> = [
    "AlexaSkill", "Api", "CloudWatchEvent", "CloudWatchLogs", "Cognito", "EventBridgeRule", "HttpApi", "IoTRule",
    "Schedule", "ScheduleV2",
  ]

  init(_ member: JSONMember, of function: String) throws(TemplateError) {
    path = "\(function)/Events/\(member.name)"
    logicalID = function + member.name
    guard case .string(let type)? = member.value["Type"] else {
      throw TemplateError("An event needs a Type", at: path)
    }
    self.type = type
    properties = member.value["Properties"] ?? [:]
    let required: [String]
    if let mapping = SAMMappingKind(rawValue: type) {
      kind = .mapping(mapping)
      required = mapping.required
    } else if type == "SNS" {
      kind = .topic
      required = ["Topic"]
    } else if type == "S3" {
      kind = .bucket
      required = ["Bucket", "Events"]
    } else if Self.ignored.contains(type) {
      kind = .ignored
      required = []
    } else {
      throw TemplateError("SAM has no event of the type \(type)", at: path)
    }
    guard case .object = properties else { throw TemplateError("Properties is no map", at: path) }
    for name in required where properties[name] == nil {
      throw TemplateError("An event of the type \(type) needs the property \(name)", at: path)
    }
  }
}
