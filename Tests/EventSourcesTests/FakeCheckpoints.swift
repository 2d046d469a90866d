import Mappings
import Synchronization

/// Checkpoints in memory.
final class FakeCheckpoints: CheckpointStore {
  private let kept = Mutex<[MappingID: [String: ShardCheckpoint]]>([:])

  func checkpoints(of mapping: MappingID) throws(MappingError) -> [ShardCheckpoint] {
    kept.withLock { $0[mapping].map { Array($0.values) } ?? [] }
  }

  func save(_ checkpoint: ShardCheckpoint, of mapping: MappingID) async throws(MappingError) {
    kept.withLock { $0[mapping, default: [:]][checkpoint.shard] = checkpoint }
  }

  func remove(shards: [String], of mapping: MappingID) async throws(MappingError) {
    kept.withLock { kept in
      for shard in shards { kept[mapping]?[shard] = nil }
    }
  }
}
