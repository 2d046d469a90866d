public import Mappings

/// One batch of a stream's records, from its first try until each of its records is done with or given up.
///
/// A state machine: `next` says what is to be done, and `ended` or `gaveUp` hear how that went. No I/O and no clock.
/// Sources: documented.md, "Failures"; recorded-facts, section 9.
public struct StreamBatch<Record: StreamedRecord>: Sendable {
  /// What is to be done.
  public enum Step: Sendable {
    /// Invoke the function with these records.
    /// - Parameter attempt: how often these records will have been tried then.
    case invoke([Record], attempt: Int)
    /// Tell the failure destination of these records.
    case giveUp([Record], GiveUp)
    /// Nothing: all of it is done with.
    case finished
  }

  /// How a try ended.
  public struct Ending: Sendable {
    /// What has become of the records.
    public var fate: StreamBatchFate
    /// How long to wait before `next`; nil for not at all.
    public var pause: Duration?
  }

  /// Some of the records, which are tried together.
  private struct Part: Sendable {
    var records: ArraySlice<Record>
    /// Tries that count.
    var tries = 0
    /// Of the last try.
    var lastWasFunctionError = false
    var isGivenUp = false
  }

  /// The parts that are still to be done, the current one last.
  private var parts: [Part]
  private var retries = Self.retryPauses
  private var overloads = Self.overloadPauses

  /// Recorded: about eight tries in the first minute (test_kinesis_maximum_record_age_exceeded).
  static var retryPauses: Backoff { Backoff(first: .milliseconds(400), limit: .seconds(60)) }
  static var overloadPauses: Backoff { Backoff() }

  /// Where this is a window's final invocation, which has no records: when the window ended.
  private var windowEnd: Milliseconds?

  /// A batch of which nothing was tried yet.
  public init(_ records: [Record]) {
    parts = [Part(records: records[...])]
  }

  /// A window's final invocation: a batch without records, whose age counts from the window's end (assumed).
  public init(closingWindowAt end: Milliseconds) {
    parts = [Part(records: [])]
    windowEnd = end
  }

  /// The last record that is done with or given up; nil where none is.
  public private(set) var position: SequenceNumber?

  /// What comes next.
  /// - Parameter now: by the clock that dates the records.
  public func next(at now: Milliseconds, _ policy: StreamRetryPolicy) -> Step {
    guard let part = parts.last else { return .finished }
    if part.isGivenUp {
      return .giveUp(
        Array(part.records),
        GiveUp(
          condition: .retryAttemptsExhausted, invocations: part.tries, isFunctionError: part.lastWasFunctionError))
    }
    // Recorded: what is too old is given up apart, and what is young enough is delivered.
    let old = Self.countOfOld(part.records, at: now, policy)
    if old > 0 || isTooOldToClose(at: now, policy) {
      return .giveUp(
        Array(part.records.prefix(old)),
        GiveUp(condition: .recordAgeExceeded, invocations: max(1, part.tries), isFunctionError: false))
    }
    return .invoke(Array(part.records), attempt: part.tries + 1)
  }

  /// The try that `next` asked for has ended.
  /// - Parameter spread: a random number from 0 to 1, for the pause.
  public mutating func ended(
    _ result: InvocationResult, _ policy: StreamRetryPolicy, at now: Milliseconds, spread: Double
  ) -> Ending {
    guard var part = parts.popLast() else {
      return Ending(fate: StreamBatchFate(.withdrawn, count: 0, policy: policy, tries: 0) { [] })
    }
    let fate = StreamBatchFate(
      result, count: part.records.count, policy: policy, tries: part.tries + 1
    ) { part.records.map(\.sequenceNumber.description) }
    part.lastWasFunctionError = fate.isFunctionError
    finish(&part, first: fate.done)
    var pause: Duration?
    switch fate.rest {
    case .none: break
    case .fresh:
      // Recorded: the retry counter starts again after the checkpoint has moved.
      retries.reset()
      parts.append(Part(records: part.records))
      pause = retries.next(spread: spread)
    case .retry:
      part.tries += 1
      parts.append(part)
      pause = retries.next(spread: spread)
    case .halves:
      let middle = part.records.startIndex + (part.records.count + 1) / 2
      parts.append(Part(records: part.records[middle...]))
      parts.append(Part(records: part.records[..<middle]))
      // Parting them is progress, so that nothing is waited for.
      retries.reset()
    case .later:
      parts.append(part)
      pause = overloads.next(spread: spread)
    case .givenUp:
      part.tries += 1
      part.isGivenUp = true
      parts.append(part)
    }
    if fate.rest != .later { overloads.reset() }
    if fate.rest == .none { retries.reset() }
    return Ending(fate: fate, pause: pause.map { untilTooOld($0, at: now, policy) })
  }

  /// The destination has what `next` gave up, or there is none.
  public mutating func gaveUp(_ count: Int) {
    guard var part = parts.popLast() else { return }
    finish(&part, first: count)
    retries.reset()
    // What is left of it was young enough, and its counter starts again, as the checkpoint has moved.
    if !part.records.isEmpty { parts.append(Part(records: part.records)) }
  }

  private mutating func finish(_ part: inout Part, first count: Int) {
    guard count > 0 else { return }
    position = part.records[part.records.startIndex + count - 1].sequenceNumber
    part.records = part.records.dropFirst(count)
  }

  // MARK: Age

  private func isTooOldToClose(at now: Milliseconds, _ policy: StreamRetryPolicy) -> Bool {
    guard let windowEnd, let limit = policy.maximumRecordAge else { return false }
    return windowEnd + limit < now
  }

  private static func countOfOld(
    _ records: ArraySlice<Record>, at now: Milliseconds, _ policy: StreamRetryPolicy
  ) -> Int {
    guard let limit = policy.maximumRecordAge else { return 0 }
    var count = 0
    for record in records {
      guard record.arrival + limit < now else { break }
      count += 1
    }
    return count
  }

  /// A pause ends when the first record gets too old, so that its end is told in time.
  private func untilTooOld(_ pause: Duration, at now: Milliseconds, _ policy: StreamRetryPolicy) -> Duration {
    guard let limit = policy.maximumRecordAge, let first = parts.last?.records.first else { return pause }
    let left = Duration.milliseconds((first.arrival + limit).count - now.count + 1)
    return max(.zero, min(pause, left))
  }
}
