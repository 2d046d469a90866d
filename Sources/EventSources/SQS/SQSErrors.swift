import AWSClient

extension AWSError {
  /// What a mapping tells of a queue that cannot be read, in the form that was recorded for create
  /// (test_esm_with_not_existing_sqs_queue).
  var receiveMessageProblem: String {
    isMissingQueue ? Self.missingQueue : problem(while: "ReceiveMessage", of: "SQS")
  }

  /// Whether the queue does not exist, by whichever name the endpoint has for that.
  var isMissingQueue: Bool {
    guard case .service(let error) = self else { return false }
    return Self.missingQueueCodes.contains(error.code) || error.queryCode.map(Self.missingQueueCodes.contains) == true
  }

  private static let missingQueueCodes: Set<String> = [
    "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "NonExistentQueue",
  ]

  /// Recorded, with the recorded message: emulators have messages of their own.
  private static let missingQueue = """
    Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. \
    SQS Error Message: The specified queue does not exist.
    """
}
