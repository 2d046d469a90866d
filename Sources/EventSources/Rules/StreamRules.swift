import LambdaWire
import Mappings

/// What Kinesis and DynamoDB streams share.
extension EventSourceType {
  static func stream(
    _ kind: SourceKind, recognizes: @escaping @Sendable (ARN) -> Bool, startingPosition rules: [ParameterRule]
  ) -> EventSourceType {
    EventSourceType(
      kind: kind,
      recognizes: { $0.arn.map(recognizes) ?? false },
      parameters: [
        .startingPosition, .startingPositionTimestamp, .batchSize, .maximumBatchingWindowInSeconds,
        .parallelizationFactor, .filterCriteria, .kmsKeyArn, .metricsConfig, .destinationConfig,
        .maximumRecordAgeInSeconds, .bisectBatchOnFunctionError, .maximumRetryAttempts, .tumblingWindowInSeconds,
        .functionResponseTypes,
      ],
      defaults: { _ in
        // Recorded: test_create_kinesis_event_source_mapping and the like.
        var parameters = MappingParameters()
        parameters.batchSize = 100
        parameters.maximumBatchingWindowInSeconds = 0
        parameters.parallelizationFactor = 1
        parameters.destinationConfig = DestinationConfig(onFailure: .init())
        parameters.maximumRecordAgeInSeconds = -1
        parameters.bisectBatchOnFunctionError = false
        parameters.maximumRetryAttempts = -1
        parameters.tumblingWindowInSeconds = 0
        parameters.functionResponseTypes = []
        return parameters
      },
      rules: [.startingPositionIsRequired] + rules + [
        .recordAge, .failureDestination(among: [.sqs, .sns, .s3]), .metrics(among: ["EventCount"]),
      ],
      initialProcessingResult: "No records processed",
      stateReason: "User action",
      claims: { source, _ in [source.arn?.description ?? ""] },
      conflict: EventSourceType.conflictOfARN)
  }

  /// Recorded for streams, and taken for every other source that has an ARN.
  static let conflictOfARN: @Sendable (MappingDraft, MappingID) -> String = { draft, existing in
    """
    The event source arn (" \(draft.source.arn?.description ?? "") ") and function (" \(draft.function.name) ") \
    provided mapping already exists. Please update or delete the existing mapping with UUID \(existing)
    """
  }
}

extension ParameterRule {
  /// Recorded: it reads like the model's text, but ends in a full stop and is an `InvalidParameterValueException`.
  static let startingPositionIsRequired = ParameterRule { draft in
    guard draft.parameters.startingPosition == nil else { return nil }
    return """
      1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: \
      Member must not be null.
      """
  }

  /// `AT_TIMESTAMP` needs a timestamp (text: public report, awsdocs/aws-cloudformation-user-guide#334), no other
  /// position has one, and it is not in the future (documented; the texts are ours).
  static let startingTimestamp = ParameterRule { draft in
    let parameters = draft.parameters
    switch (parameters.startingPosition, parameters.startingPositionTimestamp) {
    case ("AT_TIMESTAMP", nil): return "Need to specify a timestamp"
    case ("AT_TIMESTAMP", let timestamp?):
      // Compared as numbers of seconds: whatever a client sends fits into neither more nor less.
      let isInFuture = timestamp.seconds > Double(draft.now.count) / 1000
      return isInFuture ? "StartingPositionTimestamp must not be in the future" : nil
    case (_, .some): return "StartingPositionTimestamp is only allowed with StartingPosition AT_TIMESTAMP"
    case (_, nil): return nil
    }
  }

  /// Public report of AWS's text: hashicorp/terraform-provider-aws#16113. The model admits the numbers between.
  static let recordAge = ParameterRule { draft in
    guard let age = draft.parameters.maximumRecordAgeInSeconds, (0..<60).contains(age) else { return nil }
    return "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)"
  }
}
