import AWSClient
import Testing

@testable import EventSources

@Suite struct SQSErrorsTests {
  /// Recorded: test_esm_with_not_existing_sqs_queue.
  private static let missing = """
    Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. \
    SQS Error Message: The specified queue does not exist.
    """

  @Test(
    arguments: [
      ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"), ("QueueDoesNotExist", nil),
      ("AWS.SimpleQueueService.NonExistentQueue", nil), ("NonExistentQueue", nil),
      ("Unknown", "AWS.SimpleQueueService.NonExistentQueue"),
    ] as [(String, String?)])
  func missingQueueIsToldInTheRecordedWordsWhateverTheEndpointSays(code: String, queryCode: String?) {
    let error = AWSError.service(
      AWSServiceError(status: 400, code: code, queryCode: queryCode, message: "No such queue: q"))
    #expect(error.isMissingQueue)
    #expect(error.receiveMessageProblem == Self.missing)
  }

  @Test(
    arguments: [
      (
        .service(AWSServiceError(status: 403, code: "AccessDenied", message: "Not you.")),
        "SQS Error Code: AccessDenied. SQS Error Message: Not you."
      ),
      (
        .service(AWSServiceError(status: 400, code: "OverLimit", queryCode: "AWS.Over", message: "Too many.")),
        "SQS Error Code: AWS.Over. SQS Error Message: Too many."
      ),
      (.connection(endpoint: "http://q:1", reason: "connection refused"), "http://q:1: connection refused"),
      (.timeout(endpoint: "http://q:1", after: .seconds(30)), "http://q:1: no answer within 30 s"),
      (.configuration("no credentials"), "no credentials"),
    ] as [(AWSError, String)])
  func otherErrorsAreToldInTheEndpointsWords(error: AWSError, words: String) {
    #expect(!error.isMissingQueue)
    #expect(error.receiveMessageProblem == "Error occurred while ReceiveMessage. \(words)")
  }
}
