import JSON

extension SAMEvent {
  /// The resources with a bucket that tells the function of its events
  /// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-s3.html).
  func notification(of function: SAMFunction, resources: JSONValue) throws(TemplateError) -> JSONValue {
    for member in properties.members where !["Bucket", "Events", "Filter"].contains(member.name) {
      throw TemplateError("An event of the type \(type) has no property \(member.name)", at: path)
    }
    guard let id = properties["Bucket"]?["Ref"]?.scalarText, let bucket = resources[id] else {
      throw TemplateError("An event of the type S3 must reference a bucket of the same template", at: path)
    }
    let events: [JSONValue] =
      if case .array(let events)? = properties["Events"] { events } else { [properties["Events"]].compactMap(\.self) }
    let bucketProperties = bucket["Properties"] ?? [:]
    let notification = bucketProperties["NotificationConfiguration"] ?? [:]
    var configurations: [JSONValue] = []
    switch notification["LambdaConfigurations"] {
    case nil: break
    case .array(let elements)?: configurations = elements
    default: throw TemplateError("LambdaConfigurations is no list", at: id)
    }
    for event in events {
      var configuration = JSONValue.object(present: [
        ("Event", event), ("Filter", properties["Filter"]), ("Function", function.arn),
      ])
      if let condition = function.condition {
        configuration = ["Fn::If": [.string(condition), configuration, .ref("AWS::NoValue")]]
      }
      if !configurations.contains(configuration) { configurations.append(configuration) }
    }
    let changed = notification.setting("LambdaConfigurations", to: .array(configurations))
    return resources.setting(
      id, to: bucket.setting("Properties", to: bucketProperties.setting("NotificationConfiguration", to: changed)))
  }
}
