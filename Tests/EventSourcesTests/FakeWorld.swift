import Delivery
import LambdaWire
import Mappings
import Synchronization

/// A function that tells its events and answers as the test says.
struct FakeFunctions: FunctionInvoker {
  let events = Mailbox<String>()
  let results = Mailbox<InvocationResult>()

  func invoke(_ invocation: Invocation) async -> InvocationResult {
    events.send(String(decoding: invocation.payload, as: UTF8.self))
    // Not cut by a stop, as no function is.
    return await results.next() ?? .withdrawn
  }

  func withdrawInvocations(of mapping: MappingID) { events.send("withdraw") }

  func lookUp(_ function: FunctionARN) async -> FunctionLookup { .unknown }
}

/// Keeps nothing but the processing results.
struct ResultStore: MappingStore {
  let results = Mailbox<String?>()

  func setLastProcessingResult(_ text: String?, of id: MappingID, in scope: Scope) async throws(MappingError) {
    results.send(text)
  }

  func insert(
    _ mapping: EventSourceMapping, claims: [String], tags: [String: String], checkpoints: [ShardCheckpoint],
    neighbours: NeighbourRule?
  ) async throws(MappingError) -> MappingID? { nil }
  func mapping(_ id: MappingID, in scope: Scope) throws(MappingError) -> EventSourceMapping? { nil }
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
  func allMappings(after marker: PageMarker?, limit: Int) throws(MappingError) -> MappingPage {
    MappingPage(mappings: [], next: nil)
  }
  func removeAll() async throws(MappingError) {}
}

/// A journal that gives what it is told on to the test.
struct NotingStore: DeliveryStore {
  let deliveries = Mailbox<DeliveryRecord>()

  func append(_ deliveries: [DeliveryRecord], keeping kept: Int) async throws(MappingError) {
    for delivery in deliveries { self.deliveries.send(delivery) }
  }

  func removeOrphans() async throws(MappingError) {}

  func deliveries(
    after sequence: Int64, of mapping: MappingID?, limit: Int
  ) throws(MappingError) -> [DeliveryRecord] { [] }
}

/// Takes asynchronous events and gives them on to the test.
struct AcceptingQueue: AsynchronousInvoker {
  let events = Mailbox<AsynchronousEvent>()

  func accept(_ events: [AsynchronousEvent]) async throws(MappingError) {
    for event in events { self.events.send(event) }
  }
}

/// Keeps installations in memory.
final class FakeInstallations: InstallationStore {
  private let kept = Mutex<[MappingID: SourceInstallation]>([:])

  func installations() throws(MappingError) -> [SourceInstallation] { kept.withLock { Array($0.values) } }
  func installation(of mapping: MappingID) throws(MappingError) -> SourceInstallation? { kept.withLock { $0[mapping] } }
  func save(_ installation: SourceInstallation) async throws(MappingError) {
    kept.withLock { $0[installation.mapping] = installation }
  }
  func removeInstallation(of mapping: MappingID) async throws(MappingError) { kept.withLock { $0[mapping] = nil } }
}
