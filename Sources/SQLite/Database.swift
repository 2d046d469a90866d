/// Where a database lives.
public enum DatabaseLocation: Sendable, Equatable {
  case file(path: String)
  /// In this process alone; forgotten when it ends.
  case memory

  /// `:memory:`, or the path of a file.
  public init(_ text: String) {
    self = text == ":memory:" ? .memory : .file(path: text)
  }
}

/// Why a database cannot be opened.
public enum DatabaseError: Error, Sendable, Equatable {
  case cannotOpen(path: String, SQLiteError)
  case inUse(path: String)
  case cannotMigrate(path: String, MigrationError)
}

extension DatabaseError: CustomStringConvertible {
  /// One line for whoever started the program.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let error): "cannot use database \(path): \(error)"
    case .inUse(let path): "cannot use database \(path): another headrace process uses it"
    case .cannotMigrate(let path, let error): "cannot use database \(path): \(error)"
    }
  }
}

/// A database with one writer and many readers.
///
/// Writes are durable when they are answered, by default on the disk: write-ahead log, `synchronous=FULL`, group commit. Reads run on the
/// calling thread, each on a connection of its own, and see the last commit.
public final class Database: Sendable {
  /// What was applied when the database was opened.
  public let appliedMigrations: [Migration]

  private let writer: GroupCommitWriter
  @usableFromInline
  let readers: ReaderPool
  private let processLock: ProcessLock?

  /// Opens a database, makes it if need be, and brings its schema up to date.
  public init(_ location: DatabaseLocation, migrations: [Migration]) throws(DatabaseError) {
    switch location {
    case .memory:
      let connection = SharedConnection(try Self.open(":memory:", migrations) { _ in })
      appliedMigrations = connection.applied
      readers = ReaderPool(sharing: connection)
      writer = GroupCommitWriter(connection)
      processLock = nil
    case .file(let path):
      var lock: ProcessLock?
      let opened = try Self.open(path, migrations) { connection throws(DatabaseError) in
        lock = try ProcessLock(path: path)
        try Self.naming(path) { () throws(SQLiteError) in
          try connection.execute(script: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
      }
      let connection = SharedConnection(opened)
      appliedMigrations = connection.applied
      readers = try Self.naming(path) { () throws(SQLiteError) in try ReaderPool(path: path) }
      writer = GroupCommitWriter(connection)
      processLock = lock
    }
  }

  private static func open(
    _ path: String, _ migrations: [Migration], prepare: (Connection) throws(DatabaseError) -> Void
  ) throws(DatabaseError) -> (Connection, [Migration]) {
    let connection = try naming(path) { () throws(SQLiteError) in
      let connection = try Connection(path: path, mode: .readWrite)
      // Reads the file's header, so that what is no database is refused before anything is written.
      try connection.execute(script: "PRAGMA foreign_keys = ON; PRAGMA schema_version")
      return connection
    }
    try prepare(connection)
    do throws(MigrationError) {
      return (connection, try MigrationRunner(connection).migrate(migrations))
    } catch {
      throw .cannotMigrate(path: path, error)
    }
  }

  private static func naming<Result>(
    _ path: String, _ body: () throws(SQLiteError) -> Result
  ) throws(DatabaseError) -> Result {
    do throws(SQLiteError) { return try body() } catch { throw .cannotOpen(path: path, error) }
  }

  /// Reads on the calling thread.
  @inlinable
  public func read<Result>(_ body: (Connection) throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
    try readers.withConnection(body)
  }

  /// Queues a change; returns once it is committed, by default to the disk.
  ///
  /// The body sees all earlier changes. An error that it throws undoes what it did and nothing else.
  /// - Throws: the body's error, or the `SQLiteError` that kept the commit from happening.
  public func write<Result: Sendable>(
    _ durability: Durability = .disk, _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    try await writer.write(durability, body)
  }

  /// Commits what is queued, then closes the file and leaves no log of it behind. Later writes fail, and nobody may
  /// read any more.
  public func close() async {
    readers.close()
    await writer.close()
    processLock?.release()
  }
}
