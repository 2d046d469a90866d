import CSQLite

/// What SQLite refused, by its result code (https://sqlite.org/rescode.html): never by its text.
public struct SQLiteError: Error, Sendable, Equatable {
  /// The extended result code.
  public let code: Int32
  /// SQLite's own words; for the log.
  public let message: String

  /// An error with SQLite's code and words.
  public init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// A row that this program did not write.
  public static func unreadable(_ what: String) -> SQLiteError { SQLiteError(code: SQLITE_MISMATCH, message: what) }

  init(_ handle: OpaquePointer?, code: Int32) {
    let extended = handle.map { sqlite3_extended_errcode($0) } ?? code
    // The handle's code belongs to its last call, which need not be the one that failed.
    self.code = extended & 0xFF == code & 0xFF ? extended : code
    message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
  }

  /// Whether a unique index or a primary key stood in the way.
  public var isUniqueViolation: Bool {
    // Swift cannot see these two macros: SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY.
    code == SQLITE_CONSTRAINT | 8 << 8 || code == SQLITE_CONSTRAINT | 6 << 8
  }

  private var primaryCode: Int32 { code & 0xFF }

  /// What a person can do about it, in one clause.
  var remedy: String {
    switch primaryCode {
    case SQLITE_FULL: "the disk is full"
    case SQLITE_READONLY: "the database or its folder is read-only"
    case SQLITE_BUSY, SQLITE_LOCKED: "another process holds the database"
    case SQLITE_CORRUPT: "the database is damaged"
    case SQLITE_NOTADB: "the file is not an SQLite database"
    case SQLITE_CANTOPEN: "the file cannot be opened or made"
    case SQLITE_IOERR: "reading or writing the file failed"
    case SQLITE_PERM, SQLITE_AUTH: "no permission"
    default: "SQLite refused"
    }
  }
}

extension SQLiteError: CustomStringConvertible {
  /// One line: what it means, and SQLite's own words.
  public var description: String { "\(remedy) (\(message), code \(code))" }
}
