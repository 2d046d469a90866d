import Delivery
import JSON
import Mappings
import Testing

@testable import EventSources

@Suite struct InstalledQueueTests {
  private let aws = FakeAWS()
  private let mapping = MappingID.random()

  private func queue(in region: String = "us-east-1") throws -> InstalledQueue {
    InstalledQueue(
      of: mapping, in: Scope(account: "111111111111", region: region), client: try aws.client())
  }

  private var name: String { "headrace-\(mapping)" }

  private func problem(_ body: () async throws(PushError) -> Void) async -> String? {
    do throws(PushError) {
      try await body()
      return nil
    } catch { return error.problem }
  }

  @Test(arguments: [(PushHarness.bucket, "s3.amazonaws.com"), (PushHarness.topic, "sns.amazonaws.com")])
  func queueLetsItsSourceAloneSend(source: String, service: String) async throws {
    let queue = try queue()
    let arn = try await queue.create(for: try #require(ARN(source)))
    #expect(arn == "arn:aws:sqs:us-east-1:111111111111:\(name)")
    #expect(aws.queues == [name])
    let policy = try JSONValue(parsing: try #require(aws.policy(of: name)))
    guard case .array(let statements)? = policy["Statement"] else {
      Issue.record("no statements")
      return
    }
    #expect(statements.count == 1)
    #expect(statements[0]["Effect"] == .string("Allow"))
    #expect(statements[0]["Principal"]?["Service"] == .string(service))
    #expect(statements[0]["Action"] == .string("sqs:SendMessage"))
    #expect(statements[0]["Resource"] == .string(arn))
    #expect(statements[0]["Condition"]?["ArnEquals"]?["aws:SourceArn"] == .string(source))
  }

  @Test(arguments: ["QueueNameExists", "QueueAlreadyExists", "AccessDenied"])
  func queueThatIsThereIsAsGood(code: String) async throws {
    aws.makeQueue(name)
    aws.refuse("CreateQueue", .init(status: 400, code: code, message: "no"))
    let arn = try await queue().create(for: try #require(ARN(PushHarness.bucket)))
    #expect(arn == "arn:aws:sqs:us-east-1:111111111111:\(name)")
  }

  @Test func policyThatIsThereIsNotSetAgain() async throws {
    let (queue, bucket) = (try queue(), try #require(ARN(PushHarness.bucket)))
    for _ in 0..<2 { #expect(try await queue.create(for: bucket).hasSuffix(name)) }
    aws.calls.close()
    var calls: [String] = []
    while let call = await aws.calls.next() { calls.append(call) }
    #expect(calls == ["CreateQueue \(name)", "SetQueueAttributes \(name)", "CreateQueue \(name)"])
  }

  @Test func queueThatDoesNotTellItsARNIsTold() async throws {
    aws.answer("GetQueueAttributes", #"{"Attributes":{"Policy":"p"}}"#)
    let (queue, bucket) = (try queue(), try #require(ARN(PushHarness.bucket)))
    #expect(
      await problem { () async throws(PushError) in _ = try await queue.create(for: bucket) }
        == "Error occurred while GetQueueAttributes. It tells no QueueArn.")
  }

  @Test func messagesThatAreNotDeletedAreTold() async throws {
    aws.makeQueue(name)
    aws.answer(
      "DeleteMessageBatch",
      #"{"Successful":[],"Failed":[{"Id":"0","Code":"ReceiptHandleIsInvalid","Message":"Old.","SenderFault":true}]}"#)
    let queue = try queue()
    let messages = InstalledQueue.Messages(bodies: [[]], receiptHandles: [Array("\"h\"".utf8)])
    #expect(
      await problem { () async throws(PushError) in try await queue.delete(messages) }
        == "Error occurred while DeleteMessage. 1 messages come again. ReceiptHandleIsInvalid Old.")
  }

  @Test func queueThatCannotBeMadeIsTold() async throws {
    aws.refuse("CreateQueue", .init(code: "QueueDeletedRecently", message: "Wait."))
    let (queue, bucket) = (try queue(), try #require(ARN(PushHarness.bucket)))
    #expect(
      await problem { () async throws(PushError) in _ = try await queue.create(for: bucket) }
        == "Error occurred while CreateQueue. SQS Error Code: QueueDeletedRecently. SQS Error Message: Wait.")
  }

  @Test func deletedQueueMayBeDeletedAgain() async throws {
    aws.makeQueue(name)
    try await queue().delete()
    #expect(aws.queues == [])
    try await queue().delete()
    #expect(await aws.calls.next() == "DeleteQueue \(name)")
  }

  @Test func queueThatCannotBeDeletedIsTold() async throws {
    aws.makeQueue(name)
    aws.refuse("DeleteQueue")
    let queue = try queue()
    #expect(
      await problem { () async throws(PushError) in try await queue.delete() }
        == "Error occurred while DeleteQueue. SQS Error Code: AccessDenied. SQS Error Message: no")
  }

  @Test func messagesComeWithTheirHandlesAndAreDeletedByThem() async throws {
    aws.put([.init(handle: "h1", body: "a"), .init(handle: "h 2", body: "{\"b\":\"é\"}")], into: name)
    let messages = try await queue().receive(waitSeconds: 0)
    #expect(messages.bodies.map { String(decoding: $0, as: UTF8.self) } == ["a", "{\"b\":\"é\"}"])
    #expect(messages.receiptHandles.map { String(decoding: $0, as: UTF8.self) } == ["\"h1\"", "\"h 2\""])
    try await queue().delete(messages)
    #expect(await aws.calls.next() == "ReceiveMessage 0")
    #expect(await aws.calls.next() == "DeleteMessageBatch h1 h 2")
  }

  @Test(arguments: ["{}", #"{"Messages":[]}"#, #"{"Messages":null}"#]) func emptyReceiveHasNoMessages(
    answer: String
  ) async throws {
    aws.makeQueue(name)
    aws.answer("ReceiveMessage", answer)
    #expect(try await queue().receive(waitSeconds: 0).bodies == [])
  }

  @Test(arguments: [
    ("nonsense", "Error occurred while ReceiveMessage. It is no JSON."),
    (
      #"{"Messages":[{"Body":"a"}]}"#,
      "Error occurred while ReceiveMessage. A message lacks its body or receipt handle."
    ),
    (
      #"{"Messages":[{"ReceiptHandle":"h","Body":1}]}"#,
      "Error occurred while ReceiveMessage. A message lacks its body or receipt handle."
    ),
  ])
  func answerThatIsNoneIsTold(answer: String, reason: String) async throws {
    aws.makeQueue(name)
    aws.answer("ReceiveMessage", answer)
    let queue = try queue()
    #expect(
      await problem { () async throws(PushError) in _ = try await queue.receive(waitSeconds: 0) } == reason)
  }
}
