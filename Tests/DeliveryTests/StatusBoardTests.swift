import Mappings
import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(5))) struct StatusBoardTests {
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

  // MARK: Streams

  private func streamBoard(
    on result: String? = nil, _ store: FakeMappingStore, _ log: RecordingLog = RecordingLog()
  ) -> StatusBoard {
    StatusBoard(.make(lastProcessingResult: result), words: .ofStreams, store: store, logger: log.logger)
  }

  /// Recorded of Kinesis and DynamoDB streams.
  @Test func streamTellsThatNothingWasProcessedUntilTheFunctionDidAndThenThatAllIsWell() async {
    let store = FakeMappingStore()
    let board = streamBoard(store)
    await board.note(.source(of: "s1"), nil)
    await board.note(.source, nil)
    await board.note(.function(of: "s1"), nil)
    await board.note(.function(of: "s2"), nil)
    #expect(await written(store) == ["No records processed", "OK"])
  }

  @Test func streamThatWasWellBeforeARestartIsWell() async {
    let store = FakeMappingStore()
    let board = streamBoard(on: "OK", store)
    await board.note(.source, nil)
    await board.note(.function(of: "s1"), nil)
    #expect(await written(store) == [])
  }

  @Test func problemOfAStreamIsTakenBackByTheWordsOfItsState() async {
    let store = FakeMappingStore()
    let board = streamBoard(on: "No records processed", store)
    await board.note(.source(of: "s1"), "PROBLEM: source")
    await board.note(.source(of: "s1"), nil)
    await board.note(.function(of: "s1"), "PROBLEM: function")
    await board.note(.function(of: "s1"), nil)
    #expect(
      await written(store) == ["PROBLEM: source", "No records processed", "PROBLEM: function", "OK"])
  }

  @Test func partsAreToldOneAfterTheOther() async {
    let store = FakeMappingStore()
    let board = streamBoard(on: "OK", store)
    await board.note(.function(of: "s2"), "PROBLEM: second")
    await board.note(.function(of: "s1"), "PROBLEM: first")
    // Another part is well, which changes nothing.
    await board.note(.function(of: "s3"), nil)
    await board.note(.function(of: "s1"), nil)
    await board.note(.function(of: "s2"), nil)
    #expect(await written(store) == ["PROBLEM: second", "PROBLEM: first", "PROBLEM: second", "OK"])
  }

  @Test func sourceIsToldBeforeTheDestinationAndThatBeforeTheFunction() async {
    let (store, log) = (FakeMappingStore(), RecordingLog())
    let board = streamBoard(on: "OK", store, log)
    await board.note(.function(of: "s1"), "function")
    await board.note(.destination(of: "s1"), "destination", reason: "refused")
    await board.note(.source(of: "s2"), "source")
    await board.note(.destination(of: "s1"), nil)
    await board.note(.source(of: "s2"), nil)
    await board.note(.function(of: "s1"), nil)
    #expect(await written(store) == ["function", "destination", "source", "function", "OK"])
    #expect(
      log.lines == [
        "warning function failed", "warning failure destination unreachable: refused", "warning source unreachable",
        "info failure destination recovered", "info source recovered", "info function recovered",
      ])
  }

  @Test func problemsOfAPartThatIsGoneGoWithIt() async {
    let store = FakeMappingStore()
    let board = streamBoard(on: "OK", store)
    await board.note(.function(of: "s1"), "PROBLEM: function")
    await board.note(.destination(of: "s1"), "PROBLEM: destination")
    await board.note(.source(of: "s1"), "PROBLEM: source")
    await board.note(.source(of: "s2"), "PROBLEM: other")
    await board.forget("s1")
    await board.forget("s1")
    await board.forget("s3")
    await board.note(.source(of: "s2"), nil)
    #expect(
      await written(store) == [
        "PROBLEM: function", "PROBLEM: destination", "PROBLEM: source", "PROBLEM: other", "OK",
      ])
  }

  @Test func changeThatCannotWaitSaysWhetherItIsToBeWritten() async {
    let store = FakeMappingStore()
    let board = streamBoard(on: "OK", store)
    #expect(!board.change(.function(of: "s1"), nil))
    #expect(board.change(.function(of: "s1"), "PROBLEM"))
    // The first to change it writes for all.
    #expect(!board.change(.function(of: "s2"), "PROBLEM"))
    await board.write()
    #expect(!board.change(.function(of: "s1"), "PROBLEM"))
    #expect(await written(store) == ["PROBLEM"])
  }
}
