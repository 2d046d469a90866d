import AWSClient
import JSON
import Mappings

/// A function behind an HTTP endpoint: the event is posted, the answer's body is the function's answer.
struct HTTPFunction {
  let client: AWSClient
  let url: String
  /// Whether it is the Runtime Interface Emulator, which tells errors in the body alone.
  let isEmulator: Bool

  func invoke(_ invocation: Invocation, timeout: Duration) async -> InvocationResult {
    do throws(AWSError) {
      let answer = try await client.post(
        url: url, headers: [("content-type", "application/json")], body: invocation.payload, timeout: timeout,
        maximumAnswerBytes: Invocation.maximumAnswerBytes)
      return HTTPFunctionAnswer(
        status: answer.status, functionError: answer["x-amz-function-error"], body: answer.body, isEmulator: isEmulator
      ).result
    } catch {
      return InvocationResult(error)
    }
  }
}

/// What an HTTP endpoint answered, and what that means.
///
/// An endpoint that speaks Lambda's header `X-Amz-Function-Error` is understood. Otherwise a status of the 200s is the
/// function's answer, 429 has no room, 502 to 504 come from something before a function that is not there, and every
/// other status is the function's failure.
struct HTTPFunctionAnswer {
  var status: Int
  var functionError: String?
  var body: [UInt8]
  var isEmulator: Bool

  var result: InvocationResult {
    if let functionError { return .functionError(FunctionError(kind: functionError, payload: body)) }
    switch status {
    case 200..<300: return isEmulator ? emulatorResult : .answered(body)
    case 429: return .throttled("status 429")
    case 413: return .tooLarge("status 413")
    // The emulator's own answer where the runtime ended (seen: 502).
    case 502 where isEmulator: return .functionError(FunctionError(payload: body))
    case 502...504: return .unreachable("status \(status)")
    default:
      guard body.isEmpty else { return .functionError(FunctionError(payload: body)) }
      return .functionError(FunctionError(errorType: "HTTPStatus", errorMessage: "status \(status)"))
    }
  }

  /// Seen of the Runtime Interface Emulator: a raised error is status 200 and `{"errorMessage", "errorType", …}`, a
  /// time-out is status 200 and plain text.
  private var emulatorResult: InvocationResult {
    guard !body.isEmpty else { return .answered(body) }
    guard let document = try? JSONValue(parsing: body) else {
      let text = String(decoding: body.prefix(200), as: UTF8.self)
      return text.hasPrefix("Task timed out") ? .timedOut(text) : .functionError(FunctionError(payload: body))
    }
    guard case .string = document["errorMessage"], document["errorType"] != nil else { return .answered(body) }
    return .functionError(FunctionError(payload: body))
  }
}
