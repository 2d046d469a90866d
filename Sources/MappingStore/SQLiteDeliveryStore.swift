public import Mappings
public import SQLite

/// The journal on SQLite.
public struct SQLiteDeliveryStore: DeliveryStore {
  private let store: SQLiteMappingStore

  /// A journal on an opened database.
  public init(_ database: Database) {
    store = SQLiteMappingStore(database)
  }

  public func append(_ deliveries: [DeliveryRecord], keeping kept: Int) async throws(MappingError) {
    try await store.write(.process) { connection in
      for delivery in deliveries { try connection.insert(delivery) }
      for mapping in Set(deliveries.map(\.mapping)) { try connection.trimDeliveries(of: mapping, to: kept) }
    }
  }

  public func removeOrphans() async throws(MappingError) {
    try await store.write { connection in
      _ = try connection.run("DELETE FROM deliveries WHERE mapping NOT IN (SELECT id FROM mappings)")
    }
  }

  public func deliveries(
    after sequence: Int64, of mapping: MappingID?, limit: Int
  ) throws(MappingError) -> [DeliveryRecord] {
    try store.read { (connection) throws(SQLiteError) in
      try connection.deliveries(after: sequence, of: mapping, limit: limit)
    }
  }
}

/// The rows of `deliveries`.
extension Connection {
  fileprivate func insert(_ delivery: DeliveryRecord) throws(SQLiteError) {
    try run(
      """
      INSERT INTO deliveries (mapping, function_arn, source_arn, started_at, duration, attempt, batch_size,
                              outcome, error, event, event_bytes, answer, answer_bytes)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(delivery.mapping.description), .text(delivery.function.description), .optional(delivery.sourceARN),
        .integer(delivery.startedAt.count), .integer(delivery.durationMicroseconds), .integer(delivery.attempt),
        .integer(delivery.batchSize), .text(delivery.outcome.rawValue), .optional(delivery.error),
        .blob(delivery.event.bytes), .integer(delivery.event.byteCount), .blob(delivery.answer.bytes),
        .integer(delivery.answer.byteCount),
      ])
  }

  fileprivate func trimDeliveries(of mapping: MappingID, to kept: Int) throws(SQLiteError) {
    try run(
      """
      DELETE FROM deliveries
      WHERE mapping = ?1
        AND sequence <= (SELECT sequence FROM deliveries WHERE mapping = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)
      """, [.text(mapping.description), .integer(kept)])
  }

  fileprivate func deliveries(
    after sequence: Int64, of mapping: MappingID?, limit: Int
  ) throws(SQLiteError) -> [DeliveryRecord] {
    let columns = """
      SELECT sequence, mapping, function_arn, source_arn, started_at, duration, attempt, batch_size, outcome, error,
             event, event_bytes, answer, answer_bytes
      FROM   deliveries
      """
    guard let mapping else {
      return try query(
        "\(columns) WHERE sequence > ? ORDER BY sequence LIMIT ?", [.integer(sequence), .integer(limit)],
        DeliveryRecord.init)
    }
    return try query(
      "\(columns) WHERE mapping = ? AND sequence > ? ORDER BY sequence LIMIT ?",
      [.text(mapping.description), .integer(sequence), .integer(limit)], DeliveryRecord.init)
  }
}

extension DeliveryRecord {
  /// Reads the columns in the order of the query above.
  fileprivate init(_ row: Row) throws(SQLiteError) {
    guard let outcome = Outcome(rawValue: row.text(8)) else {
      throw SQLiteError.unreadable("delivery \(row.integer(0)) has outcome '\(row.text(8))'")
    }
    self.init(
      sequence: row.integer(0), mapping: MappingID(stored: row.text(1)), function: FunctionARN(stored: row.text(2)),
      sourceARN: row.optionalText(3), startedAt: Milliseconds(row.integer(4)), durationMicroseconds: row.integer(5),
      attempt: Int(row.integer(6)), batchSize: Int(row.integer(7)), outcome: outcome, error: row.optionalText(9),
      event: JournaledPayload(bytes: row.bytes(10), byteCount: Int(row.integer(11))),
      answer: JournaledPayload(bytes: row.bytes(12), byteCount: Int(row.integer(13))))
  }
}
