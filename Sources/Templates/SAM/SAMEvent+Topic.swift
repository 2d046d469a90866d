import JSON

extension SAMEvent {
  /// The subscription of the function to a topic; with `SqsSubscription` that of a queue, which the function then reads
  /// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sns.html).
  func subscription(of function: SAMFunction, resources: JSONValue) throws(TemplateError) -> [SAMResource] {
    let known: Set<String> = [
      "Topic", "Region", "FilterPolicy", "FilterPolicyScope", "SqsSubscription", "RedrivePolicy",
    ]
    for member in properties.members where !known.contains(member.name) {
      throw TemplateError("An event of the type \(type) has no property \(member.name)", at: path)
    }
    let queue = properties["SqsSubscription"] ?? false
    switch queue {
    case .bool(false), .string("false"):
      return [subscription("lambda", function.arn)]
    case .bool(true), .string("true"):
      let id = "\(logicalID)Queue"
      let isFIFO = fifoOfTopic(resources)
      let made = SAMResource(id, "AWS::SQS::Queue", .object(present: [("FifoQueue", isFIFO)]))
      return [made] + reading(.attribute("Arn", of: id), url: .ref(id), [:], of: function)
    case .object:
      guard let arn = queue["QueueArn"], let url = queue["QueueUrl"] else {
        throw TemplateError("SqsSubscription needs QueueArn and QueueUrl", at: path)
      }
      return reading(arn, url: url, queue, of: function)
    default:
      throw TemplateError("SqsSubscription is neither a boolean nor a map", at: path)
    }
  }

  private func subscription(_ transport: String, _ endpoint: JSONValue) -> SAMResource {
    let names = ["Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"]
    let own: [(name: String, value: JSONValue?)] = [
      ("TopicArn", properties["Topic"]), ("Protocol", .string(transport)), ("Endpoint", endpoint),
    ]
    return SAMResource(
      logicalID, "AWS::SNS::Subscription", .object(present: own + names.map { ($0, properties[$0]) }))
  }

  /// The queue's subscription, the policy that lets the topic send to it, and the mapping that reads it. SAM enables that
  /// whatever `Enabled` says.
  private func reading(
    _ arn: JSONValue, url: JSONValue, _ options: JSONValue, of function: SAMFunction
  ) -> [SAMResource] {
    let statement: JSONValue = [
      "Action": "sqs:SendMessage", "Effect": "Allow", "Principal": "*", "Resource": arn,
      "Condition": ["ArnEquals": ["aws:SourceArn": properties["Topic"] ?? .null]],
    ]
    let policy = SAMResource(
      options["QueuePolicyLogicalId"]?.scalarText ?? "\(logicalID)QueuePolicy", "AWS::SQS::QueuePolicy",
      ["PolicyDocument": ["Version": "2012-10-17", "Statement": [statement]], "Queues": [url]])
    let mapping = SAMResource(
      "\(logicalID)EventSourceMapping", "AWS::Lambda::EventSourceMapping",
      [
        "FunctionName": function.reference, "EventSourceArn": arn, "BatchSize": options["BatchSize"] ?? 10,
        "Enabled": true,
      ])
    return [subscription("sqs", arn), policy, mapping]
  }

  /// A FIFO topic sends to FIFO queues only.
  private func fifoOfTopic(_ resources: JSONValue) -> JSONValue? {
    let topic = properties["Topic"]?["Ref"]?.scalarText.flatMap { resources[$0] }
    guard let value = topic?["Properties"]?["FifoTopic"], value.scalarText != "false" else { return nil }
    return value
  }
}
