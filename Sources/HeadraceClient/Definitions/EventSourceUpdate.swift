import LambdaWire

/// A change of an event source: what is nil stays as it is.
public struct EventSourceUpdate: Sendable {
  private let draft: ParameterDraft
  var function: String?
  var isEnabled: Bool?
  var violations: [String] { draft.violations }

  /// Changes of some parameters; `filters: []` takes the filters back, `filterEncryptionKey: ""` their key.
  public init(
    function: String? = nil, enabled: Bool? = nil, batchSize: Int? = nil, maxBatchingWindow: Duration? = nil,
    maxConcurrency: Int? = nil, parallelizationFactor: Int? = nil, bisectBatchOnError: Bool? = nil,
    maxRecordAge: Duration? = nil, retryAttempts: Int? = nil, tumblingWindow: Duration? = nil,
    reportBatchItemFailures: Bool? = nil, filters: [String]? = nil, filterEncryptionKey: String? = nil,
    onFailure: FailureDestination? = nil, provisionedPollers: ProvisionedPollers? = nil, metrics: [String]? = nil,
    logLevel: String? = nil
  ) {
    var draft = ParameterDraft()
    draft.batch(size: batchSize, of: 1...10_000, window: maxBatchingWindow)
    draft.concurrency(maxConcurrency, provisionedPollers)
    draft.stream(
      parallelizationFactor: parallelizationFactor, bisectBatchOnError: bisectBatchOnError, maxRecordAge: maxRecordAge,
      retryAttempts: retryAttempts, tumblingWindow: tumblingWindow)
    draft.common(
      filters: filters, reportBatchItemFailures: reportBatchItemFailures, onFailure: onFailure,
      mayBeKafka: true, provisionedPollers: provisionedPollers, metrics: metrics, logLevel: logLevel)
    // The filters may be there already.
    draft.parameters.kmsKeyArn = filterEncryptionKey
    self.init(draft)
    self.function = function
    isEnabled = enabled
  }

  private init(_ draft: ParameterDraft) {
    self.draft = draft
  }

  /// Other events of a bucket, in place of those that were wanted before.
  public static func s3(events: [BucketEvent], filters: [KeyFilter] = []) -> EventSourceUpdate {
    var draft = ParameterDraft()
    draft.bucket(events, filters)
    return EventSourceUpdate(draft)
  }

  /// Another choice of a topic's messages, and another dead-letter queue; what is left out is taken back.
  public static func sns(
    filterPolicy: String? = nil, filterPolicyScope: FilterPolicyScope? = nil, deadLetterQueue: Queue? = nil
  ) -> EventSourceUpdate {
    var draft = ParameterDraft()
    draft.topic(filterPolicy, filterPolicyScope, deadLetterQueue)
    return EventSourceUpdate(draft)
  }

  func parameters(for client: Client) -> MappingParameters { draft.parameters(for: client) }
}
