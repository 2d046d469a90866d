import LambdaWire
import Mappings

extension EventSourceType {
  /// A Kafka cluster of one's own, named by its brokers and without an ARN.
  static let selfManagedKafka = EventSourceType(
    kind: .selfManagedKafka,
    recognizes: { source in
      guard case .kafkaCluster = source else { return false }
      return true
    },
    parameters: kafkaParameters.union([.selfManagedEventSource, .selfManagedKafkaEventSourceConfig]),
    defaults: { id in
      // Recorded: event-source-mapping-default of test_create_event_source_self_managed.
      var parameters = MappingParameters()
      parameters.batchSize = 100
      parameters.startingPosition = "TRIM_HORIZON"
      parameters.selfManagedKafkaEventSourceConfig = KafkaEventSourceConfig(consumerGroupID: id.description)
      return parameters
    },
    rules: [
      .sourceAccessIsRequired, .isRequired(.topics, \.topics),
      .sourceAccess(among: [
        "BASIC_AUTH", "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH",
        "SERVER_ROOT_CA_CERTIFICATE", "VPC_SUBNET", "VPC_SECURITY_GROUP",
      ]),
    ] + kafkaRules,
    initialProcessingResult: "No records processed",
    stateReason: "USER_INITIATED",
    claims: { source, parameters in
      // Recorded: any server and topic that overlap are a conflict, whatever the consumer group.
      guard case .kafkaCluster(let servers) = source else { return [] }
      return Array(Set(servers)).flatMap { server in (parameters.topics ?? []).map { "\(server) \($0)" } }
    },
    conflict: { draft, existing in
      // Recorded: no spaces inside the quotes, the full ARN, and the servers of the new request.
      let servers = draft.parameters.selfManagedEventSource?.bootstrapServers.joined(separator: ",") ?? ""
      let topics = draft.parameters.topics?.joined(separator: ",") ?? ""
      return """
        An event source mapping with event source ("\(servers)"), function ("\(draft.function)"), \
        topics ("\(topics)") already exists. Please update or delete the existing mapping with UUID \(existing)
        """
    })
}
