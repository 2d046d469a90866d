/// The events that are event source mappings, by their type in SAM.
enum SAMMappingKind: String {
  case sqs = "SQS"
  case kinesis = "Kinesis"
  case dynamoDB = "DynamoDB"
  case msk = "MSK"
  case selfManagedKafka = "SelfManagedKafka"
  case mq = "MQ"
  case documentDB = "DocumentDB"

  /// The property that has the source's ARN.
  var source: String? {
    switch self {
    case .sqs: "Queue"
    case .kinesis, .dynamoDB, .msk: "Stream"
    case .selfManagedKafka: nil
    case .mq: "Broker"
    case .documentDB: "Cluster"
    }
  }

  /// What an event must have.
  var required: [String] {
    switch self {
    case .sqs, .mq: [source].compactMap(\.self)
    case .kinesis, .dynamoDB, .msk: ["Stream", "StartingPosition"]
    case .selfManagedKafka: ["KafkaBootstrapServers", "Topics"]
    case .documentDB: ["Cluster", "DatabaseName"]
    }
  }

  /// What only this type has, beside its source.
  var ownProperties: Set<String> {
    switch self {
    case .documentDB: ["DatabaseName", "CollectionName", "FullDocument"]
    // It names a policy of the function's role.
    case .mq: ["DynamicPolicyName"]
    case .sqs, .kinesis, .dynamoDB, .msk, .selfManagedKafka: []
    }
  }

  /// What the configuration is called that has the consumer group.
  var kafkaConfiguration: String? {
    switch self {
    case .msk: "AmazonManagedKafkaEventSourceConfig"
    case .selfManagedKafka: "SelfManagedKafkaEventSourceConfig"
    case .sqs, .kinesis, .dynamoDB, .mq, .documentDB: nil
    }
  }
}
