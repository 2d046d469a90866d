import CSQLite

/// One connection to a database, with its prepared statements.
///
/// Used by one thread at a time: whoever hands it out sees to that.
public final class Connection {
  let handle: OpaquePointer
  /// Statements by their SQL. There are as many as the program has: none is made out of what a client sends.
  private var statements: [String: Statement] = [:]
  /// Told by SQLite after each commit.
  private let logFrames = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

  enum Mode {
    case readWrite
    case readOnly
  }

  /// How long a statement waits for another process's lock before it fails.
  static let busyTimeoutMilliseconds: Int32 = 5000

  /// Done once in the process, before its first connection.
  private static let isConfigured = headrace_sqlite_without_memory_statistics() == SQLITE_OK

  init(path: String, mode: Mode) throws(SQLiteError) {
    _ = Self.isConfigured
    var handle: OpaquePointer?
    let flags =
      SQLITE_OPEN_NOMUTEX | (mode == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY)
    let status = sqlite3_open_v2(path, &handle, flags, nil)
    guard status == SQLITE_OK, let handle else {
      let error = SQLiteError(handle, code: status)
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
    logFrames.initialize(to: 0)
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, Self.busyTimeoutMilliseconds)
  }

  deinit {
    for statement in statements.values { statement.finalize() }
    sqlite3_close_v2(handle)
    logFrames.deallocate()
  }

  /// Runs statements that take no parameters and give no rows, such as a migration.
  public func execute(script: String) throws(SQLiteError) {
    let status = sqlite3_exec(handle, script, nil, nil, nil)
    guard status == SQLITE_OK else { throw SQLiteError(handle, code: status) }
  }

  /// Runs one statement.
  /// - Returns: how many rows it changed.
  @discardableResult
  public func run(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) -> Int {
    let statement = try statement(sql)
    defer { statement.reset() }
    try statement.bind(values)
    while try statement.step() {}
    return Int(sqlite3_changes(handle))
  }

  /// All rows of a query.
  @inlinable
  public func query<Element>(
    _ sql: String, _ values: [SQLiteValue] = [], _ read: (Row) throws(SQLiteError) -> Element
  ) throws(SQLiteError) -> [Element] {
    let statement = try statement(sql)
    defer { statement.reset() }
    try statement.bind(values)
    var elements: [Element] = []
    while try statement.step() { elements.append(try read(statement.row)) }
    return elements
  }

  /// The first row of a query, or nil.
  @inlinable
  public func first<Element>(
    _ sql: String, _ values: [SQLiteValue] = [], _ read: (Row) throws(SQLiteError) -> Element
  ) throws(SQLiteError) -> Element? {
    let statement = try statement(sql)
    defer { statement.reset() }
    try statement.bind(values)
    return try statement.step() ? try read(statement.row) : nil
  }

  /// The row number of the last insert.
  public var lastInsertedRowID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// From now on nobody writes the log into the database but `checkpoint`.
  func stopCheckpointing() {
    sqlite3_wal_hook(
      handle,
      { frames, _, _, count in
        frames?.assumingMemoryBound(to: Int32.self).pointee = count
        return SQLITE_OK
      }, logFrames)
  }

  /// Pages in the write-ahead log after the last commit, once `stopCheckpointing` was called.
  var pagesInLog: Int { Int(logFrames.pointee) }

  /// Writes what is in the log into the database, as far as no reader needs the log.
  func checkpoint() throws(SQLiteError) {
    try run("PRAGMA wal_checkpoint(PASSIVE)")
    logFrames.pointee = 0
  }

  /// Whether no transaction is open, be it that SQLite itself rolled one back.
  var isOutsideTransaction: Bool { sqlite3_get_autocommit(handle) != 0 }

  @usableFromInline
  func statement(_ sql: String) throws(SQLiteError) -> Statement {
    if let statement = statements[sql] { return statement }
    let statement = try Statement(self, sql)
    statements[sql] = statement
    return statement
  }
}
