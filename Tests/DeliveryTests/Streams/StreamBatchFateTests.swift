import Mappings
import Testing

@testable import Delivery

/// What becomes of a batch, by the texts.
private struct ExpectedFate {
  var done: Int
  var rest: StreamBatchFate.Rest

  /// - Parameter tries: this one included.
  init(_ verdict: StreamVerdict, count: Int, _ policy: StreamRetryPolicy, tries: Int) {
    switch verdict {
    case .well: (done, rest) = (count, .none)
    // Recorded: "retry starts at the lowest failed sequence number", "the retry counter restarts".
    case .reported(let lowest) where lowest > 0: (done, rest) = (lowest, .fresh)
    // Documented: throttling and unreachable functions do not use up the attempts.
    case .unseen: (done, rest) = (0, .later)
    case .reported, .failed, .functionFailed, .tooLarge:
      done = 0
      // Documented: "a batch of more than one record is split into two halves".
      if count > 1, policy.bisects || verdict == .tooLarge {
        rest = .halves
      } else {
        // Recorded: N retries make N + 1 invocations.
        let invocations = policy.maximumRetryAttempts.map { $0 + 1 }
        rest = tries >= invocations ?? .max ? .givenUp : .retry
      }
    }
  }
}

@Suite struct StreamBatchFateTests {
  private static let tries = [1, 2, 3, 4, 5]

  private func fate(
    _ stimulus: StreamStimulus, _ policy: StreamRetryPolicy, tries: Int = 1,
    of identifiers: [String] = StreamStimulus.identifiers
  ) -> StreamBatchFate {
    StreamBatchFate(stimulus.result, identifiers: identifiers, policy: policy, tries: tries)
  }

  private func name(_ stimulus: StreamStimulus, tries: Int) -> Comment {
    if case .answered(let answer) = stimulus.result {
      return "answer '\(String(decoding: answer, as: UTF8.self))', try \(tries)"
    }
    return "\(stimulus.result), try \(tries)"
  }

  @Test(arguments: StreamRetryPolicy.all) func everyEndHasTheFateThatTheTextsGiveIt(policy: StreamRetryPolicy) {
    for stimulus in StreamStimulus.all {
      for tries in Self.tries {
        let verdict = stimulus.verdict(policy)
        let expected = ExpectedFate(verdict, count: 3, policy, tries: tries)
        let found = fate(stimulus, policy, tries: tries)
        #expect(found.done == expected.done, name(stimulus, tries: tries))
        #expect(found.rest == expected.rest, name(stimulus, tries: tries))
        // Recorded: "Unhandled" where the function raised, null where the batch failed through its answer.
        let isFunctionError = verdict == .functionFailed || verdict == .tooLarge
        #expect(found.isFunctionError == isFunctionError, name(stimulus, tries: tries))
      }
    }
  }

  @Test(arguments: StreamRetryPolicy.all) func oneRecordIsNeverParted(policy: StreamRetryPolicy) {
    for stimulus in StreamStimulus.all {
      // Those name other records, which are none of this batch's.
      if case .reported = stimulus.verdict(policy) { continue }
      for tries in Self.tries {
        let expected = ExpectedFate(stimulus.verdict(policy), count: 1, policy, tries: tries)
        let found = fate(stimulus, policy, tries: tries, of: ["101"])
        #expect(found.done == expected.done, name(stimulus, tries: tries))
        #expect(found.rest == expected.rest, name(stimulus, tries: tries))
      }
    }
  }

  @Test(arguments: StreamRetryPolicy.all) func journalHasTheWordOfTheEnd(policy: StreamRetryPolicy) {
    for stimulus in StreamStimulus.all {
      let found = fate(stimulus, policy)
      var outcome = stimulus.outcome
      if case .answered = stimulus.result {
        if stimulus.verdict(policy) == .well { outcome = .success }
        if policy.keepsState, !stimulus.hasState { outcome = .invalidAnswer }
      }
      #expect(found.outcome == outcome, name(stimulus, tries: 1))
      #expect((found.error == nil) == (outcome == .success || outcome == .withdrawn), name(stimulus, tries: 1))
    }
  }

  @Test(arguments: StreamRetryPolicy.all) func lastProcessingResultTellsWhatIsWrong(policy: StreamRetryPolicy) {
    for stimulus in StreamStimulus.all {
      let found = fate(stimulus, policy)
      switch found.outcome {
      case .success, .withdrawn: #expect(found.problem == nil, name(stimulus, tries: 1))
      // Recorded.
      case .functionError: #expect(found.problem == "PROBLEM: Function call failed")
      default: #expect(found.problem == "PROBLEM: Function call failed. \(found.error ?? "?")")
      }
    }
  }

  @Test(arguments: StreamRetryPolicy.all.filter(\.keepsState)) func stateIsThatOfTheAnswer(policy: StreamRetryPolicy) {
    for stimulus in StreamStimulus.all {
      let found = fate(stimulus, policy)
      let hasState = stimulus.hasState && (found.outcome == .success || found.outcome == .partialFailure)
      if hasState {
        #expect(found.state == Array(#"{"sum":1}"#.utf8), name(stimulus, tries: 1))
      } else if found.done > 0 {
        #expect(found.state == nil, name(stimulus, tries: 1))
      }
    }
  }

  /// The records are gone by then, so that its answer cannot name any, and nothing would see a state.
  @Test(arguments: ["", "{}", "null", #"{"state":{}}"#, #"{"batchItemFailures":[]}"#], [nil, 0, 1])
  func finalInvocationNeedsNoState(answer: String, retries: Int?) {
    let policy = StreamRetryPolicy(reportsItemFailures: true, maximumRetryAttempts: retries, keepsState: true)
    let found = StreamBatchFate(.answered(Array(answer.utf8)), identifiers: [], policy: policy, tries: 1)
    #expect(found.rest == .none)
    #expect(found.outcome == .success)
  }

  @Test func finalInvocationThatFailsIsTriedAsOftenAsABatch() {
    let policy = StreamRetryPolicy(bisects: true, maximumRetryAttempts: 1, keepsState: true)
    let error = InvocationResult.functionError(FunctionError(payload: []))
    #expect(StreamBatchFate(error, identifiers: [], policy: policy, tries: 1).rest == .retry)
    #expect(StreamBatchFate(error, identifiers: [], policy: policy, tries: 2).rest == .givenUp)
    #expect(StreamBatchFate(.throttled(""), identifiers: [], policy: policy, tries: 9).rest == .later)
  }

  @Test func stateIsTakenByteForByte() {
    let policy = StreamRetryPolicy(keepsState: true)
    let answer = #" { "x" : 1 , "state" : { "b":1.50, "a" : "\u00e9" } } "#
    let found = StreamBatchFate(.answered(Array(answer.utf8)), identifiers: ["1"], policy: policy, tries: 1)
    #expect(found.state == Array(#"{ "b":1.50, "a" : "\u00e9" }"#.utf8))
  }
}
