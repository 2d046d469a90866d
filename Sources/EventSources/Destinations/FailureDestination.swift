import AWSClient
import Mappings

/// What a destination is told of something that was given up.
protocol FailureDocument: Sendable {
  /// JSON.
  /// - Parameter hasPayload: whether the event may be part of it whatever its size, as in a bucket.
  func document(hasPayload: Bool) -> [UInt8]

  /// Where it is kept in a bucket. The same for a second attempt, which then writes the same object.
  var objectKey: String { get }
}

/// Where that is told: a queue, a topic or a bucket.
struct FailureDestination: Sendable {
  let arn: ARN
  let kind: DestinationKind
  private let client: AWSClient
  /// Of the function: for what has no region and account of its own.
  private let scope: Scope

  /// Nil where there is no destination.
  init?(_ text: String?, in scope: Scope, client: AWSClient) {
    guard let text, let arn = ARN(text), let kind = DestinationKind(text) else { return nil }
    self.arn = arn
    self.kind = kind
    self.client = client
    self.scope = scope
  }

  /// Sends a record; when this throws it may have arrived all the same.
  func send(_ record: some FailureDocument) async throws(AWSError) {
    switch kind {
    case .sqs:
      let queues = SQSClient(client, region: arn.region, account: arn.account)
      try await queues.send(
        queueURL: try await queues.queueURL(name: arn.resource), body: record.document(hasPayload: false))
    case .sns:
      try await SNSClient(client, region: arn.region, account: arn.account)
        .publish(topicARN: arn.description, message: record.document(hasPayload: false))
    case .s3:
      try await S3Client(client, region: scope.region, account: scope.account).put(
        bucket: arn.resource, key: record.objectKey, contentType: "application/json",
        body: record.document(hasPayload: true))
    case .kafkaTopic:
      throw .configuration("nothing can be sent to a Kafka topic")
    }
  }
}

extension Milliseconds {
  /// Recorded, of the keys in buckets: `YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS`.
  var objectKeyText: String {
    let text = textInSeconds.dropLast()
    let day = text.prefix(10).split(separator: "-").joined(separator: "/")
    let moment = text.split(separator: ":").joined(separator: ".")
    return "\(day)/\(moment)"
  }
}
