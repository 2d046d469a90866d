/// When a call is tried again: exponential back-off with full jitter
/// (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
struct RetryPolicy: Sendable {
  /// The longest pause after a first failure.
  var base: Duration = .milliseconds(100)
  /// The same where the service asks for fewer calls.
  var throttlingBase: Duration = .milliseconds(500)
  /// The longest pause of all.
  var limit: Duration = .seconds(20)

  /// How long to wait after the attempt of that number (from 1) failed; nil where it is not to be tried again.
  /// `random` is from 0 to 1.
  func pause(after error: AWSError, attempt: Int, of attempts: Int, random: Double) -> Duration? {
    guard error.isRetryable, attempt < attempts else { return nil }
    let longest = (error.isThrottling ? throttlingBase : base) * (1 << min(attempt - 1, 20))
    return min(longest, limit) * random
  }
}
