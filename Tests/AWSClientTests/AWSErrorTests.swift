import Testing

@testable import AWSClient

@Suite struct AWSErrorTests {
  struct Case: Sendable {
    var headers: [(String, String)] = []
    var body: String
    var code: String
    var queryCode: String?
    var message = ""
  }

  @Test(arguments: [
    Case(
      headers: [("X-Amzn-ErrorType", "ResourceNotFoundException:http://internal.amazon.com/coral/")],
      body: #"{"Type":"User","Message":"Function not found"}"#, code: "ResourceNotFoundException",
      message: "Function not found"),
    Case(
      headers: [("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")],
      body: #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The queue does not exist."}"#,
      code: "QueueDoesNotExist", queryCode: "AWS.SimpleQueueService.NonExistentQueue",
      message: "The queue does not exist."),
    Case(body: #" {"code":"SlowDown","Message":"less"}"#, code: "SlowDown", message: "less"),
    Case(
      body: "<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>"
        + "<Message>a &lt;b&gt; &amp;amp; c</Message></Error></ErrorResponse>",
      code: "InvalidAction", message: "a <b> &amp; c"),
    Case(body: "<html>503</html>", code: "Unknown"),
    Case(body: "{not JSON", code: "Unknown"),
    Case(body: #"{"message":17}"#, code: "Unknown"),
    Case(body: "", code: "Unknown"),
    Case(headers: [("x-amzn-errortype", "")], body: "", code: "Unknown"),
  ]) func isReadFromAnAnswer(expected: Case) {
    let error = AWSServiceError(
      AWSAnswer(status: 400, headers: expected.headers, body: Array(expected.body.utf8)))
    #expect(
      error
        == AWSServiceError(
          status: 400, code: expected.code, queryCode: expected.queryCode, message: expected.message))
  }

  @Test(arguments: [
    (400, "ThrottlingException", true, true), (400, "ProvisionedThroughputExceededException", true, true),
    (400, "KMSThrottlingException", true, true), (429, "Unknown", true, true), (503, "SlowDown", true, true),
    (500, "InternalFailure", true, false), (503, "Unknown", true, false), (501, "NotImplemented", false, false),
    (404, "ResourceNotFoundException", false, false), (403, "AccessDeniedException", false, false),
    (400, "RequestTimeout", true, false),
  ]) func consequencesDeriveFromStatusAndCode(status: Int, code: String, retryable: Bool, throttling: Bool) {
    let error = AWSError.service(AWSServiceError(status: status, code: code, message: ""))
    #expect(error.isRetryable == retryable)
    #expect(error.isThrottling == throttling)
  }

  @Test(arguments: [
    (AWSError.connection(endpoint: "e", reason: "r"), true), (.timeout(endpoint: "e", after: .seconds(1)), true),
    (.invalidAnswer(endpoint: "e", reason: "r"), false), (.answerTooLarge(endpoint: "e", limit: 1), false),
    (.configuration("c"), false), (.cancelled, false),
  ]) func consequencesDeriveFromTheCase(error: AWSError, retryable: Bool) {
    #expect(error.isRetryable == retryable)
    #expect(!error.isThrottling)
  }

  @Test(arguments: [
    (
      AWSError.service(AWSServiceError(status: 400, code: "X", message: "two\nlines")), "X (status 400): two lines"
    ),
    (.service(AWSServiceError(status: 500, code: "X", message: "")), "X (status 500)"),
    (.connection(endpoint: "http://e", reason: "connection refused"), "http://e: connection refused"),
    (.timeout(endpoint: "http://e", after: .milliseconds(1500)), "http://e: no answer within 1.5 s"),
    (.timeout(endpoint: "http://e", after: .seconds(30)), "http://e: no answer within 30 s"),
    (.answerTooLarge(endpoint: "http://e", limit: 7), "http://e: the answer has more than 7 bytes"),
  ]) func descriptionIsOneLine(error: AWSError, text: String) {
    #expect(error.description == text)
  }
}
