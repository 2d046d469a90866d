/// An SQS queue.
public struct Queue: Sendable {
  let arn: @Sendable (Client) -> String
  let isFIFO: Bool

  /// A queue by its ARN.
  public init(arn: String) {
    self.arn = { _ in arn }
    isFIFO = arn.hasSuffix(".fifo")
  }

  /// A queue of the client's account and region by its name.
  public init(_ name: String) {
    arn = { $0.arn("sqs", name) }
    isFIFO = name.hasSuffix(".fifo")
  }
}

/// An SNS topic.
public struct Topic: Sendable {
  let arn: @Sendable (Client) -> String

  /// A topic by its ARN.
  public init(arn: String) {
    self.arn = { _ in arn }
  }

  /// A topic of the client's account and region by its name.
  public init(_ name: String) {
    arn = { $0.arn("sns", name) }
  }
}

/// An S3 bucket.
public struct Bucket: Sendable {
  let arn: @Sendable (Client) -> String

  /// A bucket by its name.
  public init(_ name: String) {
    arn = { "arn:\($0.partition):s3:::\(name)" }
  }
}

/// A Kinesis stream, or one of its enhanced fan-out consumers.
public struct Stream: Sendable {
  let arn: @Sendable (Client) -> String

  /// A stream or a consumer by its ARN.
  public init(arn: String) {
    self.arn = { _ in arn }
  }

  /// A stream of the client's account and region by its name.
  public init(_ name: String) {
    arn = { $0.arn("kinesis", "stream/\(name)") }
  }
}

/// A DynamoDB table with a stream.
public struct Table: Sendable {
  let streamARN: String

  /// A table by the ARN of its stream, `LatestStreamArn` of DescribeTable.
  public init(streamARN: String) {
    self.streamARN = streamARN
  }
}

/// Where reading a stream begins.
public enum StartingPosition: Sendable, Equatable {
  /// With the oldest record that there is.
  case trimHorizon
  /// With what comes from now on.
  case latest
  /// With what came at a moment, in seconds since the epoch; Kinesis and Kafka alone.
  case atTimestamp(Double)

  var name: String {
    switch self {
    case .trimHorizon: "TRIM_HORIZON"
    case .latest: "LATEST"
    case .atTimestamp: "AT_TIMESTAMP"
    }
  }

  var timestamp: Double? {
    guard case .atTimestamp(let seconds) = self else { return nil }
    return seconds
  }
}

/// Where the record of a batch goes that was given up.
public struct FailureDestination: Sendable {
  let destination: @Sendable (Client) -> String
  /// Whether sources other than Kafka do not have it.
  var isOfKafka = false
  /// What is out of its bounds, in a sentence.
  var violation: String?

  /// A queue.
  public static func sqs(_ queue: Queue) -> FailureDestination { .init(destination: queue.arn) }
  /// A topic.
  public static func sns(_ topic: Topic) -> FailureDestination { .init(destination: topic.arn) }
  /// A bucket.
  public static func s3(_ bucket: Bucket) -> FailureDestination { .init(destination: bucket.arn) }

  /// A topic of the Kafka cluster that is read (CDK: KafkaDlq).
  public static func kafka(topic: String) -> FailureDestination {
    let prefix = "kafka://"
    let name = topic.hasPrefix(prefix) ? String(topic.dropFirst(prefix.count)) : topic
    var violation: String?
    if name.isEmpty {
      violation = "Topic name cannot be empty"
    } else if !name.utf8.allSatisfy({ topicBytes.contains($0) }) {
      violation =
        "Topic name contains invalid characters. Only alphanumeric characters, dots, underscores, and hyphens are allowed"
    }
    return .init(destination: { _ in prefix + name }, isOfKafka: true, violation: violation)
  }

  private static let topicBytes = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-".utf8)
}

/// Pollers that are reserved for a source ("provisioned mode").
public struct ProvisionedPollers: Sendable {
  var minimum: Int?
  var maximum: Int?
  var groupName: String?

  /// So many pollers.
  public init(minimum: Int? = nil, maximum: Int? = nil, groupName: String? = nil) {
    self.minimum = minimum
    self.maximum = maximum
    self.groupName = groupName
  }
}

extension Client {
  var partition: String {
    if region.hasPrefix("cn-") { return "aws-cn" }
    return region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
  }

  func arn(_ service: String, _ resource: String) -> String {
    "arn:\(partition):\(service):\(region):\(account):\(resource)"
  }
}
