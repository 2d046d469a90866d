import Mappings
import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(1))) struct StatusBoardTests {
  private func board(
    on result: String? = nil, _ store: FakeMappingStore, _ log: RecordingLog = RecordingLog()
  ) -> StatusBoard {
    StatusBoard(.make(lastProcessingResult: result), words: .ofQueues, store: store, logger: log.logger)
  }

  /// All that was written.
  private func written(_ store: FakeMappingStore) async -> [String?] {
    store.results.close()
    var results: [String?] = []
    while let result = await store.results.next() { results.append(result) }
    return results
  }

  @Test func whatIsAsItWasIsNotWritten() async {
    let (store, log) = (FakeMappingStore(), RecordingLog())
    let board = board(store, log)
    for _ in 0..<3 {
      await board.note(.source, nil)
      await board.note(.function, nil)
    }
    #expect(await written(store) == [])
    #expect(log.lines == [])
  }

  @Test func changeIsWrittenAndLoggedOnce() async {
    let (store, log) = (FakeMappingStore(), RecordingLog())
    let board = board(store, log)
    for _ in 0..<3 { await board.note(.function, "PROBLEM", reason: "why") }
    await board.note(.function, nil)
    await board.note(.function, nil)
    #expect(await written(store) == ["PROBLEM", nil])
    #expect(log.lines == ["warning function failed: why", "info function recovered"])
  }

  @Test func sourceIsToldBeforeTheFunction() async {
    let (store, log) = (FakeMappingStore(), RecordingLog())
    let board = board(store, log)
    await board.note(.function, "function")
    await board.note(.source, "source")
    await board.note(.function, "function again")
    await board.note(.source, nil)
    await board.note(.source, nil)
    await board.note(.function, nil)
    #expect(await written(store) == ["function", "source", "function again", nil])
    #expect(
      log.lines == [
        "warning function failed", "warning source unreachable", "warning function failed", "info source recovered",
        "info function recovered",
      ])
  }

  @Test func resultOfAnEarlierProcessIsTakenBack() async {
    let store = FakeMappingStore()
    let board = board(on: "PROBLEM", store)
    await board.note(.source, nil)
    #expect(await written(store) == [nil])
  }

  @Test func lastWordWinsHoweverLongAWriteTakes() async {
    let gate = Mailbox<Void>()
    let store = FakeMappingStore(gate: gate)
    let board = board(store)
    let first = Task { await board.note(.function, "1") }
    #expect(await store.results.next() == "1")
    // While that is written, others say more; they do not wait for it.
    await board.note(.function, "2")
    await board.note(.function, nil)
    await board.note(.function, "3")
    gate.send(())
    #expect(await store.results.next() == "3")
    gate.send(())
    await first.value
    #expect(await written(store) == [])
  }

  @Test func changeThatIsTakenBackWhileItIsWrittenIsWrittenBack() async {
    let gate = Mailbox<Void>()
    let store = FakeMappingStore(gate: gate)
    let board = board(store)
    let first = Task { await board.note(.source, "1") }
    #expect(await store.results.next() == "1")
    await board.note(.source, nil)
    gate.send(())
    #expect(await store.results.next() == .some(nil))
    gate.send(())
    await first.value
    #expect(await written(store) == [])
  }

  @Test func refusedWriteIsTriedWithTheNextChange() async {
    let (store, log) = (FakeMappingStore(), RecordingLog())
    let board = board(store, log)
    store.fail(true)
    await board.note(.function, "1")
    store.fail(false)
    await board.note(.function, "2")
    #expect(await written(store) == ["1", "2"])
    #expect(log.lines.count { $0.hasPrefix("error cannot note a processing result") } == 1)
  }
}
