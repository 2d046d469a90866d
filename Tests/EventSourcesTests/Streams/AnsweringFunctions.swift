import Delivery
import Mappings
import Synchronization

/// A function that tells its events, and answers as many at once as it has got, the first first, as the test says.
final class AnsweringFunctions: FunctionInvoker {
  private struct State {
    var answers: [InvocationResult] = []
    var waiting: [CheckedContinuation<InvocationResult, Never>] = []
    var isClosed = false
  }

  let events = Mailbox<String>()
  private let state = Mutex(State())

  /// What the next invocation ends with that has no answer yet.
  func answer(_ result: InvocationResult) {
    let first: CheckedContinuation<InvocationResult, Never>? = state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.answers.append(result)
      return nil
    }
    first?.resume(returning: result)
  }

  /// Whether invocations that have no answer are taken back.
  func close(_ isClosed: Bool) {
    let waiting = state.withLock { state in
      state.isClosed = isClosed
      defer { if isClosed { state.waiting = [] } }
      return isClosed ? state.waiting : []
    }
    for continuation in waiting { continuation.resume(returning: .withdrawn) }
  }

  func invoke(_ invocation: Invocation) async -> InvocationResult {
    events.send(String(decoding: invocation.payload, as: UTF8.self))
    return await withCheckedContinuation { continuation in
      let answer: InvocationResult? = state.withLock { state in
        guard state.answers.isEmpty else { return state.answers.removeFirst() }
        if state.isClosed { return .withdrawn }
        state.waiting.append(continuation)
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  func withdrawInvocations(of mapping: MappingID) { events.send("withdraw") }

  func lookUp(_ function: FunctionARN) async -> FunctionLookup { .unknown }
}
