import AWSClient
import Delivery
import JSON
import Mappings
import Synchronization
import Testing

@testable import EventSources

/// A stream in memory, whose shards have what a test puts into them.
final class ScriptedStream: StreamSource {
  private struct State {
    var shards: [ShardLineage.Shard] = [.init(id: "s")]
    var records: [String: [StreamRecord]] = [:]
    var ended: Set<String> = []
    var failures: [Call: AWSError] = [:]
    var iterators: [String: String] = [:]
  }

  /// What can fail.
  enum Call: Hashable {
    case check, list, read, iterator
  }

  let arn: ARN
  let readLimit: Int
  let pushes = false
  let batchInfoName = "KinesisBatchInfo"
  private let state = Mutex(State())
  /// Told of every reader, as `s from after 3`.
  let readers = Mailbox<String>()

  static let missing = AWSError.service(
    AWSServiceError(status: 400, code: "ResourceNotFoundException", message: "Stream s not found."))
  static let refused = AWSError.connection(endpoint: "http://kinesis.test:1", reason: "connection refused")

  init(readLimit: Int = 1000) throws {
    arn = try #require(ARN(StreamSources.kinesisARN))
    self.readLimit = readLimit
  }

  // MARK: What the test says

  func list(_ shards: ShardLineage.Shard...) { list(shards) }

  func list(_ shards: [ShardLineage.Shard]) { state.withLock { $0.shards = shards } }

  /// Records that are their numbers; `key` decides their lane.
  func put(_ numbers: some Sequence<Int>, into shard: String = "s", key: UInt64 = 0) {
    let records = numbers.map { StreamRecord.make($0, arrival: Milliseconds.now().count, key: key) }
    state.withLock { $0.records[shard, default: []] += records }
  }

  func put(_ record: StreamRecord) { state.withLock { $0.records["s", default: []].append(record) } }

  func end(_ shard: String = "s") { state.withLock { _ = $0.ended.insert(shard) } }

  func keep(_ iterator: String?, for shard: String) { state.withLock { $0.iterators[shard] = iterator } }

  func fail(_ call: Call, _ error: AWSError?) { state.withLock { $0.failures[call] = error } }

  // MARK: What the stream does

  private func check(_ call: Call) throws(AWSError) {
    if let error = state.withLock({ $0.failures[call] }) { throw error }
  }

  func check() async throws(AWSError) { try check(.check) }

  func shards() async throws(AWSError) -> [ShardLineage.Shard] {
    try check(.list)
    return state.withLock(\.shards)
  }

  func latestIterator(of shard: String) async throws(AWSError) -> String? {
    try check(.iterator)
    return state.withLock { $0.iterators[shard] }
  }

  func reader(of shard: String, from start: ShardStart) -> any ShardReader {
    let words =
      switch start {
      case .trimHorizon: "the beginning"
      case .after(let number): "after \(number)"
      case .iterator(let iterator, _): "iterator \(iterator)"
      case .since(let time): "\(time.count)"
      }
    readers.send("\(shard) from \(words)")
    return Reader(stream: self, shard: shard, start: start)
  }

  func view(of record: StreamRecord) -> JSONValue? { try? JSONValue(parsing: record.record) }

  func arrivalText(_ time: Milliseconds) -> String { time.text }

  private final class Reader: ShardReader {
    private let stream: ScriptedStream
    private let shard: String
    private let last: Mutex<SequenceNumber?>

    init(stream: ScriptedStream, shard: String, start: ShardStart) {
      self.stream = stream
      self.shard = shard
      if case .after(let number) = start { last = Mutex(number) } else { last = Mutex(nil) }
    }

    func next(limit: Int) async throws(AWSError) -> ShardAnswer {
      try stream.check(.read)
      let (records, hasEnded, isThere) = stream.state.withLock { state in
        (state.records[shard] ?? [], state.ended.contains(shard), state.shards.contains { $0.id == shard })
      }
      guard isThere else { throw ScriptedStream.missing }
      return last.withLock { last in
        let rest = records.filter { record in last.map { $0 < record.sequenceNumber } ?? true }
        let given = Array(rest.prefix(limit))
        if let record = given.last { last = record.sequenceNumber }
        let isAll = given.count == rest.count
        return ShardAnswer(records: given, next: hasEnded && isAll ? nil : "i", millisBehindLatest: isAll ? 0 : 1)
      }
    }
  }
}
