/// Pauses that double until a limit, and are spread so that many do not wake at once.
public struct Backoff: Equatable, Sendable {
  private let first: Duration
  private let limit: Duration
  private var failures = 0

  /// - Parameters:
  ///   - first: the first pause.
  ///   - limit: the longest one.
  public init(first: Duration = .milliseconds(250), limit: Duration = .seconds(10)) {
    self.first = first
    self.limit = limit
  }

  /// The pause after one more failure.
  /// - Parameter spread: a random number from 0 to 1: the pause lies between half of what is due and all of it.
  public mutating func next(spread: Double) -> Duration {
    let due = min(first * (1 << min(failures, 16)), limit)
    failures += 1
    return due / 2 + due / 2 * spread
  }

  /// All is well again.
  public mutating func reset() { failures = 0 }
}
