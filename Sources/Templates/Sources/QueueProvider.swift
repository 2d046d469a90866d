import AWSClient
import JSON

/// `AWS::SQS::Queue` (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html).
struct QueueProvider: SourceProvider {
  private let endpoint: SourceEndpoint
  private let client: SQSClient

  init(_ endpoint: SourceEndpoint) {
    self.endpoint = endpoint
    client = SQSClient(endpoint.client, region: endpoint.region, account: endpoint.account)
  }

  /// The attributes that are set, with what they go back to when the template no longer has them
  /// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html). `FifoQueue` is
  /// not among them: it is for the queue's life.
  private static let defaults: [(name: String, value: String)] = [
    ("ContentBasedDeduplication", "false"), ("DeduplicationScope", "queue"), ("DelaySeconds", "0"),
    ("FifoThroughputLimit", "perQueue"), ("MaximumMessageSize", "1048576"), ("MessageRetentionPeriod", "345600"),
    ("ReceiveMessageWaitTimeSeconds", "0"), ("RedriveAllowPolicy", ""), ("RedrivePolicy", ""),
    ("VisibilityTimeout", "30"),
  ]

  /// The names that the two protocols of SQS have for a queue that is not there.
  private static let absent: Set<String> = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"]

  private static func attributes(_ properties: ResourceProperties) -> [String: String] {
    var attributes: [String: String] = [:]
    for (name, _) in defaults { attributes[name] = properties.json(name) }
    return attributes
  }

  func lookUp(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource? {
    let aim = "The queue \(name) cannot be looked up"
    let url = try await endpoint.attempt(aim, absent: Self.absent) { () async throws(AWSError) in
      try await client.ownQueueURL(name: name)
    }
    guard let url else { return nil }
    return try await resource(name: name, url: url, aim: aim)
  }

  func create(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource {
    let properties = ResourceProperties(properties)
    var attributes = Self.attributes(properties)
    if let found = try await lookUp(name: name, properties.document) {
      try await set(attributes, on: found.physicalID, name: name)
      return found
    }
    // SQS knows the attribute for FIFO queues only: even a false one is refused.
    if properties.isTrue("FifoQueue") { attributes["FifoQueue"] = "true" }
    let aim = "The queue \(name) cannot be made"
    // A name can be taken again a minute after its queue was deleted.
    let url = try await endpoint.patience.wait(for: "\(aim): one of that name was deleted and is not gone") {
      () async throws(TemplateError) in
      try await endpoint.attempt(
        aim, absent: ["QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"]
      ) { () async throws(AWSError) in
        try await client.createQueue(name: name, attributes: attributes)
      }
    }
    return try await resource(name: name, url: url, aim: aim)
  }

  func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    let (old, new) = (ResourceProperties(old), ResourceProperties(new))
    guard old.agrees(with: new, on: "QueueName"), old.isTrue("FifoQueue") == new.isTrue("FifoQueue") else {
      return .replacement
    }
    return Self.defaults.allSatisfy { old.agrees(with: new, on: $0.name) } ? .none : .inPlace
  }

  func update(
    _ resource: RealizedResource, from old: JSONValue, to new: JSONValue
  ) async throws(TemplateError) -> RealizedResource {
    let before = Self.attributes(ResourceProperties(old))
    var attributes = Self.attributes(ResourceProperties(new))
    for (name, value) in Self.defaults where attributes[name] == nil && before[name] != nil { attributes[name] = value }
    try await set(attributes, on: resource.physicalID, name: resource.attributes["QueueName"]?.scalarText ?? "")
    return resource
  }

  func delete(_ resource: RealizedResource) async throws(TemplateError) {
    _ = try await endpoint.attempt("The queue \(resource.physicalID) cannot be deleted", absent: Self.absent) {
      () async throws(AWSError) in
      try await client.deleteQueue(queueURL: resource.physicalID)
    }
  }

  private func set(_ attributes: [String: String], on url: String, name: String) async throws(TemplateError) {
    guard !attributes.isEmpty else { return }
    try await endpoint.attempt("The attributes of the queue \(name) cannot be set") { () async throws(AWSError) in
      try await client.setAttributes(queueURL: url, attributes: attributes)
    }
  }

  private func resource(name: String, url: String, aim: String) async throws(TemplateError) -> RealizedResource {
    let attributes = try await endpoint.attempt(aim) { () async throws(AWSError) in
      try await client.attributes(queueURL: url, names: ["QueueArn"])
    }
    guard let arn = attributes["QueueArn"] else { throw TemplateError("\(aim): the service tells no QueueArn") }
    return RealizedResource(
      physicalID: url,
      attributes: ["Ref": .string(url), "QueueUrl": .string(url), "Arn": .string(arn), "QueueName": .string(name)])
  }
}
