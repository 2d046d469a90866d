import AWSClient
import JSON

/// `AWS::SNS::Subscription` of a queue
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html). A
/// subscription has no name: the topic and the queue say which it is.
struct SubscriptionProvider: SourceProvider {
  private let endpoint: SourceEndpoint
  private let client: SNSClient

  init(_ endpoint: SourceEndpoint) {
    self.endpoint = endpoint
    client = SNSClient(endpoint.client, region: endpoint.region, account: endpoint.account)
  }

  /// The attributes that are set, with what they go back to
  /// (https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html).
  private static let defaults: [(name: String, value: String)] = [
    ("FilterPolicyScope", "MessageAttributes"), ("FilterPolicy", "{}"), ("RawMessageDelivery", "false"),
    ("RedrivePolicy", "{}"),
  ]

  /// What a subscription is for as long as it lives.
  private static let identity = ["TopicArn", "Protocol", "Endpoint"]

  private static func attributes(_ properties: ResourceProperties) -> [String: String] {
    var attributes: [String: String] = [:]
    for (name, _) in defaults { attributes[name] = properties.json(name) }
    // SNS knows a scope only together with a policy.
    if attributes["FilterPolicy"] == nil { attributes["FilterPolicyScope"] = nil }
    return attributes
  }

  func lookUp(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource? {
    let subscription = try Subscription(properties)
    let arn = try await endpoint.attempt("\(subscription) cannot be looked up", absent: TopicProvider.absent) {
      () async throws(AWSError) in
      try await client.subscription(
        topicARN: subscription.topicARN, protocol: "sqs", endpoint: subscription.queueARN)
    }
    return arn.flatMap { $0 }.map(Self.resource)
  }

  func create(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource {
    let subscription = try Subscription(properties)
    if let found = try await lookUp(name: name, properties) {
      return try await update(found, from: [:], to: properties)
    }
    let aim = "\(subscription) cannot be made"
    let attributes = Self.attributes(ResourceProperties(properties))
    let arn = try await endpoint.attempt(aim) { () async throws(AWSError) in
      try await client.subscribe(
        topicARN: subscription.topicARN, protocol: "sqs", endpoint: subscription.queueARN, attributes: attributes)
    }
    guard let arn else { throw TemplateError("\(aim): it waits for a confirmation") }
    return Self.resource(arn: arn)
  }

  func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    let (old, new) = (ResourceProperties(old), ResourceProperties(new))
    guard Self.identity.allSatisfy({ old.agrees(with: new, on: $0) }) else { return .replacement }
    return Self.defaults.allSatisfy { old.agrees(with: new, on: $0.name) } ? .none : .inPlace
  }

  func update(
    _ resource: RealizedResource, from old: JSONValue, to new: JSONValue
  ) async throws(TemplateError) -> RealizedResource {
    let before = Self.attributes(ResourceProperties(old))
    let after = Self.attributes(ResourceProperties(new))
    // A policy is checked by its scope, and that of a body may say more: the wider scope goes before its policy, and
    // the narrower one after.
    let narrows = after["FilterPolicyScope"] != "MessageBody"
    for (name, value) in narrows ? Self.defaults.reversed() : Self.defaults where before[name] != after[name] {
      try await endpoint.attempt("\(name) of the subscription \(resource.physicalID) cannot be set") {
        () async throws(AWSError) in
        try await client.setSubscriptionAttribute(
          subscriptionARN: resource.physicalID, name: name, value: after[name] ?? value)
      }
    }
    return resource
  }

  func delete(_ resource: RealizedResource) async throws(TemplateError) {
    _ = try await endpoint.attempt(
      "The subscription \(resource.physicalID) cannot be deleted", absent: TopicProvider.absent
    ) { () async throws(AWSError) in
      try await client.unsubscribe(subscriptionARN: resource.physicalID)
    }
  }

  private static func resource(arn: String) -> RealizedResource {
    RealizedResource(physicalID: arn, attributes: ["Ref": .string(arn), "Arn": .string(arn)])
  }
}

/// Who is subscribed to what.
private struct Subscription: CustomStringConvertible {
  let topicARN: String
  let queueARN: String

  init(_ document: JSONValue) throws(TemplateError) {
    let properties = ResourceProperties(document)
    guard let topicARN = properties.text("TopicArn") else { throw TemplateError("A subscription needs a TopicArn") }
    let transport = properties.text("Protocol") ?? ""
    guard transport == "sqs" else {
      throw TemplateError("A subscription of the protocol '\(transport)' cannot be made: only sqs can")
    }
    guard let queueARN = properties.text("Endpoint") else {
      throw TemplateError("A subscription of the protocol sqs needs an Endpoint: the queue's ARN")
    }
    self.topicARN = topicARN
    self.queueARN = queueARN
  }

  var description: String { "The subscription of \(queueARN) to \(topicARN)" }
}
