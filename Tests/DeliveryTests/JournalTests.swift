import Mappings
import Synchronization
import Testing

@testable import Delivery

/// Deliveries in memory.
private final class FakeDeliveryStore: DeliveryStore {
  private struct State {
    var deliveries: [DeliveryRecord] = []
    var fails = false
  }

  private let state = Mutex(State())
  /// The durations of what each transaction added: tests number their deliveries by them.
  let appended = Mailbox<[Int64]>()

  func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

  func append(_ deliveries: [DeliveryRecord], keeping kept: Int) async throws(MappingError) {
    let fails = state.withLock { state in
      if !state.fails {
        for var delivery in deliveries {
          delivery.sequence = Int64(state.deliveries.count + 1)
          state.deliveries.append(delivery)
        }
      }
      return state.fails
    }
    appended.send(deliveries.map(\.durationMicroseconds))
    if fails { throw .store("the disk is full") }
  }

  func removeOrphans() async throws(MappingError) {}

  func deliveries(
    after sequence: Int64, of mapping: MappingID?, limit: Int
  ) throws(MappingError) -> [DeliveryRecord] {
    Array(
      state.withLock(\.deliveries).filter { $0.sequence > sequence && (mapping ?? $0.mapping) == $0.mapping }
        .prefix(limit))
  }
}

@Suite(.timeLimit(.minutes(5))) struct JournalTests {
  private let a = MappingID.random()
  private let b = MappingID.random()
  private let store = FakeDeliveryStore()
  private let log = RecordingLog()

  private func journal(keeping kept: Int = 100) -> Journal {
    Journal(store: store, keeping: kept, payloadLimit: 10, logger: log.logger)
  }

  private func delivery(_ number: Int, of mapping: MappingID) -> DeliveryRecord {
    DeliveryRecord(
      mapping: mapping, function: FunctionARN(stored: "f"), sourceARN: nil, startedAt: Milliseconds(0),
      durationMicroseconds: Int64(number), attempt: 1, batchSize: 1, outcome: .success, error: nil,
      event: JournaledPayload([], limit: 0), answer: JournaledPayload([], limit: 0))
  }

  /// What each transaction added, once the journal is closed and all is written.
  private func written(by journal: Journal) async -> [[Int64]] {
    journal.close()
    await journal.run()
    store.appended.close()
    var groups: [[Int64]] = []
    while let group = await store.appended.next() { groups.append(group) }
    return groups
  }

  @Test func whatIsNotedTogetherIsWrittenTogether() async {
    let journal = journal()
    for number in 1...5 { journal.note(delivery(number, of: number.isMultiple(of: 2) ? b : a)) }
    let groups = await written(by: journal)
    #expect(groups.count == 1)
    #expect(Set(groups.joined()) == [1, 2, 3, 4, 5])
    #expect(groups.first?.filter { $0 % 2 == 1 } == [1, 3, 5])
  }

  @Test(arguments: [1, 2, 3, 10]) func whatWouldBeTrimmedAtOnceIsNotWritten(kept: Int) async {
    let journal = journal(keeping: kept)
    for number in 1...100 { journal.note(delivery(number, of: a)) }
    journal.note(delivery(200, of: b))
    let groups = await written(by: journal)
    #expect(groups.count == 1)
    #expect(groups.first?.filter { $0 <= 100 } == Array(Int64(101 - kept)...100))
    #expect(groups.first?.contains(200) == true)
  }

  @Test func nothingIsKeptWithZero() async {
    let journal = journal(keeping: 0)
    #expect(!journal.isKept)
    journal.note(delivery(1, of: a))
    #expect(await written(by: journal) == [])
  }

  @Test func whatComesLaterIsWrittenToo() async {
    let journal = journal()
    async let run: Void = journal.run()
    for number in 1...3 {
      journal.note(delivery(number, of: a))
      #expect(await store.appended.next() == [Int64(number)])
    }
    journal.note(delivery(4, of: a))
    journal.close()
    await run
    #expect(await store.appended.next() == [4])
  }

  @Test func refusedWriteIsLoggedAndTheNextOneIsTried() async {
    let journal = journal()
    async let run: Void = journal.run()
    store.fail(true)
    journal.note(delivery(1, of: a))
    #expect(await store.appended.next() == [1])
    store.fail(false)
    journal.note(delivery(2, of: a))
    #expect(await store.appended.next() == [2])
    journal.close()
    await run
    #expect(log.lines == [#"error cannot write the journal: store("the disk is full")"#])
  }

  // MARK: Waiting

  @Test func waitEndsWithTheNextDelivery() async throws {
    let journal = journal()
    async let run: Void = journal.run()
    for mapping in [nil, a] as [MappingID?] {
      let start = ContinuousClock.now
      let seen = try journal.deliveries(after: 0, of: nil, limit: 100).last?.sequence ?? 0
      async let waiting: Void = journal.waitForDelivery(after: seen, of: mapping, for: .seconds(600))
      journal.note(delivery(1, of: a))
      await waiting
      #expect(start.duration(to: .now) < .seconds(300))
      #expect(try journal.deliveries(after: seen, of: mapping, limit: 100).count == 1)
    }
    journal.close()
    await run
  }

  @Test func waitEndsAtOnceWhereADeliveryIsThere() async {
    let journal = journal()
    journal.note(delivery(1, of: a))
    _ = await written(by: journal)
    await journal.waitForDelivery(after: 0, of: a, for: .seconds(600))
  }

  @Test func waitOfAnotherMappingGoesOn() async {
    let journal = journal()
    async let run: Void = journal.run()
    let ended = Mutex(false)
    async let waiting: Void = {
      await journal.waitForDelivery(after: 0, of: b, for: .seconds(600))
      ended.withLock { $0 = true }
    }()
    for number in 1...3 {
      journal.note(delivery(number, of: a))
      await journal.waitForDelivery(after: Int64(number - 1), of: a, for: .seconds(600))
    }
    #expect(!ended.withLock { $0 })
    journal.note(delivery(4, of: b))
    await waiting
    journal.close()
    await run
  }

  @Test func waitEndsWithItsTime() async {
    await journal().waitForDelivery(after: 0, of: nil, for: .milliseconds(1))
  }

  @Test func waitEndsWithItsTask() async {
    let journal = journal()
    let waiting = Task { await journal.waitForDelivery(after: 0, of: nil, for: .seconds(600)) }
    waiting.cancel()
    await waiting.value
  }

  @Test func allWaitingEndsWhenTheProcessStops() async {
    let journal = journal()
    await withTaskGroup { group in
      for mapping in [nil, a, b] as [MappingID?] {
        group.addTask { await journal.waitForDelivery(after: 0, of: mapping, for: .seconds(600)) }
      }
      journal.endWaiting()
      await group.waitForAll()
    }
    await journal.waitForDelivery(after: 0, of: nil, for: .seconds(600))
  }

  // MARK: Payloads

  @Test(arguments: [(0, 0, true), (10, 10, true), (11, 10, false), (1000, 10, false)])
  func payloadIsKeptUpToTheLimit(count: Int, kept: Int, isWhole: Bool) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let payload = JournaledPayload(bytes, limit: journal().payloadLimit)
    #expect(payload.bytes == Array(bytes.prefix(kept)))
    #expect(payload.byteCount == count)
    #expect(payload.isWhole == isWhole)
  }
}
