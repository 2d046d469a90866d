import JSON
import Mappings
public import SQLite
public import Templates

/// The stacks on SQLite.
public struct SQLiteStackStore: StackStore {
  private let store: SQLiteMappingStore

  /// Stacks in an opened database.
  public init(_ database: Database) {
    store = SQLiteMappingStore(database)
  }

  // MARK: Reading

  public func stacks(account: String, region: String) throws(StackStoreError) -> [StackRecord] {
    try read { (connection) throws(SQLiteError) in
      try connection.query(
        "\(StackRecord.columns) WHERE account = ? AND region = ? ORDER BY name", [.text(account), .text(region)],
        StackRecord.init)
    }
  }

  public func unsettledStacks() throws(StackStoreError) -> [StackRecord] {
    try read { (connection) throws(SQLiteError) in
      try connection.query(StackRecord.columns, [], StackRecord.init).filter { !$0.status.isSettled }
    }
  }

  public func stack(_ identity: StackIdentity) throws(StackStoreError) -> StackRecord? {
    try read { (connection) throws(SQLiteError) in
      try connection.first(
        "\(StackRecord.columns) WHERE account = ? AND region = ? AND name = ?", identity.values, StackRecord.init)
    }
  }

  public func entries(of identity: StackIdentity) throws(StackStoreError) -> [StackEntry] {
    try read { (connection) throws(SQLiteError) in
      try connection.query(
        """
        SELECT key, item, undo FROM stack_entries
        WHERE  account = ? AND region = ? AND stack = ? ORDER BY key
        """, identity.values, StackEntry.init)
    }
  }

  // MARK: Writing

  public func save(_ record: StackRecord) async throws(StackStoreError) {
    try await write { connection in try connection.save(record) }
  }

  public func save(_ entry: StackEntry, of identity: StackIdentity) async throws(StackStoreError) {
    try await write { connection in
      try connection.run(
        "INSERT OR REPLACE INTO stack_entries (account, region, stack, key, item, undo) VALUES (?, ?, ?, ?, ?, ?)",
        identity.values + [.text(entry.key), .optional(entry.item?.json.text), .optional(entry.undo.json?.text)])
    }
  }

  public func removeEntry(_ key: String, of identity: StackIdentity) async throws(StackStoreError) {
    try await write { connection in
      try connection.run(
        "DELETE FROM stack_entries WHERE account = ? AND region = ? AND stack = ? AND key = ?",
        identity.values + [.text(key)])
    }
  }

  public func settle(_ record: StackRecord) async throws(StackStoreError) {
    try await write { connection in
      try connection.save(record)
      try connection.run(
        "DELETE FROM stack_entries WHERE account = ? AND region = ? AND stack = ? AND item IS NULL",
        record.identity.values)
      try connection.run(
        "UPDATE stack_entries SET undo = NULL WHERE account = ? AND region = ? AND stack = ? AND undo IS NOT NULL",
        record.identity.values)
    }
  }

  public func remove(_ identity: StackIdentity) async throws(StackStoreError) {
    try await write { connection in
      // Its entries go with it.
      try connection.run("DELETE FROM stacks WHERE account = ? AND region = ? AND name = ?", identity.values)
    }
  }

  // MARK: Between the layers' errors

  private func read<Result>(
    _ body: (Connection) throws(SQLiteError) -> Result
  ) throws(StackStoreError) -> Result {
    do throws(MappingError) { return try store.read(body) } catch { throw StackStoreError("\(error)") }
  }

  private func write(_ body: @escaping @Sendable (Connection) throws -> Void) async throws(StackStoreError) {
    do throws(MappingError) { try await store.write { try body($0) } } catch { throw StackStoreError("\(error)") }
  }
}
