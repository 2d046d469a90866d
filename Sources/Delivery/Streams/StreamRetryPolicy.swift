/// What a mapping's parameters say of batches of a stream that fail.
public struct StreamRetryPolicy: Equatable, Sendable {
  /// `ReportBatchItemFailures`.
  public var reportsItemFailures: Bool
  /// `BisectBatchOnFunctionError`.
  public var bisects: Bool
  /// `MaximumRetryAttempts`; nil for no limit.
  public var maximumRetryAttempts: Int?
  /// `MaximumRecordAgeInSeconds`; nil for no limit.
  public var maximumRecordAge: Duration?
  /// Whether there is a tumbling window, so that the function has to give a state.
  public var keepsState: Bool

  /// A policy; by default that of a mapping without any of its parameters.
  public init(
    reportsItemFailures: Bool = false, bisects: Bool = false, maximumRetryAttempts: Int? = nil,
    maximumRecordAge: Duration? = nil, keepsState: Bool = false
  ) {
    self.reportsItemFailures = reportsItemFailures
    self.bisects = bisects
    self.maximumRetryAttempts = maximumRetryAttempts
    self.maximumRecordAge = maximumRecordAge
    self.keepsState = keepsState
  }
}
