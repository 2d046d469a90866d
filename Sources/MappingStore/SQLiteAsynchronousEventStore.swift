public import Mappings
public import SQLite

/// The asynchronous events on SQLite.
public struct SQLiteAsynchronousEventStore: AsynchronousEventStore {
  private let store: SQLiteMappingStore

  /// Events in an opened database.
  public init(_ database: Database) {
    store = SQLiteMappingStore(database)
  }

  public func append(_ events: [AsynchronousEvent]) async throws(MappingError) -> [Int64] {
    try await store.write { connection in
      try events.map { event in
        try connection.insert(event)
        return connection.lastInsertedRowID
      }
    }
  }

  public func asynchronousEvent(_ sequence: Int64) throws(MappingError) -> AsynchronousEvent? {
    try store.read { (connection) throws(SQLiteError) in
      try connection.first(
        """
        SELECT sequence, request_id, mapping, function_arn, source_arn, accepted_at, due_at, attempts, failures, delays,
               given_up, dead_letter_queue, on_failure, on_success, last_error, payload
        FROM   asynchronous_events
        WHERE  sequence = ?
        """, [.integer(sequence)], AsynchronousEvent.init)
    }
  }

  public func waitingEvents() throws(MappingError) -> [WaitingEvent] {
    try store.read { (connection) throws(SQLiteError) in
      try connection.query("SELECT sequence, function_arn, due_at FROM asynchronous_events ORDER BY due_at") { row in
        WaitingEvent(
          sequence: row.integer(0), function: FunctionARN(stored: row.text(1)), dueAt: Milliseconds(row.integer(2)))
      }
    }
  }

  public func update(_ event: AsynchronousEvent) async throws(MappingError) {
    try await store.write(.process) { connection in
      _ = try connection.run(
        """
        UPDATE asynchronous_events
        SET    due_at = ?, attempts = ?, failures = ?, delays = ?, given_up = ?, dead_letter_queue = ?, on_failure = ?,
               on_success = ?, last_error = ?
        WHERE  sequence = ?
        """,
        [
          .integer(event.dueAt.count), .integer(event.attempts), .integer(event.failures), .integer(event.delays),
          .optional(event.ended?.rawValue), .optional(event.destinations.deadLetterQueue),
          .optional(event.destinations.onFailure), .optional(event.destinations.onSuccess), .blob(event.lastAnswer),
          .integer(event.sequence),
        ])
    }
  }

  public func removeAsynchronousEvent(_ sequence: Int64) async throws(MappingError) {
    try await store.write(.process) { connection in
      _ = try connection.run("DELETE FROM asynchronous_events WHERE sequence = ?", [.integer(sequence)])
    }
  }
}

extension Connection {
  fileprivate func insert(_ event: AsynchronousEvent) throws(SQLiteError) {
    try run(
      """
      INSERT INTO asynchronous_events (request_id, mapping, function_arn, source_arn, accepted_at, due_at, attempts,
                                       failures, delays, given_up, dead_letter_queue, on_failure, on_success,
                                       last_error, payload)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(event.requestID), .optional(event.mapping?.description), .text(event.function.description),
        .optional(event.sourceARN), .integer(event.acceptedAt.count), .integer(event.dueAt.count),
        .integer(event.attempts), .integer(event.failures), .integer(event.delays),
        .optional(event.ended?.rawValue), .optional(event.destinations.deadLetterQueue),
        .optional(event.destinations.onFailure), .optional(event.destinations.onSuccess), .blob(event.lastAnswer),
        .blob(event.payload),
      ])
  }
}

extension AsynchronousEvent {
  /// Reads the columns in the order of the query above.
  fileprivate init(_ row: Row) throws(SQLiteError) {
    self.init(
      sequence: row.integer(0), requestID: row.text(1), mapping: row.optionalText(2).map(MappingID.init(stored:)),
      function: FunctionARN(stored: row.text(3)), sourceARN: row.optionalText(4), payload: row.bytes(15),
      acceptedAt: Milliseconds(row.integer(5)), dueAt: Milliseconds(row.integer(6)), attempts: Int(row.integer(7)),
      failures: Int(row.integer(8)), delays: Int(row.integer(9)), lastAnswer: row.bytes(14),
      ended: row.optionalText(10).flatMap(Ending.init(rawValue:)),
      destinations: Destinations(
        deadLetterQueue: row.optionalText(11), onFailure: row.optionalText(12),
        onSuccess: row.optionalText(13)))
  }
}
