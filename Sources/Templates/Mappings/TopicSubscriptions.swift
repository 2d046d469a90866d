import JSON

/// `AWS::SNS::Subscription` with the protocol `lambda`: a mapping of the topic
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html).
enum TopicSubscriptions {
  /// The body of `CreateEventSourceMapping`.
  static func request(_ properties: JSONValue) throws(TemplateError) -> JSONValue {
    let given = try shape.wire(properties)
    var configuration: [JSONMember] = []
    for name in ["FilterPolicy", "FilterPolicyScope"] {
      if let value = given[name] { configuration.append(JSONMember(name, value)) }
    }
    if let queue = try deadLetterQueue(given["RedrivePolicy"]) {
      configuration.append(JSONMember("DeadLetterQueueArn", queue))
    }
    var request: [JSONMember] = []
    if let topic = given["TopicArn"] { request.append(JSONMember("EventSourceArn", topic)) }
    if let function = given["Endpoint"] { request.append(JSONMember("FunctionName", function)) }
    if !configuration.isEmpty { request.append(JSONMember("SNSEventSourceConfig", .object(configuration))) }
    return .object(request)
  }

  private static func deadLetterQueue(_ policy: JSONValue?) throws(TemplateError) -> JSONValue? {
    guard let text = policy?.string else { return nil }
    guard let document = try? JSONValue(parsing: Array(text.utf8)), let queue = document["deadLetterTargetArn"],
      queue.string != nil
    else { throw TemplateError("RedrivePolicy has to name a queue as deadLetterTargetArn, not \(text)") }
    return queue
  }

  /// What Lambda's protocol does not look at is taken and left: raw delivery, the policy of HTTP deliveries.
  private static let shape = PropertyShape.object([
    .init("Protocol", .string, isRequired: true), .init("TopicArn", .string, isRequired: true),
    .init("Endpoint", .string, isRequired: true), .init("FilterPolicy", .jsonText), .init("FilterPolicyScope", .string),
    .init("RedrivePolicy", .jsonText), .init("RawMessageDelivery", .unread), .init("DeliveryPolicy", .unread),
    .init("ReplayPolicy", .unread), .init("Region", .unread), .init("SubscriptionRoleArn", .unread),
  ])
}
