import AWSClient
import Delivery
import Logging
import Mappings
import Synchronization
import Testing

@testable import EventSources

/// The calls of a shard, played by a list of what each answers.
private final class ScriptedCalls: Sendable {
  private struct State {
    var iterators: [Result<String, AWSError>] = []
    var reads: [Result<ShardAnswer, AWSError>] = []
    var calls: [String] = []
  }

  private let state = Mutex(State())

  /// What was called, such as `trim horizon` and `read i1`.
  var calls: [String] { state.withLock(\.calls) }

  init(iterators: [Result<String, AWSError>] = [], reads: [Result<ShardAnswer, AWSError>] = []) {
    state.withLock { state in
      state.iterators = iterators
      state.reads = reads
    }
  }

  private func iterator(_ position: ShardIteratorPosition) throws(AWSError) -> String {
    let words =
      switch position {
      case .trimHorizon: "trim horizon"
      case .latest: "latest"
      case .afterSequenceNumber(let number): "after \(number)"
      case .atTimestamp(let time): "at \(time)"
      }
    return try state.withLock { state in
      state.calls.append(words)
      return state.iterators.isEmpty ? .failure(.cancelled) : state.iterators.removeFirst()
    }.get()
  }

  private func read(_ iterator: String, _ limit: Int) throws(AWSError) -> ShardAnswer {
    try state.withLock { state in
      state.calls.append("read \(iterator)")
      return state.reads.isEmpty ? .failure(.cancelled) : state.reads.removeFirst()
    }.get()
  }

  func shard(from start: ShardStart, knowsTime: Bool = true) -> PolledShard {
    PolledShard(
      PolledShard.Calls(
        iterator: { (position) throws(AWSError) in try self.iterator(position) },
        read: { (iterator, limit) throws(AWSError) in try self.read(iterator, limit) }, knowsTime: knowsTime),
      from: start, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }
}

@Suite struct PolledShardTests {
  private static func error(_ code: String, status: Int = 400) -> AWSError {
    .service(AWSServiceError(status: status, code: code, message: "no"))
  }

  private static let expired = error("ExpiredIteratorException")

  private func gave(_ numbers: Int..., next: String?, arrival: Int64 = 5000) -> Result<ShardAnswer, AWSError> {
    .success(ShardAnswer(records: numbers.map { .make($0, arrival: arrival) }, next: next, millisBehindLatest: 0))
  }

  /// The numbers of a read, or the error's code.
  private func read(_ shard: PolledShard) async -> String {
    do throws(AWSError) {
      let answer = try await shard.next(limit: 10)
      return "\(answer.wanted.map(\.sequenceNumber)) then \(answer.next ?? "nothing")"
    } catch {
      guard case .service(let error) = error else { return "\(error)" }
      return error.code
    }
  }

  @Test(arguments: [
    (ShardStart.trimHorizon, "trim horizon"), (.after(SequenceNumber("007")), "after 007"),
    (.since(Milliseconds(1234)), "at 1234"),
  ]) func readingBeginsWhereItIsToldTo(start: ShardStart, call: String) async {
    let calls = ScriptedCalls(iterators: [.success("i1")], reads: [gave(8, next: "i2"), gave(next: "i3")])
    let shard = calls.shard(from: start)
    #expect(await read(shard) == "[8] then i2")
    #expect(await read(shard) == "[] then i3")
    #expect(calls.calls == [call, "read i1", "read i2"])
  }

  @Test func iteratorThatWasTakenBeforeIsUsedAsItIs() async {
    let calls = ScriptedCalls(reads: [gave(1, next: "i2"), gave(2, next: nil)])
    let shard = calls.shard(from: .iterator("i1", else: Milliseconds(1234)))
    #expect(await read(shard) == "[1] then i2")
    #expect(await read(shard) == "[2] then nothing")
    #expect(calls.calls == ["read i1", "read i2"])
  }

  @Test func expiredIteratorIsRenewedBehindTheLastRecordThatWasRead() async {
    let calls = ScriptedCalls(
      iterators: [.success("i1"), .success("j1")],
      reads: [gave(1, 2, next: "i2"), gave(next: "i3"), .failure(Self.expired), gave(3, next: "j2")])
    let shard = calls.shard(from: .trimHorizon)
    for expected in ["[1, 2] then i2", "[] then i3", "[3] then j2"] { #expect(await read(shard) == expected) }
    #expect(calls.calls == ["trim horizon", "read i1", "read i2", "read i3", "after 2", "read j1"])
  }

  @Test func expiredIteratorOfAShardThatGaveNothingBeginsAnew() async {
    let calls = ScriptedCalls(
      iterators: [.success("i1"), .success("j1")],
      reads: [gave(next: "i2"), .failure(Self.expired), gave(1, next: "j2")])
    let shard = calls.shard(from: .after(SequenceNumber("7")))
    #expect(await read(shard) == "[] then i2")
    #expect(await read(shard) == "[1] then j2")
    #expect(calls.calls == ["after 7", "read i1", "read i2", "after 7", "read j1"])
  }

  /// `LATEST` is what came since the mapping was made.
  @Test func iteratorThatIsRefusedGivesWayToItsTime() async {
    let calls = ScriptedCalls(iterators: [.success("j1")], reads: [.failure(Self.expired), gave(1, next: "j2")])
    let shard = calls.shard(from: .iterator("i1", else: Milliseconds(1234)))
    #expect(await read(shard) == "[1] then j2")
    #expect(calls.calls == ["read i1", "at 1234", "read j1"])
  }

  @Test func streamWithoutTimesIsReadFromItsBeginningAndOlderRecordsAreSkipped() async {
    let calls = ScriptedCalls(
      iterators: [.success("j1"), .success("k1")],
      reads: [
        .failure(Self.expired), gave(1, 2, next: "j2", arrival: 3999), gave(3, next: "j3", arrival: 4000),
        .failure(Self.expired), gave(4, next: "k2", arrival: 4000),
      ])
    // Made within second 4: what came in that second may have come after it.
    let shard = calls.shard(from: .iterator("i1", else: Milliseconds(4999)), knowsTime: false)
    for expected in ["[] then j2", "[3] then j3", "[4] then k2"] { #expect(await read(shard) == expected) }
    #expect(
      calls.calls == ["read i1", "trim horizon", "read j1", "read j2", "read j3", "after 3", "read k1"])
  }

  @Test func recordsThatWereSkippedAreNotReadAgain() async {
    let calls = ScriptedCalls(
      iterators: [.success("j1"), .success("k1")],
      reads: [gave(1, 2, next: "j2", arrival: 0), .failure(Self.expired), gave(3, next: "k2")])
    let shard = calls.shard(from: .since(Milliseconds(5000)), knowsTime: false)
    #expect(await read(shard) == "[] then j2")
    #expect(await read(shard) == "[3] then k2")
    #expect(calls.calls == ["trim horizon", "read j1", "read j2", "after 2", "read k1"])
  }

  /// Records expire, and a stream is made anew under its old name.
  @Test(arguments: ["InvalidArgumentException", "ValidationException", "TrimmedDataAccessException"])
  func checkpointThatIsRefusedGivesWayToTheBeginning(code: String) async {
    let calls = ScriptedCalls(
      iterators: [.failure(Self.error(code)), .success("i1")], reads: [gave(9, next: "i2")])
    #expect(await read(calls.shard(from: .after(SequenceNumber("7")))) == "[9] then i2")
    #expect(calls.calls == ["after 7", "trim horizon", "read i1"])
  }

  @Test(arguments: ["ResourceNotFoundException", "AccessDeniedException"])
  func checkpointIsKeptWhereSomethingElseIsWrong(code: String) async {
    let calls = ScriptedCalls(
      iterators: [.failure(Self.error(code)), .success("i1")], reads: [gave(8, next: "i2")])
    let shard = calls.shard(from: .after(SequenceNumber("7")))
    #expect(await read(shard) == code)
    #expect(await read(shard) == "[8] then i2")
    #expect(calls.calls == ["after 7", "after 7", "read i1"])
  }

  @Test(arguments: [
    error("ProvisionedThroughputExceededException"), error("ResourceNotFoundException"),
    .connection(endpoint: "e", reason: "refused"), .timeout(endpoint: "e", after: .seconds(1)),
    .invalidAnswer(endpoint: "e", reason: "no JSON"), .cancelled,
  ]) func iteratorIsKeptWhereItIsNotRefused(error: AWSError) async {
    let calls = ScriptedCalls(
      iterators: [.success("i1")], reads: [gave(1, next: "i2"), .failure(error), gave(2, next: "i3")])
    let shard = calls.shard(from: .trimHorizon)
    _ = await read(shard)
    await #expect(throws: error) { try await shard.next(limit: 1) }
    #expect(await read(shard) == "[2] then i3")
    #expect(calls.calls == ["trim horizon", "read i1", "read i2", "read i2"])
  }

  @Test func newIteratorThatIsRefusedTooIsAnError() async {
    let calls = ScriptedCalls(
      iterators: [.success("i1"), .success("j1"), .success("k1")],
      reads: [gave(1, next: "i2"), .failure(Self.expired), .failure(Self.expired), gave(2, next: "k2")])
    let shard = calls.shard(from: .trimHorizon)
    _ = await read(shard)
    #expect(await read(shard) == "ExpiredIteratorException")
    #expect(await read(shard) == "[2] then k2")
    #expect(calls.calls == ["trim horizon", "read i1", "read i2", "after 1", "read j1", "after 1", "read k1"])
  }
}
