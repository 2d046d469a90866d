import AWSClient
import Mappings
import Testing

@testable import Functions

/// What an endpoint answers, and what that means for the invocation.
struct AnswerCase: Sendable, CustomTestStringConvertible {
  var status: Int
  var header: String?
  var body: String
  var isEmulator: Bool
  var result: InvocationResult

  var testDescription: String {
    "\(status) \(header ?? "-") '\(body)'\(isEmulator ? " of the emulator" : "")"
  }

  init(
    _ status: Int, _ body: String = "", header: String? = nil, isEmulator: Bool = false, _ result: InvocationResult
  ) {
    self.status = status
    self.header = header
    self.body = body
    self.isEmulator = isEmulator
    self.result = result
  }

  static func answered(_ body: String) -> InvocationResult { .answered(Array(body.utf8)) }

  static func failed(_ payload: String, kind: String = "Unhandled") -> InvocationResult {
    .functionError(FunctionError(kind: kind, payload: Array(payload.utf8)))
  }

  static let raised = #"{"errorMessage":"m","errorType":"ValueError","requestId":"1","stackTrace":[]}"#
  static let timeout = "Task timed out after 5.00 seconds"

  /// The same of every endpoint.
  static let common: [AnswerCase] = [false, true].flatMap { isEmulator in
    [
      AnswerCase(200, "{}", isEmulator: isEmulator, answered("{}")),
      AnswerCase(200, "", isEmulator: isEmulator, answered("")),
      AnswerCase(204, "", isEmulator: isEmulator, answered("")),
      AnswerCase(200, #"{"batchItemFailures":[]}"#, isEmulator: isEmulator, answered(#"{"batchItemFailures":[]}"#)),
      AnswerCase(200, "null", isEmulator: isEmulator, answered("null")),
      AnswerCase(200, raised, header: "Unhandled", isEmulator: isEmulator, failed(raised)),
      AnswerCase(200, raised, header: "Handled", isEmulator: isEmulator, failed(raised, kind: "Handled")),
      AnswerCase(502, "x", header: "Unhandled", isEmulator: isEmulator, failed("x")),
      AnswerCase(429, "later", isEmulator: isEmulator, .throttled("status 429")),
      AnswerCase(413, "", isEmulator: isEmulator, .tooLarge("status 413")),
      AnswerCase(503, "", isEmulator: isEmulator, .unreachable("status 503")),
      AnswerCase(504, "x", isEmulator: isEmulator, .unreachable("status 504")),
      AnswerCase(500, raised, isEmulator: isEmulator, failed(raised)),
      AnswerCase(404, "no", isEmulator: isEmulator, failed("no")),
      AnswerCase(301, "", isEmulator: isEmulator, failed(#"{"errorType":"HTTPStatus","errorMessage":"status 301"}"#)),
      AnswerCase(500, "", isEmulator: isEmulator, failed(#"{"errorType":"HTTPStatus","errorMessage":"status 500"}"#)),
    ]
  }

  /// Seen of the Runtime Interface Emulator, and what the same means elsewhere.
  static let emulator = [
    AnswerCase(200, raised, isEmulator: true, failed(raised)),
    AnswerCase(200, raised, answered(raised)),
    AnswerCase(200, timeout, isEmulator: true, .timedOut(timeout)),
    AnswerCase(200, timeout, answered(timeout)),
    AnswerCase(200, "plain text", isEmulator: true, failed("plain text")),
    AnswerCase(200, "plain text", answered("plain text")),
    AnswerCase(502, "exit status 1", isEmulator: true, failed("exit status 1")),
    AnswerCase(502, "exit status 1", .unreachable("status 502")),
    // What a function may well answer itself.
    AnswerCase(200, #"{"errorMessage":"m"}"#, isEmulator: true, answered(#"{"errorMessage":"m"}"#)),
    AnswerCase(200, #"{"errorType":"T"}"#, isEmulator: true, answered(#"{"errorType":"T"}"#)),
    AnswerCase(200, #"["errorMessage","errorType"]"#, isEmulator: true, answered(#"["errorMessage","errorType"]"#)),
  ]
}

@Suite struct HTTPFunctionAnswerTests {
  private func check(_ answer: AnswerCase) {
    let found = HTTPFunctionAnswer(
      status: answer.status, functionError: answer.header, body: Array(answer.body.utf8),
      isEmulator: answer.isEmulator)
    #expect(found.result == answer.result)
  }

  @Test(arguments: AnswerCase.common) func statusAndHeaderTell(answer: AnswerCase) { check(answer) }
  @Test(arguments: AnswerCase.emulator) func emulatorTellsInItsBody(answer: AnswerCase) { check(answer) }

  @Test(
    arguments: [
      (.service(AWSServiceError(status: 429, code: "TooManyRequestsException", message: "")), .throttled),
      (.service(AWSServiceError(status: 400, code: "ThrottlingException", message: "")), .throttled),
      (.service(AWSServiceError(status: 413, code: "RequestTooLargeException", message: "")), .tooLarge),
      (.service(AWSServiceError(status: 413, code: "Unknown", message: "")), .tooLarge),
      (.service(AWSServiceError(status: 404, code: "ResourceNotFoundException", message: "")), .unreachable),
      (.service(AWSServiceError(status: 500, code: "ServiceException", message: "")), .unreachable),
      (.timeout(endpoint: "e", after: .seconds(1)), .timedOut), (.connection(endpoint: "e", reason: "r"), .unreachable),
      (.invalidAnswer(endpoint: "e", reason: "r"), .unreachable), (.configuration("c"), .unreachable),
    ] as [(AWSError, Kind)])
  func errorOfACallIsAResultWithItsReason(error: AWSError, kind: Kind) {
    let expected: InvocationResult =
      switch kind {
      case .throttled: .throttled("\(error)")
      case .tooLarge: .tooLarge("\(error)")
      case .unreachable: .unreachable("\(error)")
      case .timedOut: .timedOut("\(error)")
      }
    #expect(InvocationResult(error) == expected)
  }

  @Test func callThatIsCutOffWhenTheProcessStopsIsWithdrawn() {
    #expect(InvocationResult(AWSError.cancelled) == .withdrawn)
  }

  enum Kind: Sendable { case throttled, tooLarge, unreachable, timedOut }

  /// The Lambda developer guide's words.
  @Test func answerOverTheLimitIsTheFunctionsError() {
    guard case .functionError(let error) = InvocationResult(.answerTooLarge(endpoint: "e", limit: 1)) else {
      Issue.record("no function error")
      return
    }
    #expect(
      String(decoding: error.payload, as: UTF8.self) == """
        {"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed \
        payload size (6291556 bytes)."}
        """)
  }
}
