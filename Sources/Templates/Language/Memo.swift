import Synchronization

/// Values that are found once and remembered. Failures are not.
final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let values = Mutex<[Key: Value]>([:])

  func value<Failure>(_ key: Key, _ find: () throws(Failure) -> Value) throws(Failure) -> Value {
    if let value = values.withLock({ $0[key] }) { return value }
    let value = try find()
    values.withLock { $0[key] = value }
    return value
  }
}
