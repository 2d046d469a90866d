import LambdaWire
import Mappings
import SQLite

/// A mapping with its place in the order of creation.
struct StoredMapping {
  var sequence: Int64
  var mapping: EventSourceMapping
}

/// What every reading of a mapping starts with; `StoredMapping` reads the columns in this order.
private let columns = """
  SELECT sequence, id, account, region, function_arn, source_arn, kind, state, state_reason, settles_at,
         settles_as, last_processing_result, created_at, modified_at, revision, parameters
  FROM   mappings
  """

/// Made once: this is the reading that happens all the time.
private let mappingByID = "\(columns) WHERE id = ? AND account = ? AND region = ?"

/// The rows of `mappings`.
extension Connection {
  func mapping(_ id: MappingID, in scope: Scope) throws(SQLiteError) -> StoredMapping? {
    try first(
      mappingByID,
      [.text(id.description), .text(scope.account), .text(scope.region)], StoredMapping.init)
  }

  func sequence(of id: MappingID, in scope: Scope) throws(SQLiteError) -> Int64? {
    try first(
      "SELECT sequence FROM mappings WHERE id = ? AND account = ? AND region = ?",
      [.text(id.description), .text(scope.account), .text(scope.region)]
    ) { $0.integer(0) }
  }

  /// Each combination of filters has its own statement, and with it its own index.
  func mappings(
    in scope: Scope, where filter: MappingFilter, after sequence: Int64, limit: Int
  ) throws(SQLiteError) -> [StoredMapping] {
    let scoped: [SQLiteValue] = [.text(scope.account), .text(scope.region)]
    let page: [SQLiteValue] = [.integer(sequence), .integer(limit)]
    switch (filter.function, filter.sourceARN) {
    case (nil, nil):
      return try query(
        """
        \(columns)
        WHERE account = ? AND region = ? AND sequence > ?
        ORDER BY sequence LIMIT ?
        """, scoped + page, StoredMapping.init)
    case (let function?, nil):
      return try query(
        """
        \(columns)
        WHERE account = ? AND region = ? AND function_arn = ? AND sequence > ?
        ORDER BY sequence LIMIT ?
        """, scoped + [.text(function.description)] + page, StoredMapping.init)
    case (nil, let source?):
      return try query(
        """
        \(columns)
        WHERE account = ? AND region = ? AND source_arn = ? AND sequence > ?
        ORDER BY sequence LIMIT ?
        """, scoped + [.text(source)] + page, StoredMapping.init)
    case (let function?, let source?):
      return try query(
        """
        \(columns)
        WHERE account = ? AND region = ? AND function_arn = ? AND source_arn = ? AND sequence > ?
        ORDER BY sequence LIMIT ?
        """, scoped + [.text(function.description), .text(source)] + page, StoredMapping.init)
    }
  }

  func allMappings(after sequence: Int64, limit: Int) throws(SQLiteError) -> [StoredMapping] {
    try query(
      """
      \(columns)
      WHERE sequence > ?
      ORDER BY sequence LIMIT ?
      """, [.integer(sequence), .integer(limit)], StoredMapping.init)
  }

  func hasUnsettled(dueBy now: Milliseconds) throws(SQLiteError) -> Bool {
    try first("SELECT 1 FROM mappings WHERE settles_at <= ? LIMIT 1", [.integer(now.count)]) { _ in true } ?? false
  }

  func unsettled(dueBy now: Milliseconds) throws(SQLiteError) -> [StoredMapping] {
    try query(
      """
      \(columns)
      WHERE settles_at <= ?
      ORDER BY settles_at, sequence
      """, [.integer(now.count)], StoredMapping.init)
  }

  func insert(_ mapping: EventSourceMapping) throws(SQLiteError) -> Int64 {
    try run(
      """
      INSERT INTO mappings (id, account, region, source_arn, kind, created_at,
                            function_arn, state, state_reason, settles_at, settles_as,
                            last_processing_result, modified_at, revision, parameters)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(mapping.id.description), .text(mapping.scope.account), .text(mapping.scope.region),
        .optional(mapping.sourceARN), .text(mapping.kind.rawValue), .integer(mapping.createdAt.count),
      ] + mapping.changingValues)
    return lastInsertedRowID
  }

  func update(_ mapping: EventSourceMapping, at sequence: Int64) throws(SQLiteError) {
    try run(
      """
      UPDATE mappings
      SET    function_arn = ?, state = ?, state_reason = ?, settles_at = ?, settles_as = ?,
             last_processing_result = ?, modified_at = ?, revision = ?, parameters = ?
      WHERE  sequence = ?
      """, mapping.changingValues + [.integer(sequence)])
  }

  func delete(_ sequence: Int64) throws(SQLiteError) {
    try run("DELETE FROM mappings WHERE sequence = ?", [.integer(sequence)])
  }
}

extension EventSourceMapping {
  /// The values of the columns that may change, in the order of the statements above.
  fileprivate var changingValues: [SQLiteValue] {
    [
      .text(function.description), .text(state.rawValue), .text(stateReason), .optional(settlement?.at.count),
      .optional(settlement?.state?.rawValue), .optional(lastProcessingResult), .integer(modifiedAt.count),
      .integer(revision), .text(String(decoding: parameters.json, as: UTF8.self)),
    ]
  }
}

extension StoredMapping {
  /// Reads the columns in the order of the queries above.
  init(_ row: Row) throws(SQLiteError) {
    guard let kind = SourceKind(rawValue: row.text(6)), let state = MappingState(rawValue: row.text(7)) else {
      throw SQLiteError.unreadable("mapping \(row.text(1)) has kind '\(row.text(6))' and state '\(row.text(7))'")
    }
    sequence = row.integer(0)
    mapping = EventSourceMapping(
      id: MappingID(stored: row.text(1)), scope: Scope(account: row.text(2), region: row.text(3)),
      function: FunctionARN(stored: row.text(4)), sourceARN: row.optionalText(5), kind: kind, state: state,
      stateReason: row.text(8),
      settlement: row.optionalInteger(9).map { time in
        .init(at: Milliseconds(time), state: MappingState(rawValue: row.text(10)))
      },
      lastProcessingResult: row.optionalText(11), createdAt: Milliseconds(row.integer(12)),
      modifiedAt: Milliseconds(row.integer(13)), revision: row.integer(14),
      parameters: EncodedParameters(json: row.bytes(15)))
  }
}
