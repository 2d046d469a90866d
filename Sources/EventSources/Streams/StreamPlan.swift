import AWSClient
import Delivery
import LambdaWire
import Mappings

/// What a mapping wishes for at one time, in the form in which the workers of its shards need it.
struct StreamPlan: Sendable {
  let function: FunctionARN
  let isEnabled: Bool
  let filter: RecordFilter
  let flow: ShardFlow<StreamRecord>.Settings
  let destination: FailureDestination?
  /// Where a shard is read from of which nothing is known.
  let start: ShardStart
  private let parameters: EncodedParameters

  /// Nil where the stored parameters cannot be read.
  init?(_ mapping: EventSourceMapping, source: any StreamSource, world: SourceWorld) {
    guard let parameters = try? mapping.parameters.decoded() else { return nil }
    self.parameters = mapping.parameters
    function = mapping.function
    isEnabled = mapping.isToBeRead
    filter = RecordFilter(parameters.filterCriteria)
    destination = FailureDestination(
      parameters.destinationConfig?.onFailure?.destination, in: mapping.scope, client: world.client)
    start = Self.start(parameters, createdAt: mapping.createdAt)
    let tumblingWindow = Duration.seconds(parameters.tumblingWindowInSeconds ?? 0)
    let batchSize = parameters.batchSize ?? 100
    let parallelization = parameters.parallelizationFactor ?? 1
    flow = .init(
      batchSize: batchSize, window: .seconds(parameters.maximumBatchingWindowInSeconds ?? 0),
      parallelization: parallelization, tumblingWindow: tumblingWindow > .zero ? tumblingWindow : nil,
      policy: Self.policy(parameters), pollInterval: source.pushes ? .zero : world.streamPollInterval,
      readLimit: min(source.readLimit, max(Self.smallestRead, batchSize * parallelization)))
  }

  /// However small the batches are, a read is worth so many records.
  private static let smallestRead = 1000

  /// `LATEST` means what comes after the mapping was made (see `StreamInspection`).
  private static func start(_ parameters: MappingParameters, createdAt: Milliseconds) -> ShardStart {
    switch parameters.startingPosition {
    case "LATEST": return .since(createdAt)
    case "AT_TIMESTAMP":
      guard let time = parameters.startingPositionTimestamp else { return .trimHorizon }
      // Whatever a client sends fits: the rules refuse the future.
      return .since(Milliseconds(Int64(max(0, time.seconds * 1000))))
    default: return .trimHorizon
    }
  }

  private static func policy(_ parameters: MappingParameters) -> StreamRetryPolicy {
    let attempts = parameters.maximumRetryAttempts ?? -1
    let age = parameters.maximumRecordAgeInSeconds ?? -1
    return StreamRetryPolicy(
      reportsItemFailures: parameters.functionResponseTypes?.contains("ReportBatchItemFailures") ?? false,
      bisects: parameters.bisectBatchOnFunctionError ?? false, maximumRetryAttempts: attempts < 0 ? nil : attempts,
      maximumRecordAge: age < 0 ? nil : .seconds(age), keepsState: (parameters.tumblingWindowInSeconds ?? 0) > 0)
  }

  /// Whether another plan wishes for the same.
  func isSame(as other: StreamPlan) -> Bool {
    function == other.function && isEnabled == other.isEnabled && parameters == other.parameters
  }
}
