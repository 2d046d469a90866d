/// The parameters of an event source mapping that depend on its source, by their names in the API.
public enum Parameter: String, CodingKey, CaseIterable, Sendable {
  case startingPosition = "StartingPosition"
  case startingPositionTimestamp = "StartingPositionTimestamp"
  case batchSize = "BatchSize"
  case maximumBatchingWindowInSeconds = "MaximumBatchingWindowInSeconds"
  case parallelizationFactor = "ParallelizationFactor"
  case filterCriteria = "FilterCriteria"
  case kmsKeyArn = "KMSKeyArn"
  case metricsConfig = "MetricsConfig"
  case loggingConfig = "LoggingConfig"
  case scalingConfig = "ScalingConfig"
  case provisionedPollerConfig = "ProvisionedPollerConfig"
  case destinationConfig = "DestinationConfig"
  case topics = "Topics"
  case queues = "Queues"
  case sourceAccessConfigurations = "SourceAccessConfigurations"
  case selfManagedEventSource = "SelfManagedEventSource"
  case maximumRecordAgeInSeconds = "MaximumRecordAgeInSeconds"
  case bisectBatchOnFunctionError = "BisectBatchOnFunctionError"
  case maximumRetryAttempts = "MaximumRetryAttempts"
  case tumblingWindowInSeconds = "TumblingWindowInSeconds"
  case functionResponseTypes = "FunctionResponseTypes"
  case amazonManagedKafkaEventSourceConfig = "AmazonManagedKafkaEventSourceConfig"
  case selfManagedKafkaEventSourceConfig = "SelfManagedKafkaEventSourceConfig"
  case documentDBEventSourceConfig = "DocumentDBEventSourceConfig"
  /// Headrace's own: Lambda has no mappings of buckets.
  case s3EventSourceConfig = "S3EventSourceConfig"
  /// Headrace's own: Lambda has no mappings of topics.
  case snsEventSourceConfig = "SNSEventSourceConfig"

  /// The name as AWS's messages write it: only the first letter is lowered, so that `KMSKeyArn` is `kMSKeyArn`.
  public var path: String { rawValue.lowercasingFirst }

  /// Whether `UpdateEventSourceMapping` takes it (the service model).
  public var isUpdatable: Bool {
    switch self {
    case .startingPosition, .startingPositionTimestamp, .topics, .queues, .selfManagedEventSource: false
    default: true
    }
  }
}

extension String {
  /// `BatchSize` as `batchSize`.
  var lowercasingFirst: String { prefix(1).lowercased() + dropFirst() }
}
