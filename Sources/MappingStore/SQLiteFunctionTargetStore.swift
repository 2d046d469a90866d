public import Mappings
public import SQLite

/// The targets of functions on SQLite.
public struct SQLiteFunctionTargetStore: FunctionTargetStore {
  private let store: SQLiteMappingStore

  /// A store on an opened database.
  public init(_ database: Database) {
    store = SQLiteMappingStore(database)
  }

  public func functionTargets() throws(MappingError) -> [StoredFunctionTarget] {
    try store.read { (connection) throws(SQLiteError) in
      try connection.query("SELECT name, target, concurrency, timeout FROM function_targets ORDER BY name") { row in
        StoredFunctionTarget(
          name: row.text(0), target: row.text(1), concurrency: row.optionalInteger(2).map(Int.init),
          timeoutMilliseconds: row.optionalInteger(3))
      }
    }
  }

  public func setFunctionTarget(_ target: StoredFunctionTarget) async throws(MappingError) {
    try await store.write { connection in
      _ = try connection.run(
        """
        INSERT INTO function_targets (name, target, concurrency, timeout) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE
        SET target = excluded.target, concurrency = excluded.concurrency, timeout = excluded.timeout
        """,
        [
          .text(target.name), .text(target.target), .optional(target.concurrency.map(Int64.init)),
          .optional(target.timeoutMilliseconds),
        ])
    }
  }

  public func removeFunctionTarget(_ name: String) async throws(MappingError) -> Bool {
    try await store.write { connection in
      try connection.run("DELETE FROM function_targets WHERE name = ?", [.text(name)]) > 0
    }
  }
}
