import Glibc

/// A connection that several threads use in turn.
@usableFromInline
final class SharedConnection: @unchecked Sendable {
  // Unchecked, because the connection is reached under the lock alone.
  private var connection: Connection?
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// The migrations that opening applied.
  let applied: [Migration]

  init(_ opened: (connection: Connection, applied: [Migration])) {
    connection = opened.connection
    applied = opened.applied
    pthread_mutex_init(lock, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  // Not `Mutex`, which lets nothing out that is not Sendable, and neither bodies nor results need to be.
  @usableFromInline
  func withConnection<Result, Failure: Error>(
    _ body: (Connection) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    guard let connection else { preconditionFailure("the database was closed") }
    return try body(connection)
  }

  /// As `withConnection`, where nobody else uses it now.
  /// - Returns: whether the body ran.
  func tryWithConnection(_ body: (Connection) -> Void) -> Bool {
    guard pthread_mutex_trylock(lock) == 0 else { return false }
    defer { pthread_mutex_unlock(lock) }
    guard let connection else { return false }
    body(connection)
    return true
  }

  /// Closes the connection, after whoever uses it. Nobody may ask for it again.
  func close() {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    connection = nil
  }
}
