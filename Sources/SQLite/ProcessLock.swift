import CSQLite
import Glibc
import Synchronization

/// Keeps a second process from using the same database file: two of them would deliver every batch twice.
///
/// An advisory lock (`flock`) that the system drops when the process ends, however it ends. SQLite's own locks are of
/// another kind (`fcntl`) and do not meet it; the descriptor stays open as long as the process, because closing any
/// descriptor of a file would drop those.
final class ProcessLock: Sendable {
  private let descriptor: Int32
  private let isHeld = Atomic<Bool>(true)

  init(path: String) throws(DatabaseError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, SQLiteError(nil, code: SQLITE_CANTOPEN)) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .inUse(path: path)
    }
  }

  deinit {
    release()
  }

  /// Lets another process in. Only after SQLite has closed the file.
  func release() {
    if isHeld.exchange(false, ordering: .relaxed) { close(descriptor) }
  }
}
