import Mappings

@testable import Delivery

/// What recorded-facts (section 9) and documented.md say of one end of an invocation, in their words and not in the
/// program's.
enum StreamVerdict: Equatable, Sendable {
  /// All of the batch is done with.
  case well
  /// `ReportBatchItemFailures`: the lowest of the reported items is at this place of the batch.
  case reported(Int)
  /// The batch failed as a whole, by an answer.
  case failed
  /// The batch failed as a whole, because the function did.
  case functionFailed
  /// The event is larger than a function takes.
  case tooLarge
  /// No function has seen it.
  case unseen
}

/// An end of an invocation of a batch with the records 101, 102 and 103.
struct StreamStimulus: Sendable {
  var result: InvocationResult
  /// Where the mapping reports item failures.
  var whenReporting: StreamVerdict
  /// Where it does not.
  var otherwise: StreamVerdict
  var hasState = false
  var outcome: DeliveryRecord.Outcome

  static let identifiers = ["101", "102", "103"]

  /// What it means to a mapping. Documented: under a tumbling window an answer without a state is a failure.
  func verdict(_ policy: StreamRetryPolicy) -> StreamVerdict {
    let verdict = policy.reportsItemFailures ? whenReporting : otherwise
    guard policy.keepsState, !hasState, case .answered = result else { return verdict }
    return .failed
  }

  private static func answer(
    _ text: String, _ verdict: StreamVerdict, hasState: Bool = false, otherwise: StreamVerdict = .well
  ) -> StreamStimulus {
    let outcome: DeliveryRecord.Outcome =
      switch verdict {
      case .well: .success
      case .reported: .partialFailure
      default: .invalidAnswer
      }
    return StreamStimulus(
      result: .answered(Array(text.utf8)), whenReporting: verdict, otherwise: otherwise, hasState: hasState,
      outcome: outcome)
  }

  /// The recorded answers that are successes.
  private static let wellAnswers = [
    "", #""""#, "[]", "null", "{}", #"{"batchItemFailures":[]}"#, #"{"batchItemFailures":null}"#,
  ]

  /// Recorded: the batch is treated as failed where the identifier is none of the batch's, empty, null or missing.
  private static let failedAnswers = [
    #"{"batchItemFailures":[{"itemIdentifier":123}]}"#, #"{"batchItemFailures":[{"itemIdentifier":"123"}]}"#,
    #"{"batchItemFailures":[{"itemIdentifier":""}]}"#, #"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
    #"{"batchItemFailures":[{"foo":"101"}]}"#, #"{"batchItemFailures":[{"foo":null}]}"#,
    #"{"batchItemFailures":[{"itemIdentifier":"102"},{"itemIdentifier":"9"}]}"#,
    #"{"batchItemFailures":"101"}"#, "no JSON",
  ]

  private static func report(_ numbers: [Int], state: String = "") -> String {
    let items = numbers.map { #"{"itemIdentifier":"\#($0)"}"# }.joined(separator: ",")
    return #"{\#(state)"batchItemFailures":[\#(items)]}"#
  }

  private static let reports: [([Int], lowest: Int)] = [
    ([101], 0), ([102], 1), ([103], 2), ([103, 102], 1), ([102, 103, 102], 1), ([101, 102, 103], 0),
  ]

  static let all: [StreamStimulus] =
    wellAnswers.map { answer($0, .well) }
    + failedAnswers.map { answer($0, .failed) }
    + reports.map { answer(report($0), .reported($1)) }
    + reports.map { answer(report($0, state: #""state":{"sum":1},"#), .reported($1), hasState: true) }
    + [
      answer(#"{"state":{"sum":1}}"#, .well, hasState: true),
      answer(#"{"batchItemFailures":[],"state":{"sum":1}}"#, .well, hasState: true),
      answer(#"{"batchItemFailures":[{"itemIdentifier":"9"}],"state":{"sum":1}}"#, .failed, hasState: true),
      // No object, so no state.
      answer(#"{"state":null}"#, .well), answer(#"{"state":"text"}"#, .well), answer(#"{"state":[]}"#, .well),
      answer(#"{"State":{}}"#, .well),
    ] + failures

  private static func failure(
    _ result: InvocationResult, _ verdict: StreamVerdict, _ outcome: DeliveryRecord.Outcome
  ) -> StreamStimulus {
    StreamStimulus(result: result, whenReporting: verdict, otherwise: verdict, outcome: outcome)
  }

  private static let failures = [
    failure(.functionError(FunctionError(payload: Array("raised".utf8))), .functionFailed, .functionError),
    failure(.functionError(FunctionError(kind: "Handled", payload: [])), .functionFailed, .functionError),
    failure(.timedOut("3 s"), .functionFailed, .timedOut),
    failure(.tooLarge("status 413"), .tooLarge, .tooLarge),
    failure(.throttled("status 429"), .unseen, .throttled),
    failure(.unreachable("connection refused"), .unseen, .unreachable),
    failure(.withdrawn, .unseen, .withdrawn),
  ]
}
