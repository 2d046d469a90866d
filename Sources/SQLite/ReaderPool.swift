import Synchronization

/// Read-only connections. A read takes a free one and gives it back, so there are as many as threads that read at
/// once: one for each event loop, and each of those finds its statements prepared.
@usableFromInline
final class ReaderPool: @unchecked Sendable {
  // Unchecked, because a connection is either in `free`, under its lock, or with the one thread that took it.
  private let path: String
  private let free: Mutex<[Connection]>
  @usableFromInline
  let shared: SharedConnection?

  init(path: String) throws(SQLiteError) {
    self.path = path
    free = Mutex([])
    shared = nil
    // The first one is opened now, so that a database that cannot be read is found at the start.
    giveBack(try Connection(path: path, mode: .readOnly))
  }

  /// For a database in memory, which only its one connection can see.
  init(sharing connection: SharedConnection) {
    path = ""
    free = Mutex([])
    shared = connection
  }

  @inlinable
  func withConnection<Result>(_ body: (Connection) throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
    if let shared { return try shared.withConnection(body) }
    let connection = try take()
    defer { giveBack(connection) }
    return try body(connection)
  }

  /// Closes the connections that nobody uses.
  func close() {
    free.withLock { $0 = [] }
  }

  @usableFromInline
  func take() throws(SQLiteError) -> Connection {
    let box = free.withLock { Box($0.popLast()) }
    if let connection = box.connection { return connection }
    return try Connection(path: path, mode: .readOnly)
  }

  @usableFromInline
  func giveBack(_ connection: Connection) {
    let box = Box(connection)
    free.withLock { free in
      if let connection = box.connection { free.append(connection) }
    }
  }

  /// Carries a connection across the lock's border.
  private struct Box: @unchecked Sendable {
    let connection: Connection?
    init(_ connection: Connection?) { self.connection = connection }
  }
}
