import JSON
public import Mappings

/// What becomes of a batch of a stream's records after one try: which of them are done with, and what is done with the
/// rest.
///
/// A pure function of the function's answer. Sources: recorded-facts, section 9; documented.md, "Failures" and "Tumbling
/// windows".
public struct StreamBatchFate: Equatable, Sendable {
  /// How many records, from the first on, are done with.
  public var done: Int
  /// What happens to the others.
  public var rest: Rest
  /// The word of the journal.
  public var outcome: DeliveryRecord.Outcome
  /// What went wrong, for the journal and the log; nil where nothing did.
  public var error: String?
  /// What `LastProcessingResult` says; nil where all is well.
  public var problem: String?
  /// Whether the function itself failed, and did not only report items: the word `functionError` of a failure record.
  public var isFunctionError = false
  /// The state that the function gave; nil where it gave none.
  public var state: [UInt8]?

  /// What happens to the records that are not done with.
  public enum Rest: Equatable, Sendable {
    /// There are none.
    case none
    /// They are tried as a batch of their own, whose retries are counted anew.
    case fresh
    /// They are tried again, and it counts.
    case retry
    /// They are tried in two halves, one after the other; it does not count (documented).
    case halves
    /// They are tried again later; the function has not seen them, and it does not count (documented).
    case later
    /// They have been tried as often as they may.
    case givenUp
  }

  /// - Parameters:
  ///   - count: how many records the batch has; none for a window's final invocation.
  ///   - tries: how often the batch was tried, this time included.
  ///   - identifiers: the sequence numbers of the batch, in their order. Asked for only where the answer may name some.
  public init(
    _ result: InvocationResult, count: Int, policy: StreamRetryPolicy, tries: Int, identifiers: () -> [String]
  ) {
    let judge = Judge(count: count, policy: policy, tries: tries)
    switch result {
    case .answered(let answer):
      self = judge.judge(answer, identifiers)
    case .functionError(let error):
      self = judge.failed(.functionError, error: error.summary, problem: "", isFunctionError: true)
    case .timedOut(let reason):
      // A function that takes too long has failed (Lambda's own word for it is a function error).
      self = judge.failed(.timedOut, error: reason, problem: reason, isFunctionError: true)
    case .tooLarge(let reason):
      // The records are too large together, whatever the function would do: they are parted even without bisecting.
      self = judge.failed(.tooLarge, error: reason, problem: reason, isFunctionError: true, parts: true)
    case .throttled(let reason):
      self = judge.unseen(.throttled, reason)
    case .unreachable(let reason):
      self = judge.unseen(.unreachable, reason)
    case .withdrawn:
      self.init(done: 0, rest: .later, outcome: .withdrawn)
    }
  }

  fileprivate init(
    done: Int, rest: Rest, outcome: DeliveryRecord.Outcome, error: String? = nil, problem: String? = nil
  ) {
    self.done = done
    self.rest = rest
    self.outcome = outcome
    self.error = error.map(ProcessingResult.limited)
    self.problem = problem.map { ProcessingResult.functionCallFailed(ProcessingResult.limited($0)) }
  }
}

private struct Judge {
  let count: Int
  let policy: StreamRetryPolicy
  let tries: Int

  func judge(_ answer: [UInt8], _ identifiers: () -> [String]) -> StreamBatchFate {
    var state: [UInt8]?
    // A final invocation needs no state, since there is nothing left that would see it (assumed).
    if policy.keepsState, count > 0 {
      guard let given = Self.state(in: answer) else {
        let reason = "the answer has no state, which a tumbling window needs"
        return failed(.invalidAnswer, error: reason, problem: reason, isFunctionError: false)
      }
      state = given
    }
    var fate = policy.reportsItemFailures ? reported(answer, identifiers()) : success
    fate.state = state
    return fate
  }

  private var success: StreamBatchFate { StreamBatchFate(done: count, rest: .none, outcome: .success) }

  private func reported(_ answer: [UInt8], _ identifiers: [String]) -> StreamBatchFate {
    switch BatchItemFailures(answer: answer, identifiers: identifiers) {
    case .none:
      return success
    case .some(let failed):
      let lowest = failed.first ?? 0
      let text = "\(failed.count) of \(count) records failed, the first at \(identifiers[lowest])"
      // Where the first record failed nothing is done: it counts, and it is bisected (assumed, since the rule of the
      // lowest number would only try the same batch again).
      guard lowest > 0 else {
        return self.failed(.partialFailure, error: text, problem: text, isFunctionError: false)
      }
      return StreamBatchFate(done: lowest, rest: .fresh, outcome: .partialFailure, error: text, problem: text)
    case .all(let reason):
      return failed(.invalidAnswer, error: reason, problem: reason, isFunctionError: false)
    }
  }

  func failed(
    _ outcome: DeliveryRecord.Outcome, error: String, problem: String, isFunctionError: Bool, parts: Bool = false
  ) -> StreamBatchFate {
    var rest: StreamBatchFate.Rest
    if count > 1, policy.bisects || parts {
      rest = .halves
    } else if let limit = policy.maximumRetryAttempts, tries > limit {
      rest = .givenUp
    } else {
      rest = .retry
    }
    var fate = StreamBatchFate(done: 0, rest: rest, outcome: outcome, error: error, problem: problem)
    fate.isFunctionError = isFunctionError
    return fate
  }

  func unseen(_ outcome: DeliveryRecord.Outcome, _ reason: String) -> StreamBatchFate {
    StreamBatchFate(done: 0, rest: .later, outcome: outcome, error: reason, problem: reason)
  }

  /// The bytes of the answer's member `state`, an object.
  private static func state(in answer: [UInt8]) -> [UInt8]? {
    guard let document = try? JSONFragment(document: answer), let state = try? document.member("state"),
      state.isObject
    else { return nil }
    return Array(state.token)
  }
}
