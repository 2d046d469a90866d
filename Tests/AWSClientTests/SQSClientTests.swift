import Testing

@testable import AWSClient

@Suite struct SQSClientTests {
  static let url = "http://q/123456789012/orders"

  @Test func receiveAsksForAllAndGivesTheBytes() async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"Messages":[{"Body":"\u00e9"}]}"#)])
    let body = try await client.receive(queueURL: Self.url, maximum: 10, waitSeconds: 20)
    #expect(body == Array(#"{"Messages":[{"Body":"\u00e9"}]}"#.utf8))
    let request = try #require(transport.requests.first)
    #expect(
      request.text == #"{"QueueUrl":"http://q/123456789012/orders","MaxNumberOfMessages":10,"WaitTimeSeconds":20,"#
        + #""AttributeNames":["All"],"MessageSystemAttributeNames":["All"],"MessageAttributeNames":["All"]}"#)
    #expect(request.url == "http://aws.test:4566/")
    #expect(request.header("content-type") == "application/x-amz-json-1.0")
    #expect(request.header("x-amz-target") == "AmazonSQS.ReceiveMessage")
    #expect(request.timeout == .seconds(30))
    #expect(request.shard == 5)
    #expect(request.header("authorization")?.contains("Credential=123456789012/20150830/eu-west-1/sqs/") == true)
  }

  @Test func receiveIsNotTriedAgain() async throws {
    let (client, transport) = try Self.make([.answer(500), .answer(200)])
    await #expect(throws: AWSError.self) {
      try await client.receive(queueURL: Self.url, maximum: 1, waitSeconds: 0)
    }
    #expect(transport.requests.count == 1)
  }

  @Test func handlesAreSentAsTheyAreWritten() async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"Successful":[{"Id":"0"},{"Id":"1"}]}"#)])
    let failures = try await client.delete(
      queueURL: Self.url, receiptHandles: [Self.handle(#""a\/\u0062""#), Self.handle(#""ü""#)])
    #expect(failures.isEmpty)
    #expect(
      transport.requests.first?.text == #"{"QueueUrl":"http://q/123456789012/orders","Entries":["#
        + #"{"Id":"0","ReceiptHandle":"a\/\u0062"},{"Id":"1","ReceiptHandle":"ü"}]}"#)
    #expect(transport.requests.first?.header("x-amz-target") == "AmazonSQS.DeleteMessageBatch")
  }

  @Test func visibilityIsChangedForEachHandle() async throws {
    let answer = """
      {"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","Code":"ReceiptHandleIsInvalid","Message":"m","SenderFault":true}]}
      """
    let (client, transport) = try Self.make([.answer(200, answer)])
    let failures = try await client.changeVisibility(
      queueURL: Self.url, receiptHandles: [Self.handle(#""a""#), Self.handle(#""b""#)], seconds: 30)
    #expect(
      failures == [.init(index: 1, code: "ReceiptHandleIsInvalid", message: "m", senderFault: true)])
    #expect(
      transport.requests.first?.text == #"{"QueueUrl":"http://q/123456789012/orders","Entries":["#
        + #"{"Id":"0","ReceiptHandle":"a","VisibilityTimeout":30},{"Id":"1","ReceiptHandle":"b","VisibilityTimeout":30}]}"#
    )
  }

  @Test(arguments: ["{}", "<html>", #"{"Failed":[{"Id":"7"}]}"#, #"{"Failed":[{}]}"#, ""])
  func batchAnswerThatSaysNothingIsInvalid(text: String) async throws {
    let (client, _) = try Self.make([.answer(200, text)])
    let error = await #expect(throws: AWSError.self) {
      try await client.delete(queueURL: Self.url, receiptHandles: [Self.handle(#""a""#)])
    }
    guard case .invalidAnswer = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func emptyBatchIsNotSentAndAnOverfullOneIsRefused() async throws {
    let (client, transport) = try Self.make([])
    #expect(try await client.delete(queueURL: Self.url, receiptHandles: []).isEmpty)
    await #expect(throws: AWSError.self) {
      try await client.delete(
        queueURL: Self.url, receiptHandles: Array(repeating: Self.handle(#""a""#), count: 11))
    }
    #expect(transport.requests.isEmpty)
  }

  @Test func queueURLIsTheAccounts() async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"QueueUrl":"http://q/1/orders"}"#)])
    #expect(try await client.queueURL(name: "orders") == "http://q/1/orders")
    #expect(
      transport.requests.first?.text == #"{"QueueName":"orders","QueueOwnerAWSAccountId":"123456789012"}"#)
  }

  @Test(arguments: [
    (#"{"Attributes":{"VisibilityTimeout":"30"}}"#, ["VisibilityTimeout": "30"]), ("{}", [:]),
  ]) func attributesAreTexts(answer: String, attributes: [String: String]) async throws {
    let (client, transport) = try Self.make([.answer(200, answer)])
    #expect(
      try await client.attributes(queueURL: Self.url, names: ["VisibilityTimeout", "QueueArn"]) == attributes)
    #expect(
      transport.requests.first?.text
        == #"{"QueueUrl":"http://q/123456789012/orders","AttributeNames":["VisibilityTimeout","QueueArn"]}"#)
  }

  @Test func textIsQuoted() async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"QueueUrl":"u"}"#)])
    _ = try await client.queueURL(name: "{\"a\":\"\\\u{1}\u{1F}\n\u{7F}ü\"}")
    #expect(
      transport.requests.first?.text == #"{"QueueName":"# + #""{\"a\":\"\\\u0001\u001f\n"# + "\u{7F}"
        + #"ü\"}","QueueOwnerAWSAccountId":"123456789012"}"#)
  }

  @Test func messageIsSentAsText() async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"MessageId":"m"}"#)])
    try await client.send(queueURL: Self.url, body: Array(#"{"a":"ü\n"}"#.utf8))
    let request = try #require(transport.requests.first)
    #expect(
      request.text == #"{"QueueUrl":"http://q/123456789012/orders","MessageBody":"{\"a\":\"ü\\n\"}"}"#)
    #expect(request.header("x-amz-target") == "AmazonSQS.SendMessage")
    #expect(request.shard == 5)
  }

  @Test func messageMayHaveAttributes() async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"MessageId":"m"}"#)])
    try await client.send(
      queueURL: Self.url, body: Array("{}".utf8),
      attributes: [
        "RequestID": .init(dataType: "String", stringValue: "r"),
        "ErrorCode": .init(dataType: "Number", stringValue: "200"),
        "ErrorMessage": .init(dataType: "String", stringValue: "\"ü\"\n"),
      ])
    #expect(
      transport.requests.first?.text == #"{"QueueUrl":"http://q/123456789012/orders","MessageBody":"{}","#
        + #""MessageAttributes":{"ErrorCode":{"DataType":"Number","StringValue":"200"},"#
        + #""ErrorMessage":{"DataType":"String","StringValue":"\"ü\"\n"},"#
        + #""RequestID":{"DataType":"String","StringValue":"r"}}}"#)
  }

  @Test func messageThatIsNotTakenIsAnError() async throws {
    let (client, _) = try Self.make([.answer(400, #"{"__type":"com.amazonaws.sqs#InvalidMessageContents"}"#)])
    await #expect(throws: AWSError.service(AWSServiceError(status: 400, code: "InvalidMessageContents", message: ""))) {
      try await client.send(queueURL: Self.url, body: [0x01])
    }
  }

  @Test func missingQueueIsAnErrorWithBothNames() async throws {
    let (client, _) = try Self.make([
      .answer(
        400, #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}"#,
        headers: [("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")])
    ])
    await #expect(
      throws: AWSError.service(
        AWSServiceError(
          status: 400, code: "QueueDoesNotExist", queryCode: "AWS.SimpleQueueService.NonExistentQueue",
          message: "The specified queue does not exist."))
    ) { try await client.queueURL(name: "x") }
  }

  // MARK: Queues

  @Test(arguments: [
    ([:], #"{"QueueName":"headrace-1"}"#),
    (
      ["VisibilityTimeout": "60", "Policy": #"{"a":1}"#],
      #"{"QueueName":"headrace-1","Attributes":{"Policy":"{\"a\":1}","VisibilityTimeout":"60"}}"#
    ),
  ]) func queueIsMade(attributes: [String: String], request: String) async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"QueueUrl":"http://q/1/headrace-1"}"#)])
    #expect(try await client.createQueue(name: "headrace-1", attributes: attributes) == "http://q/1/headrace-1")
    #expect(transport.requests.first?.text == request)
    #expect(transport.requests.first?.header("x-amz-target") == "AmazonSQS.CreateQueue")
  }

  @Test(arguments: ["{}", #"{"QueueUrl":7}"#, "<html>", ""])
  func queueWithoutAURLIsInvalid(text: String) async throws {
    let (client, _) = try Self.make([.answer(200, text)])
    let error = await #expect(throws: AWSError.self) { try await client.createQueue(name: "q") }
    guard case .invalidAnswer = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func queueIsDeleted() async throws {
    // AWS answers without a body.
    let (client, transport) = try Self.make([.answer(200, "")])
    try await client.deleteQueue(queueURL: Self.url)
    #expect(transport.requests.first?.text == #"{"QueueUrl":"http://q/123456789012/orders"}"#)
    #expect(transport.requests.first?.header("x-amz-target") == "AmazonSQS.DeleteQueue")
  }

  @Test func attributesAreSet() async throws {
    let (client, transport) = try Self.make([.answer(200, "")])
    try await client.setAttributes(queueURL: Self.url, attributes: ["Policy": "{}", "DelaySeconds": "0"])
    #expect(
      transport.requests.first?.text
        == #"{"QueueUrl":"http://q/123456789012/orders","Attributes":{"DelaySeconds":"0","Policy":"{}"}}"#)
    #expect(transport.requests.first?.header("x-amz-target") == "AmazonSQS.SetQueueAttributes")
  }

  @Test func queueThatIsThereOtherwiseIsAnError() async throws {
    let (client, _) = try Self.make([.answer(400, #"{"__type":"com.amazonaws.sqs#QueueNameExists","message":"m"}"#)])
    await #expect(throws: AWSError.service(AWSServiceError(status: 400, code: "QueueNameExists", message: "m"))) {
      try await client.createQueue(name: "q", attributes: ["DelaySeconds": "1"])
    }
  }

  // MARK: Helpers

  private static func handle(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

  private static func make(_ script: [Result<AWSAnswer, AWSError>]) throws -> (SQSClient, ScriptedTransport) {
    let transport = ScriptedTransport(script)
    return (
      SQSClient(try AWSClient.make(transport), region: "eu-west-1", account: "123456789012", shard: 5), transport
    )
  }
}
