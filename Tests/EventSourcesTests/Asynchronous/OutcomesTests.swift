import Delivery
import JSON
import LambdaWire
import Mappings
import Testing

@testable import EventSources

@Suite(.timeLimit(.minutes(5))) struct OutcomesTests {
  private static let queue = "arn:aws:sqs:us-east-1:111111111111:dead"
  private static let topic = "arn:aws:sns:us-east-1:111111111111:t"
  private static let function = "arn:aws:lambda:us-east-1:111111111111:function:told:prod"
  private static let time = Milliseconds(1_790_000_180_456)

  private func harness() throws -> PushHarness {
    let harness = try PushHarness(PushHarness.bucket, push: PushSettings(s3Route: .webhook))
    harness.aws.makeQueue("dead")
    return harness
  }

  // MARK: Tries

  private func attempt(
    _ result: InvocationResult, of mapping: MappingID?, attempts: Int = 0, source: String? = PushHarness.bucket
  ) -> AsynchronousAttempt {
    AsynchronousAttempt(
      event: .make(mapping: mapping, source: source, attempts: attempts, ended: nil), result: result,
      startedAt: Milliseconds(1_790_000_060_000), duration: .microseconds(1234))
  }

  /// What the journal has after the body.
  private func deliveries(_ harness: PushHarness, _ body: (SourceWorld) async -> Void) async -> [DeliveryRecord] {
    await body(harness.world)
    harness.journal.close()
    await harness.journal.run()
    harness.noted.deliveries.close()
    var deliveries: [DeliveryRecord] = []
    while let delivery = await harness.noted.deliveries.next() { deliveries.append(delivery) }
    return deliveries
  }

  private static let boom = FunctionError(payload: Array(#"{"errorMessage":"boom","errorType":"Oh"}"#.utf8))

  @Test(
    arguments: [
      (.answered(Array("{}".utf8)), .success, nil, "{}"), (.answered([]), .success, nil, ""),
      (
        .functionError(boom), .functionError, "Oh: boom", #"{"errorMessage":"boom","errorType":"Oh"}"#
      ),
      (.timedOut("late"), .timedOut, "late", ""), (.throttled("full"), .throttled, "full", ""),
      (.unreachable("gone"), .unreachable, "gone", ""), (.tooLarge("much"), .tooLarge, "much", ""),
    ] as [(InvocationResult, DeliveryRecord.Outcome, String?, String)])
  func eachTryIsADeliveryOfOne(
    result: InvocationResult, outcome: DeliveryRecord.Outcome, error: String?, answer: String
  ) async throws {
    let harness = try harness()
    let tried = attempt(result, of: harness.mapping.id, attempts: 1)
    let deliveries = await deliveries(harness) { await $0.note(tried) }
    #expect(deliveries.count == 1)
    let delivery = try #require(deliveries.first)
    #expect(delivery.mapping == harness.mapping.id)
    #expect(delivery.function == tried.event.function)
    #expect(delivery.sourceARN == PushHarness.bucket)
    #expect(delivery.startedAt == tried.startedAt)
    #expect(delivery.durationMicroseconds == 1234)
    #expect((delivery.attempt, delivery.batchSize) == (2, 1))
    #expect(delivery.outcome == outcome)
    #expect(delivery.error == error)
    #expect(delivery.event.bytes == tried.event.payload)
    #expect(String(decoding: delivery.answer.bytes, as: UTF8.self) == answer)
  }

  @Test func invocationOfSomebodyElseIsNoDelivery() async throws {
    let harness = try harness()
    let tries = [
      attempt(.functionError(Self.boom), of: nil), attempt(.answered([]), of: harness.mapping.id, source: nil),
    ]
    let deliveries = await deliveries(harness) { world in for one in tries { await world.note(one) } }
    #expect(deliveries.isEmpty)
    await harness.log.wait(for: "asynchronous invocation failed")
  }

  @Test func mappingTellsHowItsFunctionIs() async throws {
    let harness = try harness()
    try await harness.work { _ in
      await harness.world.waitUntilApplied(harness.mapping)
      for (result, text) in [
        (.functionError(Self.boom), "PROBLEM: Function call failed"),
        (.throttled("full"), "PROBLEM: Function call failed. full"), (.answered([]), "OK"),
        (.unreachable("gone"), "PROBLEM: Function call failed. gone"), (.answered([]), "OK"),
      ] as [(InvocationResult, String)] {
        await harness.world.note(attempt(result, of: harness.mapping.id))
        #expect(await harness.store.results.next() == text)
      }
      await harness.log.wait(for: "function recovered")
    }
  }

  // MARK: Destinations

  private func tell(
    _ harness: PushHarness, _ destinations: AsynchronousEvent.Destinations, mapping: MappingID? = nil
  ) async -> AsynchronousEvent.Destinations {
    await harness.world.tell(.make(mapping: mapping, destinations: destinations), at: Self.time)
  }

  /// The document that a queue was sent.
  private func message(_ harness: PushHarness) async throws -> JSONValue {
    try JSONValue(parsing: try #require(await harness.aws.sent.next()))
  }

  private static var record: String {
    String(decoding: InvocationRecord(event: .make(), time: time).document(hasPayload: false), as: UTF8.self)
  }

  @Test func deadLetterQueueGetsTheEventAndOnFailureTheRecord() async throws {
    let harness = try harness()
    harness.aws.makeQueue("failed")
    let left = await tell(
      harness, .init(deadLetterQueue: Self.queue, onFailure: "arn:aws:sqs:us-east-1:111111111111:failed"))
    #expect(left.isEmpty)
    let (dead, failed) = (try await message(harness), try await message(harness))
    #expect(dead["MessageBody"] == .string(#"{"Records":[{"a":"é"}]}"#))
    #expect(failed["MessageBody"] == .string(Self.record))
    #expect(failed["MessageAttributes"] == nil)
  }

  @Test func topicGetsTheRecord() async throws {
    let harness = try harness()
    #expect(await tell(harness, .init(onFailure: Self.topic)).isEmpty)
    #expect(await harness.aws.sent.next() == Self.record)
  }

  @Test func bucketGetsTheRecordAsAnObject() async throws {
    let harness = try harness()
    #expect(await tell(harness, .init(onFailure: "arn:aws:s3:::failed")).isEmpty)
    #expect(
      await harness.aws.nextChange()
        == "PutObject failed/aws/lambda/async/f/2026/09/21/2026-09-21T14.13.20-11111111-2222-3333-4444-555555555555")
    #expect(await harness.aws.sent.next() == Self.record)
  }

  @Test(arguments: [
    AsynchronousEvent.Destinations(onFailure: function), .init(onSuccess: function),
  ])
  func functionGetsTheRecordAsAnEvent(destinations: AsynchronousEvent.Destinations) async throws {
    let harness = try harness()
    harness.accepted.fail(true)
    #expect(await tell(harness, destinations) == destinations)
    harness.accepted.fail(false)
    #expect(await tell(harness, destinations).isEmpty)
    let event = await harness.accepted.events.next()
    #expect(event?.function.description == Self.function)
    #expect(event.map { String(decoding: $0.payload, as: UTF8.self) } == Self.record)
    #expect((event?.acceptedAt, event?.mapping, event?.destinations) == (Self.time, nil, .init()))
  }

  @Test func successIsTold() async throws {
    let harness = try harness()
    #expect(await tell(harness, .init(onSuccess: Self.topic)).isEmpty)
    #expect(await harness.aws.sent.next() == Self.record)
    harness.aws.refuse("Publish")
    #expect(await tell(harness, .init(onSuccess: Self.topic)) == .init(onSuccess: Self.topic))
  }

  @Test func destinationsThatCannotBeToldAreLeft() async throws {
    let harness = try harness()
    let destinations = AsynchronousEvent.Destinations(deadLetterQueue: Self.queue, onFailure: Self.topic)
    harness.aws.refuse("SendMessage")
    #expect(await tell(harness, destinations) == .init(deadLetterQueue: Self.queue))
    harness.aws.refuse("SendMessage", nil)
    harness.aws.refuse("Publish")
    #expect(await tell(harness, destinations) == .init(onFailure: Self.topic))
    harness.aws.dropQueue("dead")
    #expect(await tell(harness, destinations) == destinations)
  }

  @Test func nobodyIsToldWhereThereIsNobody() async throws {
    let harness = try harness()
    #expect(await tell(harness, .init()).isEmpty)
    harness.aws.calls.close()
    #expect(await harness.aws.calls.next() == nil)
  }

  @Test func mappingTellsWhichDestinationIsOutOfReach() async throws {
    let harness = try harness()
    let id = harness.mapping.id
    let destinations = AsynchronousEvent.Destinations(deadLetterQueue: Self.queue, onFailure: Self.topic)
    try await harness.work { _ in
      await harness.world.waitUntilApplied(harness.mapping)
      harness.aws.refuse("Publish")
      _ = await tell(harness, destinations, mapping: id)
      #expect(
        await harness.store.results.next()
          == "PROBLEM: Error occurred while sending to the OnFailure destination \(Self.topic). AccessDenied (status 403): no"
      )
      harness.aws.refuse("Publish", nil)
      // One that was told does not make up for the other.
      harness.aws.refuse("SendMessage")
      _ = await tell(harness, destinations, mapping: id)
      #expect(
        await harness.store.results.next()
          == "PROBLEM: Error occurred while sending to the dead-letter queue \(Self.queue). AccessDenied (status 403): no"
      )
      harness.aws.refuse("SendMessage", nil)
      _ = await tell(harness, destinations, mapping: id)
      #expect(await harness.store.results.next() == "No records processed")
    }
  }

  // MARK: Dead letters

  private static let kilobyte = String(repeating: "x", count: 1024)

  /// What the function left, and what the letter says.
  @Test(arguments: [
    (#"{"errorMessage":"boom","errorType":"Oh"}"#, "boom"), ("plain", "plain"), (#"{"a":1}"#, #"{"a":1}"#),
    (#"{"errorMessage":null}"#, #"{"errorMessage":null}"#), (#"{"errorMessage":7}"#, #"{"errorMessage":7}"#),
    (#""text""#, #""text""#),
    // SQS takes no empty attribute.
    ("", "RetriesExhausted"), (#"{"errorMessage":""}"#, "RetriesExhausted"),
    (#"{"errorMessage":"\u0000\u0001"}"#, "RetriesExhausted"),
    // None with a character that is not XML's.
    (#"{"errorMessage":"a\u0000\u001bb\tc\nd\re\ufffe\uffff\u007f"}"#, "ab\tc\nd\re\u{7f}"), ("a\u{0}b", "ab"),
    // The first kilobyte, between characters.
    (kilobyte, kilobyte), (kilobyte + "y", kilobyte),
    (String(repeating: "é", count: 600), String(repeating: "é", count: 512)),
    ("a" + String(repeating: "é", count: 600), "a" + String(repeating: "é", count: 511)),
    (String(repeating: "\u{1F600}", count: 300), String(repeating: "\u{1F600}", count: 256)),
    (
      "abc" + String(repeating: "\u{1F600}", count: 300), "abc" + String(repeating: "\u{1F600}", count: 255)
    ),
    (String(repeating: "x", count: 1023) + "e\u{301}", String(repeating: "x", count: 1023) + "e"),
  ])
  func letterSaysWhatWentWrong(error: String, message: String) async throws {
    let harness = try harness()
    let event = AsynchronousEvent.make(lastAnswer: error, destinations: .init(deadLetterQueue: Self.queue))
    #expect(await harness.world.tell(event, at: Self.time).isEmpty)
    let letter = try await self.message(harness)["MessageAttributes"]
    #expect(letter?["ErrorMessage"]?["DataType"] == .string("String"))
    #expect(letter?["ErrorMessage"]?["StringValue"] == .string(message))
    #expect(message.utf8.count <= 1024)
  }

  @Test(arguments: [(0, "500"), (1, "200"), (3, "200")]) func letterHasTheAttributesOfLambda(
    failures: Int, code: String
  ) async throws {
    let harness = try harness()
    let event = AsynchronousEvent.make(
      failures: failures, lastAnswer: "", ended: .eventAgeExceeded, destinations: .init(deadLetterQueue: Self.queue))
    #expect(await harness.world.tell(event, at: Self.time).isEmpty)
    let letter = try await message(harness)["MessageAttributes"]
    guard case .object(let attributes)? = letter else {
      Issue.record("no attributes")
      return
    }
    #expect(Set(attributes.map(\.name)) == ["RequestID", "ErrorCode", "ErrorMessage"])
    #expect(letter?["RequestID"]?.text == #"{"DataType":"String","StringValue":"\#(event.requestID)"}"#)
    #expect(letter?["ErrorCode"]?.text == #"{"DataType":"Number","StringValue":"\#(code)"}"#)
    #expect(letter?["ErrorMessage"]?["StringValue"] == .string("EventAgeExceeded"))
  }
}
