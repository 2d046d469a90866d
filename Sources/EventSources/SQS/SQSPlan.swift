import Delivery
import LambdaWire
import Mappings

/// What a mapping wishes for at one time, in the form in which its worker needs it.
struct SQSPlan: Sendable {
  let function: FunctionARN
  let isEnabled: Bool
  let reportsItemFailures: Bool
  let filter: RecordFilter
  let writer: SQSRecordWriter
  let flow: QueueFlow<SQSMessage>.Settings

  /// Nil where the stored parameters cannot be read.
  init?(_ mapping: EventSourceMapping, queue: ARN) {
    guard let parameters = try? mapping.parameters.decoded() else { return nil }
    function = mapping.function
    isEnabled = mapping.isToBeRead
    reportsItemFailures = parameters.functionResponseTypes?.contains("ReportBatchItemFailures") ?? false
    filter = RecordFilter(parameters.filterCriteria)
    let window = Duration.seconds(parameters.maximumBatchingWindowInSeconds ?? 0)
    writer = SQSRecordWriter(queueARN: queue.description, region: queue.region, hasWindow: window > .zero)
    flow = .init(
      batchSize: parameters.batchSize ?? 10, window: window,
      maximumConcurrency: parameters.scalingConfig?.maximumConcurrency)
  }
}
