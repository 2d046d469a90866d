import Mappings
import SQLite

/// The rows of `checkpoints`.
extension Connection {
  func checkpoints(of mapping: MappingID) throws(SQLiteError) -> [ShardCheckpoint] {
    try query(
      """
      SELECT shard, lanes, earlier, iterator, finished, window_start, window_state
      FROM   checkpoints
      WHERE  mapping = ?
      """, [.text(mapping.description)], ShardCheckpoint.init)
  }

  /// A mapping that is gone is not brought back by its last checkpoint.
  func save(_ checkpoint: ShardCheckpoint, of mapping: MappingID) throws(SQLiteError) {
    try run(
      """
      INSERT INTO checkpoints (mapping, shard, lanes, earlier, iterator, finished, window_start, window_state)
      SELECT id, ?, ?, ?, ?, ?, ?, ? FROM mappings WHERE id = ?
      ON CONFLICT (mapping, shard) DO UPDATE
      SET lanes = excluded.lanes, earlier = excluded.earlier, iterator = excluded.iterator,
          finished = excluded.finished, window_start = excluded.window_start, window_state = excluded.window_state
      """,
      [
        .text(checkpoint.shard), .text(Self.text(checkpoint.lanes)),
        .text(checkpoint.earlierLanes.map(Self.text).joined(separator: ";")),
        .optional(checkpoint.iterator), .integer(checkpoint.isFinished ? 1 : 0),
        .optional(checkpoint.window?.start.count), checkpoint.window.map { .blob($0.state) } ?? .null,
        .text(mapping.description),
      ])
  }

  private static func text(_ lanes: [SequenceNumber?]) -> String {
    lanes.map { $0?.description ?? "" }.joined(separator: ",")
  }
}

extension ShardCheckpoint {
  /// Reads the columns in the order of the query above.
  fileprivate init(_ row: Row) throws(SQLiteError) {
    self.init(
      shard: row.text(0), lanes: Self.lanes(row.text(1)),
      earlierLanes: row.text(2).split(separator: ";").map { Self.lanes(String($0)) },
      iterator: row.optionalText(3), isFinished: row.integer(4) != 0,
      window: row.optionalInteger(5).map { OpenWindow(start: Milliseconds($0), state: row.bytes(6)) })
  }

  private static func lanes(_ text: String) -> [SequenceNumber?] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { $0.isEmpty ? nil : SequenceNumber(String($0)) }
  }
}
