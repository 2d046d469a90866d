import JSON

/// `AWS::Lambda::EventSourceMapping`: its properties as the API's request takes them
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html).
enum MappingProperties {
  /// The body of `CreateEventSourceMapping`.
  static func request(_ properties: JSONValue) throws(TemplateError) -> JSONValue {
    try shape.wire(properties)
  }

  /// What no update changes: a mapping with another value is another mapping (the reference's "Update requires:
  /// Replacement", and `UpdateEventSourceMapping`, which does not take them).
  static let fixed: Set<String> = [
    "EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "Topics", "Queues", "SelfManagedEventSource",
  ]

  /// What has to be made of a mapping whose request changes. A consumer group is for ever too (recorded-facts).
  static func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    if old == new { return .none }
    let isReplaced =
      fixed.contains { old[$0] != new[$0] }
      || ["AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig"].contains {
        old[$0]?["ConsumerGroupId"] != new[$0]?["ConsumerGroupId"]
      }
    return isReplaced ? .replacement : .inPlace
  }

  private static let sourceAccess = PropertyShape.list(.object([.init("Type", .string), .init("URI", .string)]))
  private static let kafka = PropertyShape.object([
    .init("ConsumerGroupId", .string),
    .init(
      "SchemaRegistryConfig",
      .object([
        .init("SchemaRegistryURI", .string), .init("EventRecordFormat", .string), .init("AccessConfigs", sourceAccess),
        .init("SchemaValidationConfigs", .list(.object([.init("Attribute", .string)]))),
      ])),
  ])
  private static let destination = PropertyShape.object([.init("Destination", .string)])

  private static let shape = PropertyShape.object([
    .init("EventSourceArn", .string),
    .init("FunctionName", .string, isRequired: true),
    .init("Enabled", .boolean),
    .init("BatchSize", .integer),
    .init("FilterCriteria", .object([.init("Filters", .list(.object([.init("Pattern", .jsonText)])))])),
    .init("KmsKeyArn", as: "KMSKeyArn", .string),
    .init("MetricsConfig", .object([.init("Metrics", .list(.string))])),
    .init("LoggingConfig", .object([.init("SystemLogLevel", .string)])),
    .init("ScalingConfig", .object([.init("MaximumConcurrency", .integer)])),
    .init("MaximumBatchingWindowInSeconds", .integer),
    .init("ParallelizationFactor", .integer),
    .init("StartingPosition", .string),
    .init("StartingPositionTimestamp", .number),
    .init("DestinationConfig", .object([.init("OnSuccess", destination), .init("OnFailure", destination)])),
    .init("MaximumRecordAgeInSeconds", .integer),
    .init("BisectBatchOnFunctionError", .boolean),
    .init("MaximumRetryAttempts", .integer),
    .init("Tags", .tags),
    .init("TumblingWindowInSeconds", .integer),
    .init("Topics", .list(.string)),
    .init("Queues", .list(.string)),
    .init("SourceAccessConfigurations", sourceAccess),
    .init(
      "SelfManagedEventSource",
      .object([
        .init(
          "Endpoints",
          .object([.init("KafkaBootstrapServers", as: "KAFKA_BOOTSTRAP_SERVERS", .list(.string))]))
      ])),
    .init("FunctionResponseTypes", .list(.string)),
    .init("AmazonManagedKafkaEventSourceConfig", kafka),
    .init("SelfManagedKafkaEventSourceConfig", kafka),
    .init(
      "DocumentDBEventSourceConfig",
      .object([
        .init("DatabaseName", .string), .init("CollectionName", .string), .init("FullDocument", .string),
      ])),
    .init(
      "ProvisionedPollerConfig",
      .object([
        .init("MinimumPollers", .integer), .init("MaximumPollers", .integer), .init("PollerGroupName", .string),
      ])),
  ])
}
