import CSQLite

/// A prepared statement, kept for as long as its connection.
@usableFromInline
struct Statement {
  private let handle: OpaquePointer
  private let database: OpaquePointer

  init(_ connection: Connection, _ sql: String) throws(SQLiteError) {
    var handle: OpaquePointer?
    let status = sqlite3_prepare_v3(
      connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard status == SQLITE_OK, let handle else { throw SQLiteError(connection.handle, code: status) }
    self.handle = handle
    database = connection.handle
  }

  @usableFromInline
  func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
    for (offset, value) in values.enumerated() {
      let index = Int32(offset + 1)
      let status =
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let number): sqlite3_bind_int64(handle, index, number)
        case .text(let text): bind(text, at: index)
        case .blob(let bytes): sqlite3_bind_blob64(handle, index, bytes, sqlite3_uint64(bytes.count), transient)
        }
      guard status == SQLITE_OK else { throw SQLiteError(database, code: status) }
    }
  }

  private func bind(_ text: String, at index: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { utf8 in
      // An empty string may have no address, which SQLite would take for NULL.
      guard let start = utf8.baseAddress else { return sqlite3_bind_text(handle, index, "", 0, transient) }
      return start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
        sqlite3_bind_text(handle, index, $0, Int32(utf8.count), transient)
      }
    }
  }

  /// - Returns: whether there is a row.
  @usableFromInline
  func step() throws(SQLiteError) -> Bool {
    let status = sqlite3_step(handle)
    switch status {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw SQLiteError(database, code: status)
    }
  }

  @usableFromInline
  var row: Row { Row(handle) }

  /// Makes the statement ready for its next run, and lets go of the locks and values of this one.
  @usableFromInline
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  func finalize() {
    sqlite3_finalize(handle)
  }
}

/// SQLite copies the value before the call returns.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
