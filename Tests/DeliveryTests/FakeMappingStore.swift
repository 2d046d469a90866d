import Delivery
import LambdaWire
import Mappings
import Synchronization

/// Mappings in memory, as far as workers need them; what is written can be held back, and reading can fail.
final class FakeMappingStore: MappingStore {
  private struct State {
    var mappings: [EventSourceMapping] = []
    var fails = false
  }

  private let state = Mutex(State())
  /// The processing results that were written, in their order, when they were begun.
  let results = Mailbox<String?>()
  /// Told of every page that was read.
  let pages = Mailbox<Void>()
  /// Where set, a write waits for it.
  private let gate: Mailbox<Void>?

  init(_ mappings: [EventSourceMapping] = [], gate: Mailbox<Void>? = nil) {
    self.gate = gate
    state.withLock { $0.mappings = mappings }
  }

  func put(_ mapping: EventSourceMapping) {
    state.withLock { state in
      state.mappings.removeAll { $0.id == mapping.id }
      state.mappings.append(mapping)
    }
  }

  func remove(_ id: MappingID) { state.withLock { $0.mappings.removeAll { $0.id == id } } }

  func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

  private func read() throws(MappingError) -> [EventSourceMapping] {
    let (mappings, fails) = state.withLock { ($0.mappings, $0.fails) }
    if fails { throw .store("the disk is gone") }
    return mappings
  }

  func mapping(_ id: MappingID, in scope: Scope) throws(MappingError) -> EventSourceMapping? {
    try read().first { $0.id == id && $0.scope == scope }
  }

  func allMappings(after marker: PageMarker?, limit: Int) throws(MappingError) -> MappingPage {
    let start = Int(marker?.sequence ?? 0)
    let mappings = try read()
    defer { pages.send(()) }
    let page = Array(mappings.dropFirst(start).prefix(limit))
    let next = start + page.count < mappings.count ? PageMarker(sequence: Int64(start + page.count)) : nil
    return MappingPage(mappings: page, next: next)
  }

  func setLastProcessingResult(_ text: String?, of id: MappingID, in scope: Scope) async throws(MappingError) {
    results.send(text)
    if let gate { _ = await gate.next() }
    _ = try read()
  }

  // What follows is nobody's need here.

  func insert(
    _ mapping: EventSourceMapping, claims: [String], tags: [String: String], checkpoints: [ShardCheckpoint],
    neighbours: NeighbourRule?
  ) async throws(MappingError) -> MappingID? { nil }
  func mappings(
    in scope: Scope, where filter: MappingFilter, after marker: PageMarker?, limit: Int
  ) throws(MappingError) -> MappingPage { MappingPage(mappings: [], next: nil) }
  func change(
    _ id: MappingID, in scope: Scope,
    _ decide: @escaping @Sendable (EventSourceMapping) throws(MappingError) -> MappingChange
  ) async throws(MappingError) {}
  func tags(of id: MappingID, in scope: Scope) throws(MappingError) -> [String: String]? { nil }
  func setTags(_ tags: [String: String], of id: MappingID, in scope: Scope) async throws(MappingError) -> Bool {
    false
  }
  func removeTags(_ keys: [String], of id: MappingID, in scope: Scope) async throws(MappingError) -> Bool { false }
  func settle(dueBy now: Milliseconds) async throws(MappingError) -> [EventSourceMapping] { [] }
  func removeAll() async throws(MappingError) {}
}

extension EventSourceMapping {
  /// A mapping that only differs where the test says so.
  static func make(state: MappingState = .enabled, lastProcessingResult: String? = nil) -> EventSourceMapping {
    EventSourceMapping(
      id: .random(), scope: Scope(account: "111111111111", region: "us-east-1"),
      function: FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:f"),
      sourceARN: "arn:aws:sqs:us-east-1:111111111111:q", kind: .sqs, state: state, stateReason: "USER_INITIATED",
      lastProcessingResult: lastProcessingResult, createdAt: Milliseconds(1), modifiedAt: Milliseconds(2),
      parameters: EncodedParameters(json: Array(#"{"BatchSize":10}"#.utf8)))
  }
}
