/// How many batches of a queue are in flight at most: a value that is told what happens and when.
///
/// Documented for standard queues: five at first; while messages wait, 300 more a minute, up to 1,250 or
/// `MaximumConcurrency`; throttling and errors make it shrink again.
public struct Concurrency: Equatable, Sendable {
  /// Where a mapping starts.
  public static let initial = 5
  /// Where it ends without a `MaximumConcurrency`.
  public static let maximum = 1250
  /// 300 a minute.
  static let growthPerSecond = 5.0
  /// Shrinking rests so long, for batches fail by the dozen.
  static let shrinkInterval = Duration.seconds(1)

  private var exact: Double
  private var ceiling: Int
  private var lastGrowth: Duration?
  private var lastShrink: Duration?

  /// - Parameter ceiling: `MaximumConcurrency`, or nil.
  public init(ceiling: Int?) {
    self.ceiling = ceiling ?? Self.maximum
    exact = Double(min(Self.initial, self.ceiling))
  }

  /// Batches at once.
  public var limit: Int { max(1, Int(exact)) }

  /// A new `MaximumConcurrency`.
  public mutating func setCeiling(_ ceiling: Int?) {
    self.ceiling = ceiling ?? Self.maximum
    exact = min(exact, Double(self.ceiling))
    exact = max(exact, Double(min(Self.initial, self.ceiling)))
  }

  /// Messages wait though all that is allowed is in flight.
  /// - Parameter now: time since any fixed moment.
  public mutating func noteBacklog(at now: Duration) {
    defer { lastGrowth = now }
    guard let lastGrowth else { return }
    exact = min(Double(ceiling), exact + (now - lastGrowth).inSeconds * Self.growthPerSecond)
  }

  /// The queue had nothing: what grows begins anew.
  public mutating func noteEmpty() { lastGrowth = nil }

  /// A batch ended badly.
  /// - Parameter floor: where shrinking ends.
  public mutating func shrink(to floor: Int, at now: Duration) {
    if let lastShrink, now - lastShrink < Self.shrinkInterval { return }
    lastShrink = now
    lastGrowth = nil
    exact = min(exact, max(Double(min(floor, ceiling)), (exact / 2).rounded(.down)))
  }
}
