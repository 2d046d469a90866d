import LambdaWire
import Mappings

extension EventSourceType {
  /// Queues, standard and FIFO (`arn:aws:sqs:REGION:ACCOUNT:NAME`, FIFO ones ending in `.fifo`).
  static let sqs = EventSourceType(
    kind: .sqs,
    recognizes: { $0.arn?.service == "sqs" },
    parameters: [
      .batchSize, .maximumBatchingWindowInSeconds, .filterCriteria, .functionResponseTypes, .scalingConfig,
      .provisionedPollerConfig, .metricsConfig, .kmsKeyArn,
    ],
    defaults: { _ in
      // Recorded: create-event-source-mapping of test_event_source_mapping_default_batch_size.
      var parameters = MappingParameters()
      parameters.batchSize = 10
      parameters.maximumBatchingWindowInSeconds = 0
      parameters.functionResponseTypes = []
      return parameters
    },
    rules: [
      .fifoHasNoWindow, .fifoBatchesAreSmall, .largeBatchesNeedAWindow, .pollersExcludeScaling,
      .pollers(minimum: 2...200, maximum: 2...2000), .metrics(among: ["EventCount"]),
    ],
    initialProcessingResult: nil,
    stateReason: "USER_INITIATED",
    claims: { source, _ in [source.arn?.description ?? ""] },
    conflict: { draft, existing in
      // Recorded, with the spaces inside the quotes.
      """
      An event source mapping with SQS arn (" \(draft.source.arn?.description ?? "") ") and function \
      (" \(draft.function.name) ") already exists. Please update or delete the existing mapping with UUID \(existing)
      """
    })
}

extension MappingDraft {
  fileprivate var isFIFO: Bool { source.arn?.resource.hasSuffix(".fifo") ?? false }
}

extension ParameterRule {
  /// The most messages that one ReceiveMessage gives, and so the largest batch without a window.
  private static let batchLimitWithoutWindow = 10

  /// Public report of AWS's text: aws/aws-lambda-dotnet#1758.
  fileprivate static let fifoHasNoWindow = ParameterRule { draft in
    let hasWindow = (draft.parameters.maximumBatchingWindowInSeconds ?? 0) > 0
    return draft.isFIFO && hasWindow ? "Batching window is not supported for FIFO queues" : nil
  }

  /// Documented bound; the text is ours.
  fileprivate static let fifoBatchesAreSmall = ParameterRule { draft in
    let isLarge = (draft.parameters.batchSize ?? 0) > batchLimitWithoutWindow
    return draft.isFIFO && isLarge ? "Maximum batch size for FIFO queues is \(batchLimitWithoutWindow)" : nil
  }

  /// Recorded, for create and update.
  fileprivate static let largeBatchesNeedAWindow = ParameterRule { draft in
    let isLarge = (draft.parameters.batchSize ?? 0) > batchLimitWithoutWindow
    guard isLarge, (draft.parameters.maximumBatchingWindowInSeconds ?? 0) == 0 else { return nil }
    return """
      Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than \
      \(batchLimitWithoutWindow)
      """
  }

  /// Documented: provisioned mode and a maximum concurrency exclude each other; the text is ours.
  fileprivate static let pollersExcludeScaling = ParameterRule { draft in
    guard draft.parameters.provisionedPollerConfig != nil, draft.parameters.scalingConfig != nil else { return nil }
    return "ScalingConfig and ProvisionedPollerConfig cannot be used together."
  }
}
