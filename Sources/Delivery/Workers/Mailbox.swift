import Synchronization

/// Carries what others say to one loop that waits for it, in order.
public final class Mailbox<Element: Sendable>: Sendable {
  private struct State {
    var waiting: [Element] = []
    var receiver: CheckedContinuation<Element?, Never>?
    var isClosed = false
  }

  private let state = Mutex(State())

  /// An empty one.
  public init() {}

  /// Says something; never waits.
  public func send(_ element: Element) {
    let receiver: CheckedContinuation<Element?, Never>? = state.withLock { state in
      guard !state.isClosed else { return nil }
      if let receiver = state.receiver.take() { return receiver }
      state.waiting.append(element)
      return nil
    }
    receiver?.resume(returning: element)
  }

  /// The next element; nil once the mailbox is closed and empty, or where the task is cancelled. One loop at a time.
  public func next() async -> Element? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Element?? = state.withLock { state in
          if !state.waiting.isEmpty { return state.waiting.removeFirst() }
          if state.isClosed || Task.isCancelled { return .some(nil) }
          state.receiver = continuation
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      state.withLock { $0.receiver.take() }?.resume(returning: nil)
    }
  }

  /// Takes nothing more; what was said before is still heard.
  public func close() {
    let receiver = state.withLock { state in
      state.isClosed = true
      return state.receiver.take()
    }
    receiver?.resume(returning: nil)
  }
}
