import Synchronization

/// Counts the connections. At the limit whoever accepts waits here, and the peers wait in the kernel's backlog.
final class ConnectionBudget: Sendable {
  private struct State {
    var free: Int
    var isClosed = false
    var waiters: [CheckedContinuation<Bool, Never>] = []
  }

  private let state: Mutex<State>

  init(limit: Int) {
    state = Mutex(State(free: limit))
  }

  /// Takes a place for one connection, waiting for it if need be.
  /// - Returns: false where the budget is closed and no place is free: waiting has no point any more.
  func acquire() async -> Bool {
    await withCheckedContinuation { continuation in
      let answer: Bool? = state.withLock { state in
        if state.free > 0 {
          state.free -= 1
          return true
        }
        if state.isClosed { return false }
        state.waiters.append(continuation)
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Gives a place back.
  func release() {
    let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
      guard state.waiters.isEmpty else { return state.waiters.removeFirst() }
      state.free += 1
      return nil
    }
    waiter?.resume(returning: true)
  }

  /// Ends accepting: whoever waits is told so.
  func close() {
    let waiters = state.withLock { state in
      state.isClosed = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: false) }
  }
}
