import AWSClient
import JSON

/// `AWS::SNS::Topic` (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html).
struct TopicProvider: SourceProvider {
  private let endpoint: SourceEndpoint
  private let client: SNSClient

  init(_ endpoint: SourceEndpoint) {
    self.endpoint = endpoint
    client = SNSClient(endpoint.client, region: endpoint.region, account: endpoint.account)
  }

  /// What SNS calls a topic that is not there.
  static let absent: Set<String> = ["NotFound", "NotFoundException"]

  private static let deduplication = "ContentBasedDeduplication"

  func lookUp(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource? {
    let partition = Partition(ofRegion: endpoint.region).name
    let arn = "arn:\(partition):sns:\(endpoint.region):\(endpoint.account):\(name)"
    let attributes = try await endpoint.attempt("The topic \(name) cannot be looked up", absent: Self.absent) {
      () async throws(AWSError) in
      try await client.topicAttributes(topicARN: arn)
    }
    guard let attributes else { return nil }
    return Self.resource(name: name, arn: attributes["TopicArn"] ?? arn)
  }

  func create(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource {
    if let found = try await lookUp(name: name, properties) {
      return try await update(found, from: [:], to: properties)
    }
    let properties = ResourceProperties(properties)
    var attributes: [String: String] = [:]
    // SNS knows both for FIFO topics only: even false ones are refused.
    if properties.isTrue("FifoTopic") {
      attributes["FifoTopic"] = "true"
      attributes[Self.deduplication] = properties.text(Self.deduplication)
    }
    let arn = try await endpoint.attempt("The topic \(name) cannot be made") { () async throws(AWSError) in
      try await client.createTopic(name: name, attributes: attributes)
    }
    return Self.resource(name: name, arn: arn)
  }

  func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    let (old, new) = (ResourceProperties(old), ResourceProperties(new))
    guard old.agrees(with: new, on: "TopicName"), old.isTrue("FifoTopic") == new.isTrue("FifoTopic") else {
      return .replacement
    }
    return old.isTrue(Self.deduplication) == new.isTrue(Self.deduplication) ? .none : .inPlace
  }

  func update(
    _ resource: RealizedResource, from old: JSONValue, to new: JSONValue
  ) async throws(TemplateError) -> RealizedResource {
    let isDeduplicating = ResourceProperties(new).isTrue(Self.deduplication)
    guard ResourceProperties(old).isTrue(Self.deduplication) != isDeduplicating else { return resource }
    try await endpoint.attempt("The topic \(resource.physicalID) cannot be changed") { () async throws(AWSError) in
      try await client.setTopicAttribute(
        topicARN: resource.physicalID, name: Self.deduplication, value: isDeduplicating ? "true" : "false")
    }
    return resource
  }

  func delete(_ resource: RealizedResource) async throws(TemplateError) {
    _ = try await endpoint.attempt("The topic \(resource.physicalID) cannot be deleted", absent: Self.absent) {
      () async throws(AWSError) in
      try await client.deleteTopic(topicARN: resource.physicalID)
    }
  }

  private static func resource(name: String, arn: String) -> RealizedResource {
    RealizedResource(
      physicalID: arn, attributes: ["Ref": .string(arn), "TopicArn": .string(arn), "TopicName": .string(name)])
  }
}
