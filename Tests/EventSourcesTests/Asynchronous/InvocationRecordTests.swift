import JSON
import Mappings
import Testing

@testable import EventSources

/// The documented record, letter by letter
/// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
@Suite struct InvocationRecordTests {
  private func text(_ event: AsynchronousEvent, hasPayload: Bool = false) throws -> String {
    let record = InvocationRecord(event: event, time: Milliseconds(1_790_000_180_456))
    let document = record.document(hasPayload: hasPayload)
    _ = try JSONValue(parsing: document)
    return String(decoding: document, as: UTF8.self)
  }

  private static func expected(
    condition: String = "RetriesExhausted", version: String = "$LATEST", count: Int = 3, response: String?
  ) -> String {
    #"{"version":"1.0","timestamp":"2026-09-21T14:16:20.456Z","requestContext":{"#
      + #""requestId":"11111111-2222-3333-4444-555555555555","#
      + #""functionArn":"arn:aws:lambda:us-east-1:111111111111:function:f:\#(version)","condition":"\#(condition)","#
      + #""approximateInvokeCount":\#(count)},"requestPayload":{"Records":[{"a":"é"}]}"#
      + (response.map {
        #","responseContext":{"statusCode":200,"executedVersion":"\#(version)","functionError":"Unhandled"},"#
          + #""responsePayload":\#($0)"#
      } ?? "") + "}"
  }

  private static let boom = #"{"errorMessage":"boom","errorType":"Oh"}"#

  @Test(arguments: [true, false]) func functionThatFailedThreeTimes(hasPayload: Bool) throws {
    // The event is part of it everywhere.
    #expect(try text(.make(), hasPayload: hasPayload) == Self.expected(response: Self.boom))
  }

  @Test func eventThatGotTooOldAfterAFailure() throws {
    #expect(
      try text(.make(failures: 1, ended: .eventAgeExceeded))
        == Self.expected(condition: "EventAgeExceeded", count: 1, response: Self.boom))
  }

  @Test func eventThatNoFunctionGotHasNoResponse() throws {
    #expect(
      try text(.make(attempts: 9, failures: 0, lastAnswer: "", ended: .eventAgeExceeded))
        == Self.expected(condition: "EventAgeExceeded", count: 0, response: nil))
  }

  /// As Lambda's announcement shows it
  /// (https://aws.amazon.com/blogs/compute/introducing-aws-lambda-destinations/).
  @Test(arguments: [("", "null"), ("null", "null"), (#"{"b" : 1}"#, #"{"b" : 1}"#), ("text", #""text""#)])
  func eventThatTheFunctionHasHad(answer: String, response: String) throws {
    let expected = Self.expected(condition: "Success", count: 2, response: response)
      .replacing(#","functionError":"Unhandled""#, with: "")
    #expect(try text(.make(attempts: 5, failures: 1, lastAnswer: answer, ended: .success)) == expected)
  }

  /// What the function left, and how it stands in the record.
  @Test(arguments: [
    (#"{"errorMessage" : "a\u00e9" }"#, #"{"errorMessage" : "a\u00e9" }"#), ("null", "null"), ("[1]", "[1]"),
    (#""text""#, #""text""#), ("Task timed out", #""Task timed out""#), (#"say "no""#, #""say \"no\"""#),
    ("{", #""{""#), ("{}x", #""{}x""#),
  ])
  func responseIsItselfWhereItIsJSONAndATextElse(error: String, response: String) throws {
    #expect(try text(.make(lastAnswer: error)) == Self.expected(response: response))
  }

  @Test func responseThatIsNoTextIsOneAllTheSame() throws {
    var event = AsynchronousEvent.make()
    event.lastAnswer = [0xff, 0x61]
    #expect(try text(event) == Self.expected(response: "\"\u{FFFD}a\""))
  }

  @Test(arguments: [("f", "$LATEST"), ("f:12", "12"), ("f:prod", "$LATEST"), ("f:$LATEST", "$LATEST")])
  func functionIsNamedWithTheVersionThatRan(function: String, version: String) throws {
    #expect(try text(.make(function: function)) == Self.expected(version: version, response: Self.boom))
  }

  /// Documented: `aws/lambda/async/FUNCTION/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID`.
  @Test(arguments: ["f", "f:12", "f:prod"]) func keyInABucketIsThatOfTheEventWheneverItIsWritten(function: String) {
    let keys = [0, 99_999_999].map {
      InvocationRecord(event: .make(function: function), time: Milliseconds($0)).objectKey
    }
    let key = "aws/lambda/async/f/2026/09/21/2026-09-21T14.13.20-11111111-2222-3333-4444-555555555555"
    #expect(keys == [key, key])
  }
}
