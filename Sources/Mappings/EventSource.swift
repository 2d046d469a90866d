public import LambdaWire

/// The kinds of event sources.
public enum SourceKind: String, CaseIterable, Sendable {
  case sqs
  case kinesis
  case dynamoDBStreams = "dynamodb-streams"
  case managedKafka = "managed-kafka"
  case selfManagedKafka = "self-managed-kafka"
  case amazonMQ = "amazon-mq"
  case documentDB = "documentdb"
  case s3
  case sns
}

/// What a mapping reads from.
public enum EventSource: Hashable, Sendable {
  case arn(ARN)
  /// A Kafka cluster of one's own, known by its brokers.
  case kafkaCluster(servers: [String])

  /// The source's ARN, where it has one.
  public var arn: ARN? {
    guard case .arn(let arn) = self else { return nil }
    return arn
  }

  /// The source that a request names, or nil where it names none.
  ///
  /// An ARN wins over brokers, which its source type then refuses.
  public init?(_ request: CreateEventSourceMappingRequest) {
    if let text = request.eventSourceArn {
      guard let arn = ARN(text) else { return nil }
      self = .arn(arn)
    } else if let servers = request.parameters.selfManagedEventSource?.bootstrapServers, !servers.isEmpty {
      self = .kafkaCluster(servers: servers)
    } else {
      return nil
    }
  }
}
