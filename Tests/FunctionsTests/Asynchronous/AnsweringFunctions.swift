import Mappings
import Synchronization

/// Functions that tell their events, and answer as the test says, the first first.
final class AnsweringFunctions: FunctionInvoker {
  private struct Waiting {
    var invocation: Invocation
    var isSeen: Bool
    var continuation: CheckedContinuation<InvocationResult, Never>
  }

  private struct State {
    var answers: [InvocationResult] = []
    var waiting: [Waiting] = []
    var hasRuntimes = true
    var inside: [FunctionARN: Int] = [:]
    var most: [FunctionARN: Int] = [:]
  }

  private let state = Mutex(State())
  /// The names of events, when their invocation begins.
  let events = Heard<String>()

  /// Whether invocations reach a function at once, or wait for it unseen.
  func haveRuntimes(_ hasRuntimes: Bool) { state.withLock { $0.hasRuntimes = hasRuntimes } }

  /// How many invocations of a function there were at once, at most.
  func mostAtOnce(of function: FunctionARN) -> Int { state.withLock { $0.most[function] ?? 0 } }

  /// What the next invocation ends with that has no answer yet.
  func answer(_ result: InvocationResult, times: Int = 1) {
    for _ in 0..<times {
      let first = state.withLock { state -> Waiting? in
        if let place = state.waiting.firstIndex(where: \.isSeen) { return state.waiting.remove(at: place) }
        state.answers.append(result)
        return nil
      }
      first?.continuation.resume(returning: result)
    }
  }

  func invoke(_ invocation: Invocation) async -> InvocationResult {
    state.withLock { state in
      let inside = state.inside[invocation.function, default: 0] + 1
      state.inside[invocation.function] = inside
      state.most[invocation.function] = max(inside, state.most[invocation.function] ?? 0)
    }
    defer { state.withLock { $0.inside[invocation.function, default: 1] -= 1 } }
    return await withCheckedContinuation { continuation in
      let answer = state.withLock { state -> InvocationResult? in
        if state.hasRuntimes, !state.answers.isEmpty { return state.answers.removeFirst() }
        if !state.hasRuntimes, !invocation.isWanted() { return .withdrawn }
        state.waiting.append(
          Waiting(invocation: invocation, isSeen: state.hasRuntimes, continuation: continuation))
        return nil
      }
      events.say(String(decoding: invocation.payload, as: UTF8.self))
      if let answer { continuation.resume(returning: answer) }
    }
  }

  func withdrawInvocations(of mapping: MappingID) {}

  func withdrawUnwanted() {
    let unwanted = state.withLock { state in
      defer { state.waiting.removeAll { !$0.isSeen && !$0.invocation.isWanted() } }
      return state.waiting.filter { !$0.isSeen && !$0.invocation.isWanted() }
    }
    for waiting in unwanted { waiting.continuation.resume(returning: .withdrawn) }
  }

  func lookUp(_ function: FunctionARN) async -> FunctionLookup { .unknown }
}
