import LambdaWire

/// Parameters on their way to the API, and what of them is out of its bounds.
///
/// Bounds and words are those of the AWS CDK: aws-lambda, class EventSourceMapping, and aws-lambda-event-sources.
struct ParameterDraft {
  /// Sets what only a client's region and account tell.
  typealias Completion = @Sendable (Client, inout MappingParameters) -> Void

  var parameters = MappingParameters()
  var completions: [Completion] = []
  var violations: [String] = []

  /// The parameters whole, for a client's region and account.
  func parameters(for client: Client) -> MappingParameters {
    var complete = parameters
    for completion in completions { completion(client, &complete) }
    return complete
  }

  mutating func check(_ isWithinBounds: Bool, _ violation: String) {
    if !isWithinBounds { violations.append(violation) }
  }

  /// Whole seconds of a duration.
  mutating func seconds(_ duration: Duration?, _ name: String) -> Int? {
    guard let duration else { return nil }
    let (seconds, attoseconds) = duration.components
    check(attoseconds == 0, "\(name) must be whole seconds, got \(duration)")
    return Int(seconds)
  }

  /// How large a batch gets, and how long it is waited for.
  mutating func batch(size: Int?, of bounds: ClosedRange<Int>, window: Duration?, when condition: String = "") {
    if let size {
      check(
        bounds.contains(size),
        "Maximum batch size must be between \(bounds.lowerBound) and \(bounds.upperBound) inclusive (given \(size))"
          + condition)
    }
    parameters.batchSize = size
    let seconds = seconds(window, "maxBatchingWindow")
    if let seconds {
      check((0...300).contains(seconds), "maxBatchingWindow cannot be over 300 seconds, got \(seconds)")
    }
    parameters.maximumBatchingWindowInSeconds = seconds
  }

  mutating func concurrency(_ limit: Int?, _ pollers: ProvisionedPollers?) {
    guard let limit else { return }
    check((2...1000).contains(limit), "maxConcurrency must be between 2 and 1000 concurrent instances")
    check(
      pollers == nil, "provisionedPollerConfig and maxConcurrency are mutually exclusive: specify only one")
    parameters.scalingConfig = ScalingConfig(maximumConcurrency: limit)
  }

  /// What streams have.
  mutating func stream(
    parallelizationFactor: Int?, bisectBatchOnError: Bool?, maxRecordAge: Duration?, retryAttempts: Int?,
    tumblingWindow: Duration?
  ) {
    if let parallelizationFactor {
      check(
        (1...10).contains(parallelizationFactor),
        "parallelizationFactor must be between 1 and 10 inclusive, got \(parallelizationFactor)")
    }
    parameters.parallelizationFactor = parallelizationFactor
    parameters.bisectBatchOnFunctionError = bisectBatchOnError
    retries(maxRecordAge: maxRecordAge, retryAttempts: retryAttempts)
    let window = seconds(tumblingWindow, "tumblingWindow")
    if let window { check((0...900).contains(window), "tumblingWindow cannot be over 900 seconds, got \(window)") }
    parameters.tumblingWindowInSeconds = window
  }

  mutating func retries(maxRecordAge: Duration?, retryAttempts: Int?) {
    let age = seconds(maxRecordAge, "maxRecordAge")
    if let age {
      check((60...604_800).contains(age), "maxRecordAge must be between 60 seconds and 7 days inclusive")
    }
    parameters.maximumRecordAgeInSeconds = age
    if let retryAttempts {
      check(
        (-1...10_000).contains(retryAttempts),
        "retryAttempts must be -1 (for infinite) or between 0 and 10000 inclusive, got \(retryAttempts)")
    }
    parameters.maximumRetryAttempts = retryAttempts
  }

  /// Where reading begins.
  mutating func start(_ position: StartingPosition) {
    parameters.startingPosition = position.name
    parameters.startingPositionTimestamp = position.timestamp.map { Timestamp(seconds: $0) }
  }

  /// What all kinds have.
  /// - Parameter mayBeKafka: whether a topic of Kafka can be the destination, as of Kafka's own sources alone (Lambda's
  ///   documentation of OnFailure).
  mutating func common(
    filters: [String]?, filterEncryptionKey: String? = nil, reportBatchItemFailures: Bool? = nil,
    onFailure: FailureDestination? = nil, mayBeKafka: Bool = false, provisionedPollers: ProvisionedPollers? = nil,
    metrics: [String]? = nil, logLevel: String? = nil,
    pollers: (minimum: ClosedRange<Int>, maximum: ClosedRange<Int>) = (1...200, 1...2000)
  ) {
    check(
      mayBeKafka || onFailure?.isOfKafka != true, "a Kafka topic as a destination is for Kafka event sources only")
    if let filters {
      parameters.filterCriteria = FilterCriteria(filters: filters.map { FilterCriteria.Filter(pattern: $0) })
    }
    check(
      filterEncryptionKey == nil || filters?.isEmpty == false,
      "filter criteria must be provided to enable setting filter criteria encryption")
    parameters.kmsKeyArn = filterEncryptionKey
    if let reportBatchItemFailures {
      parameters.functionResponseTypes = reportBatchItemFailures ? ["ReportBatchItemFailures"] : []
    }
    if let onFailure {
      if let violation = onFailure.violation { violations.append(violation) }
      completions.append { $1.destinationConfig = DestinationConfig(onFailure: .init(onFailure.destination($0))) }
    }
    if let metrics {
      check(!metrics.isEmpty, "MetricsConfig must contain at least one metric type")
      parameters.metricsConfig = MetricsConfig(metrics: metrics)
    }
    if let logLevel { parameters.loggingConfig = LoggingConfig(systemLogLevel: logLevel) }
    guard let provisionedPollers else { return }
    let (minimum, maximum) = (provisionedPollers.minimum, provisionedPollers.maximum)
    check(
      minimum.map { pollers.minimum.contains($0) } ?? true,
      "Minimum provisioned pollers must be between \(pollers.minimum.lowerBound) and \(pollers.minimum.upperBound) inclusive"
    )
    check(
      maximum.map { pollers.maximum.contains($0) } ?? true,
      "Maximum provisioned pollers must be between \(pollers.maximum.lowerBound) and \(pollers.maximum.upperBound) inclusive"
    )
    if let minimum, let maximum {
      check(minimum <= maximum, "Minimum provisioned pollers must be less than or equal to maximum provisioned pollers")
    }
    parameters.provisionedPollerConfig = ProvisionedPollerConfig(
      minimumPollers: minimum, maximumPollers: maximum, pollerGroupName: provisionedPollers.groupName)
  }
}
