/// The constraints that the service model puts on each member: what AWS checks before any rule of meaning.
///
/// Source: the Lambda service model (botocore 1.43), shape by shape; orders and patterns as recorded where they were.
extension CreateEventSourceMappingRequest {
  /// Throws a `ValidationException` with all that the model does not admit.
  public func validateModel() throws(LambdaError) {
    var violations = ModelViolations()
    violations.check(eventSourceArn, at: "eventSourceArn", .arn)
    violations.require(functionName, at: "functionName")
    violations.check(functionName, at: "functionName", length: 1...256, .functionName)
    violations.note(parameters)
    violations.noteOnCreate(parameters)
    try violations.validate()
  }
}

extension UpdateEventSourceMappingRequest {
  /// Throws a `ValidationException` with all that the model does not admit.
  public func validateModel() throws(LambdaError) {
    var violations = ModelViolations()
    violations.check(functionName, at: "functionName", length: 1...256, .functionName)
    violations.note(parameters)
    try violations.validate()
  }
}

/// The query of `ListEventSourceMappings`.
public struct ListEventSourceMappingsRequest: Equatable, Sendable {
  public var eventSourceArn: String?
  public var functionName: String?
  public var marker: String?
  public var maxItems: Int?

  /// A query; all of it may be left out.
  public init(eventSourceArn: String? = nil, functionName: String? = nil, marker: String? = nil, maxItems: Int? = nil) {
    self.eventSourceArn = eventSourceArn
    self.functionName = functionName
    self.marker = marker
    self.maxItems = maxItems
  }

  /// Throws a `ValidationException` with all that the model does not admit.
  public func validateModel() throws(LambdaError) {
    var violations = ModelViolations()
    violations.check(eventSourceArn, at: "eventSourceArn", .arn)
    violations.check(functionName, at: "functionName", length: 1...256, .functionName)
    violations.check(maxItems, at: "maxItems", in: 1...10_000)
    try violations.validate()
  }
}

extension ModelViolations {
  /// What create and update share.
  fileprivate mutating func note(_ parameters: MappingParameters) {
    func path(_ parameter: Parameter) -> String { parameter.path }
    check(parameters.batchSize, at: path(.batchSize), in: 1...10_000)
    note(parameters.filterCriteria)
    check(parameters.maximumBatchingWindowInSeconds, at: path(.maximumBatchingWindowInSeconds), in: 0...300)
    check(parameters.parallelizationFactor, at: path(.parallelizationFactor), in: 1...10)
    for (name, destination) in [
      ("onSuccess", parameters.destinationConfig?.onSuccess), ("onFailure", parameters.destinationConfig?.onFailure),
    ] {
      check(
        destination?.destination, at: "\(path(.destinationConfig)).\(name).destination", length: 0...350, .destination)
    }
    check(parameters.maximumRecordAgeInSeconds, at: path(.maximumRecordAgeInSeconds), in: -1...604_800)
    check(parameters.maximumRetryAttempts, at: path(.maximumRetryAttempts), in: -1...10_000)
    note(parameters.sourceAccessConfigurations)
    check(parameters.tumblingWindowInSeconds, at: path(.tumblingWindowInSeconds), in: 0...900)
    if let types = parameters.functionResponseTypes {
      check(count: types.count, of: Self.print(types), at: path(.functionResponseTypes), in: 0...1)
      check(each: types, at: path(.functionResponseTypes), among: ["ReportBatchItemFailures"])
    }
    check(
      parameters.scalingConfig?.maximumConcurrency, at: "\(path(.scalingConfig)).maximumConcurrency", in: 2...1000)
    note(parameters.amazonManagedKafkaEventSourceConfig, at: path(.amazonManagedKafkaEventSourceConfig))
    note(parameters.selfManagedKafkaEventSourceConfig, at: path(.selfManagedKafkaEventSourceConfig))
    note(parameters.documentDBEventSourceConfig)
    note(parameters.s3EventSourceConfig)
    note(parameters.snsEventSourceConfig)
    check(parameters.kmsKeyArn, at: path(.kmsKeyArn), .kmsKeyArn)
    if let metrics = parameters.metricsConfig?.metrics {
      check(count: metrics.count, of: Self.print(metrics), at: "\(path(.metricsConfig)).metrics", in: 0...3)
      check(
        each: metrics, at: "\(path(.metricsConfig)).metrics", among: ["EventCount", "ErrorCount", "KafkaMetrics"])
    }
    check(
      parameters.loggingConfig?.systemLogLevel, at: "\(path(.loggingConfig)).systemLogLevel",
      among: ["DEBUG", "INFO", "WARN"])
    let pollers = parameters.provisionedPollerConfig
    check(pollers?.minimumPollers, at: "\(path(.provisionedPollerConfig)).minimumPollers", in: 1...200)
    check(pollers?.maximumPollers, at: "\(path(.provisionedPollerConfig)).maximumPollers", in: 1...2000)
    check(
      pollers?.pollerGroupName, at: "\(path(.provisionedPollerConfig)).pollerGroupName", length: 0...128,
      .pollerGroupName)
  }

  /// What only create takes.
  fileprivate mutating func noteOnCreate(_ parameters: MappingParameters) {
    check(
      parameters.startingPosition, at: Parameter.startingPosition.path,
      // The order is the recorded one.
      among: ["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"])
    if let topics = parameters.topics {
      check(count: topics.count, of: Self.print(topics), at: Parameter.topics.path, in: 1...1)
      check(each: topics, at: Parameter.topics.path, length: 1...249, .topic)
    }
    if let queues = parameters.queues {
      check(count: queues.count, of: Self.print(queues), at: Parameter.queues.path, in: 1...1)
      check(each: queues, at: Parameter.queues.path, length: 1...1000, .queue)
    }
    guard let endpoints = parameters.selfManagedEventSource?.endpoints else { return }
    let path = "\(Parameter.selfManagedEventSource.path).endpoints"
    check(count: endpoints.count, of: Self.print(endpoints), at: path, in: 1...2)
    check(keys: endpoints, at: path, among: [SelfManagedEventSource.kafkaBootstrapServers])
    for (key, servers) in endpoints.sorted(by: { $0.key < $1.key }) {
      check(count: servers.count, of: Self.print(servers), at: "\(path).\(key)", in: 1...10)
      check(each: servers, at: "\(path).\(key)", length: 1...300, .endpoint)
    }
  }

  private mutating func note(_ criteria: FilterCriteria?) {
    for (index, filter) in (criteria?.filters ?? []).enumerated() {
      check(
        filter.pattern, at: "\(Parameter.filterCriteria.path).filters.\(index + 1).member.pattern", length: 0...4096)
    }
  }

  private mutating func note(_ configurations: [SourceAccessConfiguration]?) {
    guard let configurations else { return }
    let path = Parameter.sourceAccessConfigurations.path
    check(count: configurations.count, of: "[\(configurations.count) members]", at: path, in: 0...22)
    for (index, configuration) in configurations.enumerated() {
      check(
        configuration.type, at: "\(path).\(index + 1).member.type",
        among: [
          "BASIC_AUTH", "VPC_SUBNET", "VPC_SECURITY_GROUP", "SASL_SCRAM_512_AUTH", "SASL_SCRAM_256_AUTH",
          "VIRTUAL_HOST", "CLIENT_CERTIFICATE_TLS_AUTH", "SERVER_ROOT_CA_CERTIFICATE",
        ])
      check(configuration.uri, at: "\(path).\(index + 1).member.uRI", length: 1...200, .uri)
    }
  }

  private mutating func note(_ kafka: KafkaEventSourceConfig?, at path: String) {
    check(kafka?.consumerGroupID, at: "\(path).consumerGroupId", length: 1...200, .uri)
    guard let registry = kafka?.schemaRegistryConfig else { return }
    let path = "\(path).schemaRegistryConfig"
    check(registry.schemaRegistryURI, at: "\(path).schemaRegistryURI", length: 1...10_000, .uri)
    check(registry.eventRecordFormat, at: "\(path).eventRecordFormat", among: ["JSON", "SOURCE"])
    for (index, access) in (registry.accessConfigs ?? []).enumerated() {
      check(
        access.type, at: "\(path).accessConfigs.\(index + 1).member.type",
        among: ["BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "SERVER_ROOT_CA_CERTIFICATE"])
      check(access.uri, at: "\(path).accessConfigs.\(index + 1).member.uRI", .arn)
    }
    for (index, validation) in (registry.schemaValidationConfigs ?? []).enumerated() {
      check(
        validation.attribute, at: "\(path).schemaValidationConfigs.\(index + 1).member.attribute",
        among: ["KEY", "VALUE"])
    }
  }

  private mutating func note(_ documentDB: DocumentDBEventSourceConfig?) {
    let path = Parameter.documentDBEventSourceConfig.path
    check(documentDB?.databaseName, at: "\(path).databaseName", length: 1...63, .databaseName)
    check(documentDB?.collectionName, at: "\(path).collectionName", length: 1...57, .collectionName)
    check(documentDB?.fullDocument, at: "\(path).fullDocument", among: ["UpdateLookup", "Default"])
  }
}
