import Delivery
import Mappings
import Testing

@testable import EventSources

/// A worker as the registry sees it.
private struct FakeReceiver: PushReceiver {
  var id = MappingID.random()
  let source: ARN
  let isOpen = true
  let forgotten = Mailbox<MappingID>()

  init(_ source: String, id: MappingID = .random()) throws {
    self.source = try #require(ARN(source))
    self.id = id
  }

  func events(in body: [UInt8]) throws(IntakeError) -> [AsynchronousEvent] { [] }
  func repair() {}
  func forget() { forgotten.send(id) }
  func confirm(_ token: String) -> Bool { false }
  func note(
    _ side: StatusBoard.Side, _ problem: String?, reason: String, outcome: DeliveryRecord.Outcome?
  ) async {}
}

@Suite(.timeLimit(.minutes(5))) struct PushRegistryTests {
  private let registry = PushRegistry(patience: .seconds(600))
  private let said = Mailbox<String>()

  private func mapping(revision: Int64 = 1, state: MappingState = .enabled) -> EventSourceMapping {
    var mapping = PushHarness.mapping(PushHarness.topic)
    (mapping.revision, mapping.state) = (revision, state)
    return mapping
  }

  // MARK: Receivers

  @Test func receiverIsFoundByItsMappingWhileItIsThere() throws {
    let receiver = try FakeReceiver(PushHarness.topic)
    #expect(registry.receiver(of: receiver.id) == nil)
    registry.add(receiver)
    #expect(registry.receiver(of: receiver.id)?.id == receiver.id)
    registry.remove(receiver)
    #expect(registry.receiver(of: receiver.id) == nil)
  }

  @Test func bucketHasAllItsReceivers() throws {
    let receivers = try ["arn:aws:s3:::b", "arn:aws-cn:s3:::b", "arn:aws:s3:::c"].map { try FakeReceiver($0) }
    for receiver in receivers { registry.add(receiver) }
    registry.add(try FakeReceiver("arn:aws:sns:us-east-1:111111111111:b"))
    func ids(_ bucket: String) -> Set<MappingID> { Set(registry.receivers(ofBucket: bucket).map(\.id)) }
    #expect(ids("b") == [receivers[0].id, receivers[1].id])
    #expect(ids("c") == [receivers[2].id])
    #expect(ids("d") == [])
    registry.remove(receivers[0])
    #expect(ids("b") == [receivers[1].id])
    registry.remove(receivers[1])
    registry.remove(receivers[1])
    #expect(ids("b") == [])
    #expect(ids("c") == [receivers[2].id])
  }

  // MARK: Waiting

  /// Waits for a mapping beside the test, and says when the wait has ended.
  private func wait(_ mapping: EventSourceMapping, _ words: String = "released") -> Task<Void, Never> {
    Task {
      await registry.waitUntilApplied(mapping)
      said.send(words)
    }
  }

  /// Gives whoever should not be released by now the chance to be.
  private func settle() async { for _ in 0..<50 { await Task.yield() } }

  @Test func revisionThatWasAppliedIsNotWaitedFor() async {
    let mapping = mapping(revision: 3)
    registry.applied(3, of: mapping.id)
    await registry.waitUntilApplied(mapping)
    registry.applied(1, of: mapping.id)
    await registry.waitUntilApplied(mapping)
  }

  @Test func waitEndsWithItsRevisionAndNoEarlierOne() async {
    let mapping = mapping(revision: 3)
    let waiting = wait(mapping)
    await settle()
    registry.applied(2, of: mapping.id)
    registry.applied(9, of: .random())
    await settle()
    said.send("applied")
    registry.applied(3, of: mapping.id)
    #expect(await said.next() == "applied")
    #expect(await said.next() == "released")
    await waiting.value
  }

  @Test func laterRevisionReleasesAllThatWaitForEarlierOnes() async {
    var mapping = mapping()
    let waiting = (1...Int64(5)).map { revision in
      mapping.revision = revision
      return wait(mapping, "\(revision)")
    }
    await settle()
    registry.applied(4, of: mapping.id)
    var released: Set<String> = []
    for _ in 0..<4 { released.insert(await said.next() ?? "") }
    #expect(released == ["1", "2", "3", "4"])
    registry.applied(.max, of: mapping.id)
    for task in waiting { await task.value }
    #expect(await said.next() == "5")
  }

  @Test func waitForADeletedMappingEndsWithItsWorker() async throws {
    let mapping = mapping(state: .deleting)
    let receiver = try FakeReceiver(PushHarness.topic, id: mapping.id)
    registry.add(receiver)
    let waiting = wait(mapping)
    await settle()
    registry.remove(receiver)
    await waiting.value
    await registry.waitUntilApplied(mapping)
  }

  @Test func whatWasAppliedIsForgottenWithItsWorker() async throws {
    let mapping = mapping()
    let receiver = try FakeReceiver(PushHarness.topic, id: mapping.id)
    registry.add(receiver)
    registry.applied(1, of: mapping.id)
    registry.remove(receiver)
    let waiting = wait(mapping)
    await settle()
    said.send("applied")
    registry.applied(1, of: mapping.id)
    await waiting.value
    #expect(await said.next() == "applied")
    #expect(await said.next() == "released")
  }

  @Test(arguments: [0, 50]) func waitEndsWithItsTask(turns: Int) async {
    let waiting = wait(mapping())
    for _ in 0..<turns { await Task.yield() }
    waiting.cancel()
    await waiting.value
    #expect(await said.next() == "released")
  }

  @Test func whatIsPostedWaitsUntilAllMappingsAreThere() async {
    let waiting = Task {
      let isComplete = await registry.waitUntilComplete()
      said.send("\(isComplete)")
    }
    await settle()
    said.send("complete")
    registry.complete()
    await waiting.value
    #expect(await said.next() == "complete")
    #expect(await said.next() == "true")
    #expect(await registry.waitUntilComplete())
  }

  @Test func resetIsWaitedForUntilTheLastWorkerIsGone() async throws {
    let receivers = try (0..<3).map { _ in try FakeReceiver(PushHarness.bucket) }
    for receiver in receivers { registry.add(receiver) }
    await registry.waitUntilForgotten()
    registry.forgetAll()
    for receiver in receivers { #expect(await receiver.forgotten.next() == receiver.id) }
    let waiting = Task {
      await registry.waitUntilForgotten()
      said.send("released")
    }
    // One that was made since is not waited for.
    registry.add(try FakeReceiver(PushHarness.bucket))
    for receiver in receivers.dropLast() { registry.remove(receiver) }
    await settle()
    said.send("removed")
    registry.remove(receivers[2])
    await waiting.value
    #expect(await said.next() == "removed")
    #expect(await said.next() == "released")
  }

  @Test func waitEndsWithPatience() async {
    let start = ContinuousClock.now
    await PushRegistry(patience: .milliseconds(20)).waitUntilApplied(mapping())
    #expect(start.duration(to: .now) >= .milliseconds(20))
  }

  @Test(arguments: MappingState.allCases.filter { $0 != .enabled }) func nobodyIsWaitedForWhereNothingIsCarried(
    state: MappingState
  ) async {
    await registry.waitUntilApplied(mapping(state: state))
  }

  @Test(arguments: [MappingState.disabled, .deleting]) func mappingThatHasAWorkerIsWaitedForInEveryState(
    state: MappingState
  ) async throws {
    let mapping = mapping(state: state)
    registry.add(try FakeReceiver(PushHarness.topic, id: mapping.id))
    let waiting = wait(mapping)
    await settle()
    said.send("applied")
    registry.applied(1, of: mapping.id)
    await waiting.value
    #expect(await said.next() == "applied")
    #expect(await said.next() == "released")
  }
}
