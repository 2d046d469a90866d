import CSQLite
import Synchronization

/// The one writer: a thread that gathers whatever waits and commits it in one transaction. What need not reach the disk is
/// committed by its caller where the thread has nothing to do.
///
/// While one group is being written to disk the next one gathers, so the more is written at once, the less a write
/// costs; a write alone does not wait for company.
final class GroupCommitWriter: Sendable {
  /// Most writes in one transaction: bounds how much is undone when the disk is full.
  private static let maximumGroup = 512

  private struct Queue {
    var waiting: [any QueuedWrite] = []
    var isClosed = false
    var closers: [CheckedContinuation<Void, Never>] = []
    var hasEnded = false
  }

  /// What is reached under the connection's lock alone.
  private final class CommitState: @unchecked Sendable {
    // As the database was opened.
    var durability = Durability.disk
  }

  /// Pages of the log after which it is written into the database (SQLite's own default).
  private static let checkpointPages = 1000

  private let connection: SharedConnection
  private let state = CommitState()
  private let queue = Mutex(Queue())
  private let signal = Semaphore()

  init(_ connection: SharedConnection) {
    self.connection = connection
    // That waits for the disk, which only the writer's thread may do.
    connection.withConnection { $0.stopCheckpointing() }
    Thread.start { [self] in run() }
  }

  func write<Result: Sendable>(
    _ durability: Durability, _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let write = Write(durability: durability, body: body, continuation: continuation)
      if durability == .process, commitAtOnce(write) { return }
      let accepted = queue.withLock { queue in
        guard !queue.isClosed else { return false }
        queue.waiting.append(write)
        return true
      }
      if accepted {
        signal.raise()
      } else {
        write.fail(SQLiteError(code: SQLITE_MISUSE, message: "the database is closed"))
      }
    }
  }

  func close() async {
    await withCheckedContinuation { continuation in
      let hasEnded = queue.withLock { queue in
        queue.isClosed = true
        if !queue.hasEnded { queue.closers.append(continuation) }
        return queue.hasEnded
      }
      if hasEnded { continuation.resume() } else { signal.raise() }
    }
  }

  /// Commits in the caller's thread where nobody else writes: what need not reach the disk takes less time than the way
  /// to another thread and back.
  /// - Returns: whether it did.
  private func commitAtOnce(_ write: any QueuedWrite) -> Bool {
    let isFree = queue.withLock { $0.waiting.isEmpty && !$0.isClosed }
    guard isFree else { return false }
    return connection.tryWithConnection { connection in
      commit([write], on: connection)
      if connection.pagesInLog >= Self.checkpointPages { signal.raise() }
    }
  }

  private func run() {
    while true {
      signal.wait()
      let (group, isClosed) = queue.withLock { queue in
        let group = Array(queue.waiting.prefix(Self.maximumGroup))
        queue.waiting.removeFirst(group.count)
        return (group, queue.isClosed)
      }
      if !group.isEmpty {
        connection.withConnection { commit(group, on: $0) }
        // Whoever did not fit into this group has raised the signal already, maybe for the last time.
        signal.raise()
      } else if isClosed {
        break
      }
      connection.withConnection { connection in
        // What cannot be checkpointed now is next time; the log is as good.
        if connection.pagesInLog >= Self.checkpointPages { try? connection.checkpoint() }
      }
    }
    // The last connection of a file takes its write-ahead log along.
    connection.close()
    let closers = queue.withLock { queue in
      queue.hasEnded = true
      return queue.closers
    }
    for closer in closers { closer.resume() }
  }

  private func commit(_ group: [any QueuedWrite], on connection: Connection) {
    do throws(SQLiteError) {
      try setDurability(to: group.contains { $0.durability == .disk } ? .disk : .process, on: connection)
      try connection.run("BEGIN IMMEDIATE")
      for write in group { try perform(write, on: connection) }
      try connection.run("COMMIT")
      for write in group { write.succeed() }
    } catch {
      if !connection.isOutsideTransaction { _ = try? connection.run("ROLLBACK") }
      // Nothing of the group is on disk: even those that went well are told so.
      for write in group { write.fail(error) }
    }
  }

  /// In a write-ahead log, only the next checkpoint waits for the disk with `NORMAL` (https://sqlite.org/pragma.html).
  private func setDurability(to wanted: Durability, on connection: Connection) throws(SQLiteError) {
    guard state.durability != wanted else { return }
    switch wanted {
    case .disk: try connection.run("PRAGMA synchronous = FULL")
    case .process: try connection.run("PRAGMA synchronous = NORMAL")
    }
    state.durability = wanted
  }

  /// Performs one write so that its failure undoes nothing of its neighbours.
  private func perform(_ write: any QueuedWrite, on connection: Connection) throws(SQLiteError) {
    try connection.run("SAVEPOINT one")
    if !write.perform(on: connection) {
      // A full disk makes SQLite roll the whole transaction back by itself (https://sqlite.org/lang_transaction.html).
      guard !connection.isOutsideTransaction else {
        throw write.sqliteError ?? SQLiteError(code: SQLITE_ABORT, message: "rolled back")
      }
      try connection.run("ROLLBACK TO one")
    }
    try connection.run("RELEASE one")
  }
}

/// A write whose result type is forgotten.
private protocol QueuedWrite: Sendable {
  var durability: Durability { get }
  /// - Returns: whether the body returned, and did not throw.
  func perform(on connection: Connection) -> Bool
  /// What the body threw, where SQLite refused.
  var sqliteError: SQLiteError? { get }
  /// After the commit: answers with what the body returned or threw.
  func succeed()
  /// The commit did not happen. What the body itself threw is the better answer.
  func fail(_ error: SQLiteError)
}

private final class Write<Value: Sendable>: QueuedWrite, @unchecked Sendable {
  // Unchecked, because after it is queued only whoever commits it touches it.
  let durability: Durability
  private let body: @Sendable (Connection) throws -> Value
  private let continuation: CheckedContinuation<Value, any Error>
  private var result: Result<Value, any Error>?

  init(
    durability: Durability, body: @escaping @Sendable (Connection) throws -> Value,
    continuation: CheckedContinuation<Value, any Error>
  ) {
    self.durability = durability
    self.body = body
    self.continuation = continuation
  }

  func perform(on connection: Connection) -> Bool {
    let outcome = Result { try body(connection) }
    result = outcome
    guard case .success = outcome else { return false }
    return true
  }

  var sqliteError: SQLiteError? {
    guard case .failure(let error) = result else { return nil }
    return error as? SQLiteError
  }

  func succeed() {
    guard let result else { return fail(SQLiteError(code: SQLITE_ERROR, message: "not performed")) }
    continuation.resume(with: result)
  }

  func fail(_ error: SQLiteError) {
    guard case .failure(let own) = result else { return continuation.resume(throwing: error) }
    continuation.resume(throwing: own)
  }
}
