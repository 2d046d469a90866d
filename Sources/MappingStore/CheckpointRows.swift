import Mappings
import SQLite

/// The rows of `checkpoints`.
extension Connection {
  func checkpoints(of mapping: MappingID) throws(SQLiteError) -> [ShardCheckpoint] {
    try query(
      """
      SELECT shard, lanes, iterator, finished, window_start, window_state
      FROM   checkpoints
      WHERE  mapping = ?
      """, [.text(mapping.description)], ShardCheckpoint.init)
  }

  /// A mapping that is gone is not brought back by its last checkpoint.
  func save(_ checkpoint: ShardCheckpoint, of mapping: MappingID) throws(SQLiteError) {
    try run(
      """
      INSERT INTO checkpoints (mapping, shard, lanes, iterator, finished, window_start, window_state)
      SELECT id, ?, ?, ?, ?, ?, ? FROM mappings WHERE id = ?
      ON CONFLICT (mapping, shard) DO UPDATE
      SET lanes = excluded.lanes, iterator = excluded.iterator, finished = excluded.finished,
          window_start = excluded.window_start, window_state = excluded.window_state
      """,
      [
        .text(checkpoint.shard), .text(checkpoint.lanes.map { $0?.description ?? "" }.joined(separator: ",")),
        .optional(checkpoint.iterator), .integer(checkpoint.isFinished ? 1 : 0),
        .optional(checkpoint.window?.start.count), checkpoint.window.map { .blob($0.state) } ?? .null,
        .text(mapping.description),
      ])
  }
}

extension ShardCheckpoint {
  /// Reads the columns in the order of the query above.
  fileprivate init(_ row: Row) throws(SQLiteError) {
    let lanes = row.text(1).split(separator: ",", omittingEmptySubsequences: false)
    self.init(
      shard: row.text(0), lanes: lanes.map { $0.isEmpty ? nil : SequenceNumber(String($0)) },
      iterator: row.optionalText(2), isFinished: row.integer(3) != 0,
      window: row.optionalInteger(4).map { OpenWindow(start: Milliseconds($0), state: row.bytes(5)) })
  }
}
