public import Mappings
public import SQLite

/// The checkpoints on SQLite.
public struct SQLiteCheckpointStore: CheckpointStore {
  private let store: SQLiteMappingStore

  /// Checkpoints in an opened database.
  public init(_ database: Database) {
    store = SQLiteMappingStore(database)
  }

  public func checkpoints(of mapping: MappingID) throws(MappingError) -> [ShardCheckpoint] {
    try store.read { (connection) throws(SQLiteError) in try connection.checkpoints(of: mapping) }
  }

  public func save(_ checkpoint: ShardCheckpoint, of mapping: MappingID) async throws(MappingError) {
    // A machine that ends suddenly may repeat a few batches, as it may repeat one anyway.
    try await store.write(.process) { connection in try connection.save(checkpoint, of: mapping) }
  }

  public func remove(shards: [String], of mapping: MappingID) async throws(MappingError) {
    try await store.write { connection in
      for shard in shards {
        try connection.run(
          "DELETE FROM checkpoints WHERE mapping = ? AND shard = ?", [.text(mapping.description), .text(shard)])
      }
    }
  }
}
