import AWSClient
import Mappings

/// Where records that were given up are told of: a queue, a topic or a bucket.
struct FailureDestination: Sendable {
  let arn: ARN
  let kind: DestinationKind
  private let client: AWSClient
  private let mapping: MappingID
  /// For what has no region of its own.
  private let region: String

  /// Nil where there is no destination.
  init?(_ text: String?, of mapping: EventSourceMapping, client: AWSClient) {
    guard let text, let arn = ARN(text), let kind = DestinationKind(text) else { return nil }
    self.arn = arn
    self.kind = kind
    self.client = client
    self.mapping = mapping.id
    region = mapping.scope.region
  }

  /// Sends a record; when this throws it may have arrived all the same.
  func send(_ record: FailureRecord) async throws(AWSError) {
    switch kind {
    case .sqs:
      let queues = SQSClient(client, region: arn.region, account: arn.account)
      try await queues.send(
        queueURL: try await queues.queueURL(name: arn.resource), body: record.document(hasPayload: false))
    case .sns:
      try await SNSClient(client, region: arn.region, account: arn.account)
        .publish(topicARN: arn.description, message: record.document(hasPayload: false))
    case .s3:
      let account = ARN(record.function.description)?.account ?? ""
      try await S3Client(client, region: region, account: account).put(
        bucket: arn.resource, key: record.objectKey(mapping: mapping),
        contentType: "application/json", body: record.document(hasPayload: true))
    case .kafkaTopic:
      throw .configuration("records of a stream cannot be sent to a Kafka topic")
    }
  }
}
