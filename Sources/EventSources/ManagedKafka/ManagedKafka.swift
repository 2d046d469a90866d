import LambdaWire
import Mappings

extension EventSourceType {
  /// Amazon MSK (`arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/UUID`).
  ///
  /// Its answers were not recorded; their form is that of self-managed Kafka, with the cluster's ARN.
  static let managedKafka = EventSourceType(
    kind: .managedKafka,
    recognizes: { $0.arn.map { $0.service == "kafka" && $0.resource.hasPrefix("cluster/") } ?? false },
    parameters: kafkaParameters.union([.amazonManagedKafkaEventSourceConfig]),
    defaults: { id in
      var parameters = MappingParameters()
      parameters.batchSize = 100
      parameters.amazonManagedKafkaEventSourceConfig = KafkaEventSourceConfig(consumerGroupID: id.description)
      return parameters
    },
    rules: [
      .startingPositionIsRequired, .isRequired(.topics, \.topics),
      .sourceAccess(among: ["SASL_SCRAM_512_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH"]),
    ] + kafkaRules,
    initialProcessingResult: "No records processed",
    stateReason: "USER_INITIATED",
    claims: { source, parameters in
      (parameters.topics ?? []).map { "\(source.arn?.description ?? "") \($0)" }
    },
    conflict: conflictOfARN)
}
