import JSON
import Mappings

/// The document that tells a destination of an event that is not tried any more
/// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
struct InvocationRecord: FailureDocument {
  let event: AsynchronousEvent
  let time: Milliseconds

  /// The event is part of it everywhere, as documented.
  func document(hasPayload: Bool) -> [UInt8] {
    let ending = event.ended ?? .retriesExhausted
    let isSuccess = ending == .success
    let version = event.function.executedVersion
    let text = #"""
      {"version":"1.0","timestamp":"\#(time.text)","requestContext":{"requestId":"\#(event.requestID)",\#
      "functionArn":"\#(event.function.unqualified):\#(version)","condition":"\#(ending.rawValue)",\#
      "approximateInvokeCount":\#(event.failures + (isSuccess ? 1 : 0))},"requestPayload":
      """#
    var document = Array(text.utf8)
    document.append(contentsOf: event.payload)
    // There is no response where no function ever got the event.
    if isSuccess || !event.lastAnswer.isEmpty {
      let error = isSuccess ? "" : #","functionError":"Unhandled""#
      document.append(
        contentsOf: #","responseContext":{"statusCode":200,"executedVersion":"\#(version)"\#(error)},"#.utf8)
      document.append(contentsOf: #""responsePayload":"#.utf8)
      document.append(contentsOf: response)
    }
    document.append(UInt8(ascii: "}"))
    return document
  }

  /// What the function left, as it is where that is JSON. An answer of nothing is `null`.
  private var response: [UInt8] {
    if event.lastAnswer.isEmpty { return Array("null".utf8) }
    if (try? JSONFragment(document: event.lastAnswer)) != nil { return event.lastAnswer }
    return Array(JSONValue.string(String(decoding: event.lastAnswer, as: UTF8.self)).text.utf8)
  }

  /// Documented: `aws/lambda/async/FUNCTION/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID`. The time is that of the event, so that
  /// the key stays the same.
  var objectKey: String {
    "aws/lambda/async/\(event.function.name)/\(event.acceptedAt.objectKeyText)-\(event.requestID)"
  }
}

extension FunctionARN {
  /// What records name as the version: that of the qualifier, where it is one.
  var executedVersion: String {
    guard let qualifier, qualifier.allSatisfy(\.isNumber) else { return "$LATEST" }
    return qualifier
  }
}
