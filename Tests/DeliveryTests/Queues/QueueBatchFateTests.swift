import Mappings
import Testing

@testable import Delivery

/// An end of an invocation, and what has to become of a batch of the messages `a`, `b` and `c`.
struct FateCase: Sendable, CustomTestStringConvertible {
  var result: InvocationResult
  var reportsItemFailures: Bool
  var deleted: [Int]
  var outcome: DeliveryRecord.Outcome
  var error: String?
  var problem: String?
  var pressure = QueueBatchFate.Pressure.none

  static let all = [0, 1, 2]

  var testDescription: String {
    let text =
      switch result {
      case .answered(let answer): "answer '\(String(decoding: answer, as: UTF8.self))'"
      default: "\(result)"
      }
    return "\(text), \(reportsItemFailures ? "reported" : "not reported")"
  }

  /// Recorded: all of these are successes.
  static let emptyAnswers = [
    "", " \n", #""""#, "[]", "null", "{}", #"{"other":1}"#, #"{"batchItemFailures":[]}"#,
    #"{"batchItemFailures":null}"#, #" {"batchItemFailures": [ ] } "#,
  ]

  static let partialAnswers: [(String, [Int])] = [
    (#"{"batchItemFailures":[{"itemIdentifier":"b"}]}"#, [0, 2]),
    (#"{"batchItemFailures":[{"itemIdentifier":"c"},{"itemIdentifier":"a"}]}"#, [1]),
    (#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}"#, [0, 2]),
    (#"{"batchItemFailures":[{"itemIdentifier":"\u0062","reason":1}],"more":[]}"#, [0, 2]),
    (#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b"},{"itemIdentifier":"c"}]}"#, []),
  ]

  /// Answers that fail the whole batch, and why.
  static let invalidAnswers: [(String, String)] = [
    (#"{"batchItemFailures":[{"itemIdentifier":"d"}]}"#, "the answer names an item that is not in the batch"),
    (#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"d"}]}"#, unknownItem),
    (#"{"batchItemFailures":[{"itemIdentifier":""}]}"#, unknownItem),
    (#"{"batchItemFailures":[{"itemIdentifier":null}]}"#, unknownItem),
    (#"{"batchItemFailures":[{"itemIdentifier":123}]}"#, unknownItem),
    (#"{"batchItemFailures":[{"foo":"notvalid"}]}"#, unknownItem),
    (#"{"batchItemFailures":[{}]}"#, unknownItem),
    (#"{"batchItemFailures":["a"]}"#, unknownItem),
    (#"{"batchItemFailures":[null]}"#, unknownItem),
    (#"{"batchItemFailures":"a"}"#, "batchItemFailures is not a list"),
    (#"{"batchItemFailures":{}}"#, "batchItemFailures is not a list"),
    (#"{"batchItemFailures":[{"itemIdentifier":"a"}]"#, "the answer is not JSON"),
    ("plain text", "the answer is not JSON"),
    (#""text""#, "the answer is not an object with batchItemFailures"),
    ("1", "the answer is not an object with batchItemFailures"),
    ("false", "the answer is not an object with batchItemFailures"),
    ("[1]", "the answer is not an object with batchItemFailures"),
  ]
  static let unknownItem = "the answer names an item that is not in the batch"

  static let answers: [FateCase] =
    (emptyAnswers + partialAnswers.map(\.0) + invalidAnswers.map(\.0)).map { answer in
      FateCase(
        result: .answered(Array(answer.utf8)), reportsItemFailures: false, deleted: all, outcome: .success)
    }
    + emptyAnswers.map { answer in
      FateCase(
        result: .answered(Array(answer.utf8)), reportsItemFailures: true, deleted: all, outcome: .success)
    }
    + partialAnswers.map { answer, deleted in
      FateCase(
        result: .answered(Array(answer.utf8)), reportsItemFailures: true, deleted: deleted, outcome: .partialFailure,
        error: "\(all.count - deleted.count) of 3 messages failed")
    }
    + invalidAnswers.map { answer, reason in
      FateCase(
        result: .answered(Array(answer.utf8)), reportsItemFailures: true, deleted: [], outcome: .invalidAnswer,
        error: reason, problem: "PROBLEM: Function call failed. \(reason)")
    }

  /// What a function error leaves, and the line that is made of it.
  static let errorDocuments: [(String, String)] = [
    (#"{"errorMessage":"x is not a function","errorType":"TypeError"}"#, "TypeError: x is not a function"),
    (#"{"errorMessage":"","errorType":"TypeError"}"#, "TypeError"),
    (#"{"errorMessage":"m","errorType":""}"#, "m"), (#"{"errorMessage":"m"}"#, "m"),
    (#"{"errorMessage":"m","errorType":null}"#, "m"), (#"{"errorMessage":5}"#, #"{"errorMessage":5}"#),
    ("", "the function failed"), ("exit status 1", "exit status 1"),
    (String(repeating: "x", count: 300), String(repeating: "x", count: 200)),
  ]

  static let failures: [FateCase] = [false, true].flatMap { reports in
    errorDocuments.map { document, summary in
      FateCase(
        result: .functionError(FunctionError(payload: Array(document.utf8))), reportsItemFailures: reports,
        deleted: [], outcome: .functionError, error: summary, problem: "PROBLEM: Function call failed",
        pressure: .failing)
    } + [
      FateCase(
        result: .throttled("status 429"), reportsItemFailures: reports, deleted: [], outcome: .throttled,
        error: "status 429", problem: "PROBLEM: Function call failed. status 429", pressure: .overloaded),
      FateCase(
        result: .unreachable("connection refused"), reportsItemFailures: reports, deleted: [], outcome: .unreachable,
        error: "connection refused", problem: "PROBLEM: Function call failed. connection refused",
        pressure: .overloaded),
      FateCase(
        result: .timedOut("Task timed out after 3.00 seconds"), reportsItemFailures: reports, deleted: [],
        outcome: .timedOut, error: "Task timed out after 3.00 seconds",
        problem: "PROBLEM: Function call failed. Task timed out after 3.00 seconds", pressure: .failing),
      FateCase(
        result: .tooLarge("status 413"), reportsItemFailures: reports, deleted: [], outcome: .tooLarge,
        error: "status 413", problem: "PROBLEM: Function call failed. status 413"),
      FateCase(result: .withdrawn, reportsItemFailures: reports, deleted: [], outcome: .withdrawn),
    ]
  }
}

@Suite struct QueueBatchFateTests {
  private func check(_ fate: FateCase) {
    let found = QueueBatchFate(
      fate.result, identifiers: ["a", "b", "c"], reportsItemFailures: fate.reportsItemFailures)
    #expect(found.deleted == fate.deleted)
    #expect(found.outcome == fate.outcome)
    #expect(found.error == fate.error)
    #expect(found.problem == fate.problem)
    #expect(found.pressure == fate.pressure)
  }

  @Test(arguments: FateCase.answers) func answerDecidesWhatIsDeleted(fate: FateCase) { check(fate) }

  @Test(arguments: FateCase.failures) func failureDeletesNothing(fate: FateCase) { check(fate) }

  @Test func messageThatIsTwiceInABatchFailsAtItsFirstPlace() {
    let failures = BatchItemFailures(
      answer: Array(#"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#.utf8), identifiers: ["b", "a", "a"])
    #expect(failures == .some([1]))
  }
}
