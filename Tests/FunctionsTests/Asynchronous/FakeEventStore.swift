import Mappings
import Synchronization

/// Asynchronous events in memory. Each kind of call can fail; what is changed is told when it is done.
final class FakeEventStore: AsynchronousEventStore {
  enum Call: Hashable {
    case append, read, list, update, remove
  }

  private struct State {
    var events: [Int64: AsynchronousEvent] = [:]
    var last: Int64 = 0
    /// How often calls fail from now on.
    var failures: [Call: Int] = [:]
  }

  private let state = Mutex(State())
  /// What was done and what was not, such as `update a` and `no update a`.
  let calls = Heard<String>()

  /// What is on disk, by the places.
  var events: [AsynchronousEvent] { state.withLock { $0.events.values.sorted { $0.sequence < $1.sequence } } }

  func fail(_ call: Call, times: Int) { state.withLock { $0.failures[call] = times } }

  /// Somebody else takes all away.
  func forget() { state.withLock { $0.events = [:] } }

  private func with<Result: Sendable>(
    _ call: Call, _ body: (inout State) -> Result
  ) throws(MappingError) -> Result {
    let result = state.withLock { state -> Result? in
      if let left = state.failures[call], left > 0 {
        state.failures[call] = left - 1
        return nil
      }
      return body(&state)
    }
    guard let result else { throw .store("the disk is full") }
    return result
  }

  func append(_ events: [AsynchronousEvent]) async throws(MappingError) -> [Int64] {
    try with(.append) { state in
      events.map { event in
        state.last += 1
        var kept = event
        kept.sequence = state.last
        state.events[state.last] = kept
        return state.last
      }
    }
  }

  func asynchronousEvent(_ sequence: Int64) throws(MappingError) -> AsynchronousEvent? {
    do throws(MappingError) { return try with(.read) { $0.events[sequence] } } catch {
      calls.say("no read")
      throw error
    }
  }

  func waitingEvents() throws(MappingError) -> [WaitingEvent] {
    try with(.list) { state in
      state.events.values.sorted { $0.dueAt < $1.dueAt }
        .map { WaitingEvent(sequence: $0.sequence, function: $0.function, dueAt: $0.dueAt) }
    }
  }

  func update(_ event: AsynchronousEvent) async throws(MappingError) {
    try change(.update, "update \(event.name)") { state in
      if state.events[event.sequence] != nil { state.events[event.sequence] = event }
    }
  }

  func removeAsynchronousEvent(_ sequence: Int64) async throws(MappingError) {
    let name = state.withLock { $0.events[sequence]?.name ?? "nothing" }
    try change(.remove, "remove \(name)") { $0.events[sequence] = nil }
  }

  private func change(_ call: Call, _ words: String, _ body: (inout State) -> Void) throws(MappingError) {
    do throws(MappingError) { try with(call, body) } catch {
      calls.say("no \(words)")
      throw error
    }
    calls.say(words)
  }
}
