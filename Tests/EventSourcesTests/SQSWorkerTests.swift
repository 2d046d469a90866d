import AWSClient
import Delivery
import LambdaWire
import Logging
import Mappings
import Testing

@testable import EventSources

@Suite(.timeLimit(.minutes(5))) struct SQSWorkerTests {
  private let queue = FakeSQS()
  private let functions = FakeFunctions()
  private let store = ResultStore()
  private let noted = NotingStore()

  private func mapping(_ parameters: String = "{}", state: MappingState = .enabled) -> EventSourceMapping {
    EventSourceMapping(
      id: .random(), scope: Scope(account: "111111111111", region: "us-east-1"),
      function: FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:f"),
      sourceARN: RecordCase.queue, kind: .sqs, state: state, stateReason: "USER_INITIATED", lastProcessingResult: nil,
      createdAt: Milliseconds(1), modifiedAt: Milliseconds(2),
      parameters: EncodedParameters(json: Array(parameters.utf8)))
  }

  /// Runs a worker while the body speaks to it, and stops it then; the journal is written afterwards.
  private func work(
    _ mapping: EventSourceMapping, _ body: (any MappingWorker) async throws -> Void
  ) async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let journal = Journal(store: noted, keeping: 100, payloadLimit: 16_384, logger: logger)
    let world = SourceWorld(
      client: try queue.client(), functions: functions, store: store, checkpoints: FakeCheckpoints(), journal: journal,
      asynchronous: AcceptingQueue(), installations: FakeInstallations(),
      logger: logger)
    let worker = try #require(world.worker(for: mapping))
    async let run: Void = worker.run()
    try await body(worker)
    worker.stop()
    await run
    journal.close()
    await journal.run()
    noted.deliveries.close()
  }

  private func nextRecords() async -> String? {
    while let event = await functions.events.next() {
      guard event != "withdraw" else { continue }
      return event.components(of: #""messageId":""#).joined(separator: " ")
    }
    return nil
  }

  @Test func messagesOfASuccessAreDeletedAndTheDeliveryIsNoted() async throws {
    let mapping = mapping()
    try await work(mapping) { _ in
      queue.give([(1, "a"), (2, "b")])
      #expect(await nextRecords() == "m1 m2")
      functions.results.send(.answered(Array("{}".utf8)))
      #expect(await queue.nextChange() == "delete h1 h2")
    }
    let delivery = await noted.deliveries.next()
    #expect(delivery?.mapping == mapping.id)
    #expect(delivery?.outcome == .success)
    #expect(delivery?.batchSize == 2)
    #expect(delivery?.attempt == 2)
    #expect(delivery?.answer.bytes == Array("{}".utf8))
    #expect(delivery?.sourceARN == RecordCase.queue)
    let event = delivery.map { String(decoding: $0.event.bytes, as: UTF8.self) }
    #expect(event?.hasPrefix(#"{"Records":[{"messageId":"m1","receiptHandle":"h1","body":"a","#) == true)
  }

  @Test func aQueueIsAskedForItsVisibilityTimeoutWhenItsMessagesAreHeld() async throws {
    try await work(mapping()) { _ in
      #expect(await queue.names.next() == "GetQueueUrl")
      #expect(await queue.names.next() == "ReceiveMessage")
      queue.give([(1, "a")])
      while let name = await queue.names.next(), name != "GetQueueAttributes" { #expect(name == "ReceiveMessage") }
      functions.results.send(.answered(Array("{}".utf8)))
      #expect(await queue.nextChange() == "delete h1")
    }
  }

  @Test func theURLOfAQueueThatWasJustLookedAtIsGivenToOneReader() throws {
    let urls = FreshQueueURLs()
    let (first, second) = (try #require(ARN(RecordCase.queue)), try #require(ARN("arn:aws:sqs:us-east-1:1:other")))
    urls.note("http://a", of: first)
    urls.note("http://b", of: second)
    #expect(urls.take(first) == "http://a")
    #expect(urls.take(first) == nil)
    #expect(urls.take(second) == "http://b")
  }

  @Test func reportedMessagesStay() async throws {
    try await work(mapping(#"{"FunctionResponseTypes":["ReportBatchItemFailures"]}"#)) { _ in
      queue.give([(1, "a"), (2, "b"), (3, "c")])
      #expect(await nextRecords() == "m1 m2 m3")
      functions.results.send(.answered(Array(#"{"batchItemFailures":[{"itemIdentifier":"m2"}]}"#.utf8)))
      #expect(await queue.nextChange() == "delete h1 h3")
    }
    #expect(await noted.deliveries.next()?.outcome == .partialFailure)
  }

  @Test func failureDeletesNothingAndIsToldUntilASuccess() async throws {
    try await work(mapping()) { _ in
      queue.give([(1, "a")])
      functions.results.send(.functionError(FunctionError(payload: [])))
      #expect(await store.results.next() == "PROBLEM: Function call failed")
      queue.give([(2, "b")])
      functions.results.send(.answered([]))
      #expect(await store.results.next() == .some(nil))
      #expect(await queue.nextChange() == "delete h2")
    }
  }

  @Test func messagesThatNoFilterLetsThroughAreDeletedUnseen() async throws {
    let parameters = #"{"FilterCriteria":{"Filters":[{"Pattern":"{\"body\":{\"a\":[1]}}"}]}}"#
    try await work(mapping(parameters)) { _ in
      queue.give([(1, "plain"), (2, #"{"a":2}"#)])
      #expect(await queue.nextChange() == "delete h1 h2")
      queue.give([(3, #"{"a":1}"#)])
      #expect(await nextRecords() == "m3")
      functions.results.send(.answered([]))
      #expect(await queue.nextChange() == "delete h3")
    }
  }

  @Test func disabledMappingGivesBackWhatStillComesAndReceivesAgainWhenEnabled() async throws {
    var mapping = mapping()
    try await work(mapping) { worker in
      #expect(await queue.calls.next() == "receive 10")
      mapping.state = .disabled
      worker.apply(mapping)
      #expect(await functions.events.next() == "withdraw")
      queue.give([(1, "a")])
      #expect(await queue.nextChange() == "release h1")
      mapping.state = .enabled
      worker.apply(mapping)
      #expect(await queue.calls.next() == "receive 10")
      queue.give([(2, "b")])
      #expect(await nextRecords() == "m2")
      functions.results.send(.answered([]))
    }
  }

  @Test func stopFinishesWhatIsInFlightAndWaitsForNothingElse() async throws {
    try await work(mapping()) { worker in
      queue.give([(1, "a")])
      #expect(await nextRecords() == "m1")
      worker.stop()
      #expect(await functions.events.next() == "withdraw")
      functions.results.send(.answered([]))
      #expect(await queue.nextChange() == "delete h1")
    }
  }

  @Test func messagesHeldByAWindowAreGivenBackWithTheMapping() async throws {
    try await work(mapping(#"{"BatchSize":100,"MaximumBatchingWindowInSeconds":300}"#)) { worker in
      queue.give([(1, "a"), (2, "b")])
      for _ in 0..<3 { #expect(await queue.calls.next() == "receive 10") }
      worker.end()
      #expect(await queue.nextChange() == "release h1 h2")
    }
  }

  @Test func invocationThatIsTakenBackGivesItsMessagesBack() async throws {
    try await work(mapping()) { _ in
      queue.give([(1, "a")])
      functions.results.send(.withdrawn)
      #expect(await queue.nextChange() == "release h1")
    }
    #expect(await noted.deliveries.next() == nil)
  }

  @Test func queueThatIsGoneIsToldAndReadAgainWhenItIsBack() async throws {
    try await work(mapping()) { _ in
      queue.answer(400, #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}"#)
      #expect(
        await store.results.next() == """
          PROBLEM: Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. \
          SQS Error Message: The specified queue does not exist.
          """)
      queue.give([(1, "a")])
      #expect(await store.results.next() == .some(nil))
      functions.results.send(.answered([]))
      #expect(await queue.nextChange() == "delete h1")
    }
  }

  @Test func answerThatIsNoneIsToldAndNothingIsDelivered() async throws {
    try await work(mapping()) { _ in
      queue.answer(200, #"{"Messages":[{"MessageId":"m"}]}"#)
      #expect(
        await store.results.next() == """
          PROBLEM: Error occurred while ReceiveMessage. a message of the answer lacks its id, receipt handle or body
          """)
    }
  }

  @Test(arguments: [("{}", nil), ("nonsense", RecordCase.queue), ("{}", "arn")] as [(String, String?)])
  func mappingThatCannotBeUnderstoodHasNoWorker(parameters: String, source: String?) throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let world = SourceWorld(
      client: try queue.client(), functions: functions, store: store, checkpoints: FakeCheckpoints(),
      journal: Journal(store: noted, keeping: 0, payloadLimit: 0, logger: logger), asynchronous: AcceptingQueue(),
      installations: FakeInstallations(), logger: logger)
    var mapping = mapping(parameters)
    mapping.sourceARN = source
    #expect(world.worker(for: mapping) == nil)
  }
}

extension String {
  /// What follows each occurrence of a text, up to the next quotation mark.
  fileprivate func components(of text: String) -> [String] {
    ranges(of: text).map { String(self[$0.upperBound...].prefix { $0 != "\"" }) }
  }
}
