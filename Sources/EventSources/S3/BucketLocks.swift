import Synchronization

/// One at a time, for each bucket.
final class BucketLocks: Sendable {
  /// Those that wait, for each bucket that is held.
  private let held = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

  func withLock<Result>(
    on bucket: String, _ body: () async throws(PushError) -> Result
  ) async throws(PushError) -> Result {
    await withCheckedContinuation { continuation in
      let isFree = held.withLock { held in
        guard held[bucket] != nil else {
          held[bucket] = []
          return true
        }
        held[bucket]?.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
    defer { leave(bucket) }
    return try await body()
  }

  private func leave(_ bucket: String) {
    let next: CheckedContinuation<Void, Never>? = held.withLock { held in
      guard held[bucket]?.isEmpty == false else {
        held[bucket] = nil
        return nil
      }
      return held[bucket]?.removeFirst()
    }
    next?.resume()
  }
}
