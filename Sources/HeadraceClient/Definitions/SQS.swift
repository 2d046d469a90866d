extension EventSourceDefinition {
  /// An SQS queue, standard or FIFO (CDK: SqsEventSource).
  ///
  /// - Parameters:
  ///   - batchSize: 1 to 10 messages, 1 to 10,000 with a window; 10 by default.
  ///   - maxBatchingWindow: how long a batch is waited for, up to five minutes; not for FIFO queues.
  ///   - maxConcurrency: 2 to 1000 batches at once.
  ///   - filters: event patterns as JSON text, of which a message has to match one.
  ///   - filterEncryptionKey: the ARN of the key that the filters are encrypted with.
  ///   - metrics: such as `EventCount`.
  public static func sqs(
    _ queue: Queue, batchSize: Int? = nil, maxBatchingWindow: Duration? = nil, maxConcurrency: Int? = nil,
    reportBatchItemFailures: Bool? = nil, filters: [String]? = nil, filterEncryptionKey: String? = nil,
    provisionedPollers: ProvisionedPollers? = nil, metrics: [String]? = nil, enabled: Bool? = nil
  ) -> EventSourceDefinition {
    var draft = ParameterDraft()
    draft.check(maxBatchingWindow == nil || !queue.isFIFO, "Batching window is not supported for FIFO queues")
    let isWindowed = maxBatchingWindow != nil && !queue.isFIFO
    draft.batch(
      size: batchSize, of: 1...(isWindowed ? 10_000 : 10), window: maxBatchingWindow,
      when: isWindowed ? " when batching window is specified." : " when batching window is not specified.")
    draft.concurrency(maxConcurrency, provisionedPollers)
    draft.common(
      filters: filters, filterEncryptionKey: filterEncryptionKey, reportBatchItemFailures: reportBatchItemFailures,
      provisionedPollers: provisionedPollers, metrics: metrics, pollers: (2...200, 2...2000))
    return EventSourceDefinition(queue.arn, draft, enabled: enabled)
  }
}
