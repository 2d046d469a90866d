import Mappings
import Synchronization

/// Carries what others say to the test that waits for it, in order.
struct Heard<Element: Sendable>: Sendable {
  private let elements: AsyncStream<Element>
  private let continuation: AsyncStream<Element>.Continuation

  init() {
    (elements, continuation) = AsyncStream.makeStream()
  }

  func say(_ element: Element) { continuation.yield(element) }

  /// The next that is said; one test at a time.
  func next() async -> Element? {
    var iterator = elements.makeAsyncIterator()
    return await iterator.next()
  }

  /// The next few, in any order.
  func next(_ count: Int) async -> Set<Element> where Element: Hashable {
    var all: Set<Element> = []
    for _ in 0..<count { if let one = await next() { all.insert(one) } }
    return all
  }
}

/// A clock that stands still until the test sets it forward.
final class FakeClock: Sendable {
  private let time = Mutex(AsynchronousEvent.epoch)

  var now: Milliseconds { time.withLock(\.self) }

  func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}
