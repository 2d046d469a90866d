import LambdaWire

/// How Kafka brokers know who reads.
public enum KafkaAuthentication: String, Sendable {
  case saslSCRAM512 = "SASL_SCRAM_512_AUTH"
  case saslSCRAM256 = "SASL_SCRAM_256_AUTH"
  case basic = "BASIC_AUTH"
  case clientCertificate = "CLIENT_CERTIFICATE_TLS_AUTH"
}

/// Where the schemas of a topic's records are.
public struct SchemaRegistry: Sendable {
  let configuration: SchemaRegistryConfig

  /// A registry.
  /// - Parameters:
  ///   - uri: the ARN of a Glue registry, or the URL of a Confluent one.
  ///   - format: in which form the function gets the records: `JSON` or `SOURCE`.
  ///   - validating: which parts of a record are validated: `KEY`, `VALUE`.
  ///   - access: secrets of the registry by their types, such as `BASIC_AUTH`.
  public init(
    uri: String, format: String = "JSON", validating: [String], access: [(type: String, secretARN: String)] = []
  ) {
    configuration = SchemaRegistryConfig(
      schemaRegistryURI: uri, eventRecordFormat: format,
      accessConfigs: access.isEmpty ? nil : access.map { .init(type: $0.type, uri: $0.secretARN) },
      schemaValidationConfigs: validating.map { .init(attribute: $0) })
  }
}

extension EventSourceDefinition {
  /// A topic of a cluster of Amazon MSK (CDK: ManagedKafkaEventSource).
  ///
  /// - Parameter secretARN: of the user's name and password, for clusters with SASL/SCRAM.
  public static func managedKafka(
    clusterARN: String, topic: String, startingPosition: StartingPosition, batchSize: Int? = nil,
    maxBatchingWindow: Duration? = nil, consumerGroupID: String? = nil, secretARN: String? = nil,
    schemaRegistry: SchemaRegistry? = nil, onFailure: FailureDestination? = nil, bisectBatchOnError: Bool? = nil,
    maxRecordAge: Duration? = nil, retryAttempts: Int? = nil, reportBatchItemFailures: Bool? = nil,
    filters: [String]? = nil, filterEncryptionKey: String? = nil, provisionedPollers: ProvisionedPollers? = nil,
    metrics: [String]? = nil, logLevel: String? = nil, enabled: Bool? = nil
  ) -> EventSourceDefinition {
    var draft = ParameterDraft()
    draft.kafka(topic, startingPosition, batchSize, maxBatchingWindow, bisectBatchOnError)
    draft.retries(maxRecordAge: maxRecordAge, retryAttempts: retryAttempts)
    draft.parameters.amazonManagedKafkaEventSourceConfig = draft.configuration(consumerGroupID, schemaRegistry)
    if let secretARN {
      draft.parameters.sourceAccessConfigurations = [
        SourceAccessConfiguration(type: KafkaAuthentication.saslSCRAM512.rawValue, uri: secretARN)
      ]
    }
    draft.common(
      filters: filters, filterEncryptionKey: filterEncryptionKey, reportBatchItemFailures: reportBatchItemFailures,
      onFailure: onFailure, mayBeKafka: true, provisionedPollers: provisionedPollers, metrics: metrics,
      logLevel: logLevel)
    return EventSourceDefinition({ _ in clusterARN }, draft, enabled: enabled)
  }

  /// A topic of a Kafka cluster of one's own (CDK: SelfManagedKafkaEventSource).
  ///
  /// - Parameters:
  ///   - bootstrapServers: `host:port` of some brokers.
  ///   - secretARN: what the authentication needs; without a network it has to be there.
  ///   - rootCACertificateSecretARN: of brokers with certificates of a private authority.
  ///   - subnets: `subnet-…` of the network that the brokers are reached in, with `securityGroup`.
  public static func selfManagedKafka(
    bootstrapServers: [String], topic: String, startingPosition: StartingPosition, batchSize: Int? = nil,
    maxBatchingWindow: Duration? = nil, consumerGroupID: String? = nil, secretARN: String? = nil,
    authentication: KafkaAuthentication = .saslSCRAM512, rootCACertificateSecretARN: String? = nil,
    subnets: [String] = [], securityGroup: String? = nil, schemaRegistry: SchemaRegistry? = nil,
    onFailure: FailureDestination? = nil, bisectBatchOnError: Bool? = nil, maxRecordAge: Duration? = nil,
    retryAttempts: Int? = nil, reportBatchItemFailures: Bool? = nil, filters: [String]? = nil,
    filterEncryptionKey: String? = nil, provisionedPollers: ProvisionedPollers? = nil, metrics: [String]? = nil,
    logLevel: String? = nil, enabled: Bool? = nil
  ) -> EventSourceDefinition {
    var draft = ParameterDraft()
    draft.check(!bootstrapServers.isEmpty, "kafkaBootstrapServers must not be empty if set")
    draft.check(subnets.isEmpty || securityGroup != nil, "securityGroup must be set when providing vpc")
    draft.check(securityGroup == nil || !subnets.isEmpty, "vpcSubnets must be set when providing vpc")
    draft.check(
      secretARN != nil || !subnets.isEmpty,
      "secret must be set if Kafka brokers accessed over Internet")
    draft.kafka(topic, startingPosition, batchSize, maxBatchingWindow, bisectBatchOnError)
    draft.retries(maxRecordAge: maxRecordAge, retryAttempts: retryAttempts)
    draft.parameters.selfManagedEventSource = SelfManagedEventSource(
      endpoints: [SelfManagedEventSource.kafkaBootstrapServers: bootstrapServers])
    draft.parameters.selfManagedKafkaEventSourceConfig = draft.configuration(consumerGroupID, schemaRegistry)
    var access: [SourceAccessConfiguration] = []
    if let secretARN { access.append(.init(type: authentication.rawValue, uri: secretARN)) }
    if let rootCACertificateSecretARN {
      access.append(.init(type: "SERVER_ROOT_CA_CERTIFICATE", uri: rootCACertificateSecretARN))
    }
    if let securityGroup { access.append(.init(type: "VPC_SECURITY_GROUP", uri: "security_group:\(securityGroup)")) }
    access += subnets.map { .init(type: "VPC_SUBNET", uri: "subnet:\($0)") }
    draft.parameters.sourceAccessConfigurations = access.isEmpty ? nil : access
    draft.common(
      filters: filters, filterEncryptionKey: filterEncryptionKey, reportBatchItemFailures: reportBatchItemFailures,
      onFailure: onFailure, mayBeKafka: true, provisionedPollers: provisionedPollers, metrics: metrics,
      logLevel: logLevel)
    return EventSourceDefinition(nil, draft, enabled: enabled)
  }
}

extension ParameterDraft {
  /// What both kinds of clusters have.
  fileprivate mutating func kafka(
    _ topic: String, _ position: StartingPosition, _ batchSize: Int?, _ window: Duration?, _ bisects: Bool?
  ) {
    parameters.topics = [topic]
    start(position)
    batch(size: batchSize, of: 1...10_000, window: window)
    parameters.bisectBatchOnFunctionError = bisects
  }

  fileprivate mutating func configuration(_ group: String?, _ registry: SchemaRegistry?) -> KafkaEventSourceConfig? {
    if let group {
      check((1...200).contains(group.count), "kafkaConsumerGroupId must be a valid string between 1 and 200 characters")
      check(
        group.utf8.allSatisfy { Self.groupBytes.contains($0) },
        #"kafkaConsumerGroupId contains invalid characters. Allowed values are "[a-zA-Z0-9-/*:_+=.@-]""#)
    }
    guard group != nil || registry != nil else { return nil }
    var configuration = KafkaEventSourceConfig(consumerGroupID: group)
    configuration.schemaRegistryConfig = registry?.configuration
    return configuration
  }

  private static let groupBytes = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/*:_+=.@".utf8)
}
