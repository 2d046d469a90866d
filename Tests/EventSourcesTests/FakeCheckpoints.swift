import Delivery
import Mappings
import Synchronization

/// Checkpoints in memory, on a disk that can fail.
final class FakeCheckpoints: CheckpointStore {
  private struct State {
    var kept: [MappingID: [String: ShardCheckpoint]] = [:]
    var fails = false
  }

  private let state = Mutex(State())
  /// Told of every checkpoint that was kept, as `SHARD 3 -`, a dash for a lane that has done nothing.
  let saves = Mailbox<String>()
  /// Told of shards that were forgotten.
  let removals = Mailbox<[String]>()

  func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

  /// A mapping's checkpoint of a shard.
  func checkpoint(_ shard: String, of mapping: MappingID) -> ShardCheckpoint? {
    state.withLock { $0.kept[mapping]?[shard] }
  }

  func put(_ checkpoint: ShardCheckpoint, of mapping: MappingID) {
    state.withLock { $0.kept[mapping, default: [:]][checkpoint.shard] = checkpoint }
  }

  func checkpoints(of mapping: MappingID) throws(MappingError) -> [ShardCheckpoint] {
    state.withLock { $0.kept[mapping].map { Array($0.values) } ?? [] }
  }

  func save(_ checkpoint: ShardCheckpoint, of mapping: MappingID) async throws(MappingError) {
    if state.withLock({ $0.fails }) { throw .store("the disk is full") }
    put(checkpoint, of: mapping)
    let lanes = checkpoint.lanes.map { $0?.description ?? "-" }.joined(separator: " ")
    saves.send("\(checkpoint.shard) \(lanes)\(checkpoint.isFinished ? " finished" : "")")
  }

  func remove(shards: [String], of mapping: MappingID) async throws(MappingError) {
    state.withLock { state in
      for shard in shards { state.kept[mapping]?[shard] = nil }
    }
    removals.send(shards)
  }
}
