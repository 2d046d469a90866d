import LambdaWire
import Mappings

/// What managed and self-managed Kafka share.
extension EventSourceType {
  /// The parameters of both, beside what names the cluster and the consumer group.
  static let kafkaParameters: Set<Parameter> = [
    .startingPosition, .startingPositionTimestamp, .batchSize, .maximumBatchingWindowInSeconds, .filterCriteria,
    .kmsKeyArn, .metricsConfig, .loggingConfig, .provisionedPollerConfig, .destinationConfig, .topics,
    .sourceAccessConfigurations, .maximumRecordAgeInSeconds, .bisectBatchOnFunctionError, .maximumRetryAttempts,
    .functionResponseTypes,
  ]

  /// The rules of both, beside those of the starting position and of access.
  static let kafkaRules: [ParameterRule] = [
    .startingTimestamp, .recordAge, .provisionedModeOnly, .pollers(minimum: 1...200, maximum: 1...2000),
    .failureDestination(among: [.sqs, .sns, .s3, .kafkaTopic]),
    .metrics(among: ["EventCount", "ErrorCount", "KafkaMetrics"]),
  ]
}

extension ParameterRule {
  /// Documented: what Kafka mappings have in provisioned mode alone.
  private static let provisionedParameters: [Parameter] = [
    .loggingConfig, .maximumRecordAgeInSeconds, .bisectBatchOnFunctionError, .maximumRetryAttempts,
    .functionResponseTypes,
  ]

  /// The text is ours, of the form of `Unsupported '…' parameter for given event source mapping type.`
  fileprivate static let provisionedModeOnly = ParameterRule { draft in
    guard draft.parameters.provisionedPollerConfig == nil else { return nil }
    return provisionedParameters.first(where: draft.parameters.isGiven).map { parameter in
      """
      Unsupported '\(parameter.path)' parameter for given event source mapping type without \
      'provisionedPollerConfig'.
      """
    }
  }
}
