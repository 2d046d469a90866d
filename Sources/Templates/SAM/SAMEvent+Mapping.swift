import JSON

extension SAMEvent {
  /// Properties that SAM and CloudFormation call the same
  /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html).
  private static let same = [
    "BatchSize", "StartingPosition", "StartingPositionTimestamp", "Enabled", "MaximumBatchingWindowInSeconds",
    "MaximumRetryAttempts", "BisectBatchOnFunctionError", "MaximumRecordAgeInSeconds", "ParallelizationFactor",
    "Topics", "Queues", "SourceAccessConfigurations", "TumblingWindowInSeconds", "FunctionResponseTypes",
    "FilterCriteria", "KmsKeyArn", "ScalingConfig", "ProvisionedPollerConfig", "MetricsConfig", "LoggingConfig",
  ]

  /// Properties that become others, or that only a role is made of.
  private static let other: Set<String> = [
    "DestinationConfig", "KafkaBootstrapServers", "ConsumerGroupId", "SchemaRegistryConfig", "SecretsManagerKmsKeyId",
  ]

  /// The event source mapping that the event is.
  func mapping(_ kind: SAMMappingKind, of function: SAMFunction) throws(TemplateError) -> SAMResource {
    let known = kind.ownProperties.union(Self.other).union(Self.same).union([kind.source].compactMap(\.self))
    for member in properties.members where !known.contains(member.name) {
      throw TemplateError("An event of the type \(type) has no property \(member.name)", at: path)
    }
    var result: [(name: String, value: JSONValue?)] = [
      ("FunctionName", function.reference), ("EventSourceArn", kind.source.flatMap { properties[$0] }),
    ]
    result += Self.same.map { ($0, properties[$0]) }
    result.append(("DestinationConfig", try destinations()))
    result.append(("SelfManagedEventSource", selfManagedSource))
    result += try kafkaConfiguration(kind)
    result.append(("DocumentDBEventSourceConfig", documentDBConfiguration(kind)))
    return SAMResource(logicalID, "AWS::Lambda::EventSourceMapping", .object(present: result))
  }

  /// `Type` is SAM's own, for the policies of the function's role.
  private func destinations() throws(TemplateError) -> JSONValue? {
    guard let configuration = properties["DestinationConfig"] else { return nil }
    if configuration.isIntrinsic { return configuration }
    guard let onFailure = configuration["OnFailure"], case .object = onFailure else {
      throw TemplateError("DestinationConfig needs OnFailure", at: path)
    }
    if let type = onFailure["Type"], ![.string("SQS"), "SNS", "S3", "Kafka"].contains(type) {
      throw TemplateError("Type of DestinationConfig must be one of SQS, SNS, S3, Kafka", at: path)
    }
    return configuration.setting("OnFailure", to: onFailure.setting("Type", to: nil))
  }

  private var selfManagedSource: JSONValue? {
    properties["KafkaBootstrapServers"].map { ["Endpoints": ["KafkaBootstrapServers": $0]] }
  }

  private func kafkaConfiguration(
    _ kind: SAMMappingKind
  ) throws(TemplateError) -> [(name: String, value: JSONValue?)] {
    let names = ["ConsumerGroupId", "SchemaRegistryConfig"]
    let configuration = JSONValue.object(present: names.map { ($0, properties[$0]) })
    if configuration.members.isEmpty { return [] }
    guard let name = kind.kafkaConfiguration else {
      throw TemplateError("An event of the type \(type) has no property \(configuration.members[0].name)", at: path)
    }
    return [(name, configuration)]
  }

  private func documentDBConfiguration(_ kind: SAMMappingKind) -> JSONValue? {
    guard case .documentDB = kind else { return nil }
    return .object(present: ["DatabaseName", "CollectionName", "FullDocument"].map { ($0, properties[$0]) })
  }
}
