import AWSClient
import JSON

/// `AWS::Kinesis::StreamConsumer`
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-streamconsumer.html).
struct StreamConsumerProvider: SourceProvider {
  private let endpoint: SourceEndpoint
  private let client: KinesisClient

  init(_ endpoint: SourceEndpoint) {
    self.endpoint = endpoint
    client = KinesisClient(endpoint.client, region: endpoint.region, account: endpoint.account)
  }

  func lookUp(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource? {
    let stream = try Self.stream(properties)
    return try await consumer(name: name, stream: stream, "The consumer \(name) of \(stream) cannot be looked up")?
      .resource
  }

  func create(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource {
    let stream = try Self.stream(properties)
    let aim = "The consumer \(name) of \(stream) cannot be made"
    if try await consumer(name: name, stream: stream, aim) == nil {
      // One that is being deregistered keeps its name for some seconds.
      try await endpoint.patience.wait(for: "\(aim): one of that name is not deregistered") {
        () async throws(TemplateError) in
        try await endpoint.attempt(aim, absent: StreamProvider.inUse) { () async throws(AWSError) in
          try await client.registerConsumer(name: name, ofStream: stream)
        }
      }
    }
    return try await endpoint.patience.wait(for: "\(aim): it is not ACTIVE") { () async throws(TemplateError) in
      let consumer = try await consumer(name: name, stream: stream, aim)
      return consumer?.status == "ACTIVE" ? consumer?.resource : nil
    }
  }

  func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    let (old, new) = (ResourceProperties(old), ResourceProperties(new))
    return ["ConsumerName", "StreamARN"].allSatisfy { old.agrees(with: new, on: $0) } ? .none : .replacement
  }

  func update(
    _ resource: RealizedResource, from old: JSONValue, to new: JSONValue
  ) async throws(TemplateError) -> RealizedResource {
    resource
  }

  func delete(_ resource: RealizedResource) async throws(TemplateError) {
    _ = try await endpoint.attempt(
      "The consumer \(resource.physicalID) cannot be deleted", absent: StreamProvider.absent
    ) { () async throws(AWSError) in
      try await client.deregisterConsumer(arn: resource.physicalID)
    }
  }

  private static func stream(_ properties: JSONValue) throws(TemplateError) -> String {
    guard let arn = ResourceProperties(properties).text("StreamARN") else {
      throw TemplateError("A consumer of a stream needs a StreamARN")
    }
    return arn
  }

  /// Nil where there is none, or where it is being deregistered.
  private func consumer(
    name: String, stream: String, _ aim: String
  ) async throws(TemplateError) -> (status: String, resource: RealizedResource)? {
    let description = try await endpoint.attempt(aim, absent: StreamProvider.absent) { () async throws(AWSError) in
      try await client.description(ofConsumer: name, ofStream: stream)
    }
    guard let description = description.map(ResourceProperties.init), let status = description.text("ConsumerStatus"),
      status != "DELETING"
    else { return nil }
    guard let arn = description.text("ConsumerARN") else {
      throw TemplateError("\(aim): the service tells no ConsumerARN")
    }
    var attributes: [String: JSONValue] = [
      "Ref": .string(arn), "ConsumerARN": .string(arn), "ConsumerName": .string(name), "ConsumerStatus": "ACTIVE",
      "StreamARN": .string(stream),
    ]
    attributes["ConsumerCreationTimestamp"] = description.text("ConsumerCreationTimestamp").map(JSONValue.string)
    return (status, RealizedResource(physicalID: arn, attributes: attributes))
  }
}
