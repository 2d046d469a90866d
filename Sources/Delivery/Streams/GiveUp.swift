/// Why records are given up: what their failure record says of it.
public struct GiveUp: Equatable, Sendable {
  /// What made it so.
  public var condition: Condition
  /// `approximateInvokeCount`.
  public var invocations: Int
  /// Whether the function itself failed, and did not only report items.
  public var isFunctionError: Bool

  /// The words of a failure record (recorded-facts, section 9).
  public enum Condition: String, Sendable {
    case retryAttemptsExhausted = "RetryAttemptsExhausted"
    case recordAgeExceeded = "RecordAgeExceeded"
  }

  /// A reason.
  public init(condition: Condition, invocations: Int, isFunctionError: Bool) {
    self.condition = condition
    self.invocations = invocations
    self.isFunctionError = isFunctionError
  }
}
