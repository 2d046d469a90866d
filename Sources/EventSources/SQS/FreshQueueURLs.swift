import Mappings
import Synchronization

/// The URLs of queues that were looked at for a new mapping, kept for whoever begins to read it a moment later.
final class FreshQueueURLs: Sendable {
  /// Mappings that are made disabled begin later, or never.
  private static let limit = 1_000

  private let urls = Mutex<[ARN: String]>([:])

  func note(_ url: String, of queue: ARN) {
    urls.withLock { urls in
      if urls.count >= Self.limit { urls.removeAll() }
      urls[queue] = url
    }
  }

  /// Gives a URL away: whoever cannot use it has to ask the queue.
  func take(_ queue: ARN) -> String? { urls.withLock { $0.removeValue(forKey: queue) } }
}
