import JSON
import Synchronization

@testable import Templates

/// Mappings, sources and stacks in memory, and a list of all that was asked for.
final class FakeWorld: Sendable {
  struct State: Sendable {
    var mappings: [String: JSONValue] = [:]
    var tags: [String: [String: String]] = [:]
    var configs: [String: JSONValue] = [:]
    /// Sources by type and name.
    var sources: [String: RealizedResource] = [:]
    var stacks: [StackIdentity: StackRecord] = [:]
    var entries: [StackIdentity: [String: StackEntry]] = [:]
    /// What was done, in order: `create mapping FUNCTION SOURCE`, `delete AWS::SQS::Queue NAME`.
    var calls: [String] = []
    /// A call that begins with one of these fails, once each.
    var failing: [String] = []
    /// How many calls are let through before all fail, as when the process ends; nil for all.
    var callsLeft: Int?
    var lastID = 0
  }

  let state = Mutex(State())

  /// The calls since the last look.
  func takeCalls() -> [String] {
    state.withLock { state in
      defer { state.calls = [] }
      return state.calls
    }
  }

  var mappings: [String: JSONValue] { state.withLock(\.mappings) }
  var sourceNames: [String] { state.withLock { $0.sources.keys.sorted() } }

  func fail(_ calls: String...) { state.withLock { $0.failing = calls } }

  /// A mapping that somebody made through the API.
  func addForeignMapping(_ request: JSONValue) -> String {
    state.withLock { state in
      state.lastID += 1
      let id = "foreign-\(state.lastID)"
      state.mappings[id] = request
      return id
    }
  }

  func stacks() -> Stacks {
    Stacks(store: self, now: { 1_700_000_000_000 }, mappings: { _, _ in self }, sources: { _, _ in self })
  }

  func record(_ call: String) throws(TemplateError) {
    let isRefused = state.withLock { state -> Bool in
      if let left = state.callsLeft {
        guard left > 0 else { return true }
        state.callsLeft = left - 1
      }
      state.calls.append(call)
      guard let index = state.failing.firstIndex(where: { call.hasPrefix($0) }) else { return false }
      // Once: what undoes it may do the same again.
      state.failing.remove(at: index)
      return true
    }
    if isRefused { throw TemplateError("\(call) was refused") }
  }

  /// Fails like everything else once the process is to have ended.
  func checkAlive() throws(StackStoreError) {
    guard state.withLock({ $0.callsLeft }) != 0 else { throw StackStoreError("the process ended") }
  }
}

extension FakeWorld: MappingHost {
  func newID() -> String {
    state.withLock { state in
      state.lastID += 1
      return "uuid-\(state.lastID)"
    }
  }

  func arn(of id: String) -> String { "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:\(id)" }

  func check(_ request: JSONValue) throws(TemplateError) {
    if request["BatchSize"] == .number(JSONNumber(0)) { throw TemplateError("BatchSize is too small") }
  }

  func exists(_ id: String) throws(TemplateError) -> Bool { mappings[id] != nil }

  func create(_ id: String, _ request: JSONValue, tags: [String: String]) async throws(TemplateError) {
    try record("create mapping \(request.label)")
    state.withLock { state in
      state.mappings[id] = request
      state.tags[id] = tags
    }
  }

  func update(_ id: String, to request: JSONValue) async throws(TemplateError) {
    try record("update mapping \(request.label)")
    state.withLock { $0.mappings[id] = request }
  }

  func delete(_ id: String) async throws(TemplateError) {
    guard let request = mappings[id] else { return }
    try record("delete mapping \(request.label)")
    state.withLock { $0.mappings[id] = nil }
  }

  func mappings(ofSource arn: String) throws(TemplateError) -> [(id: String, request: JSONValue)] {
    mappings.filter { $0.value["EventSourceArn"] == .string(arn) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func eventInvokeConfig(_ function: String, qualifier: String) throws(TemplateError) -> JSONValue? {
    state.withLock { $0.configs["\(function):\(qualifier)"] }
  }

  func setEventInvokeConfig(
    _ function: String, qualifier: String, to config: JSONValue?
  ) async throws(TemplateError) {
    try record("\(config == nil ? "delete" : "set") config \(function):\(qualifier)")
    state.withLock { $0.configs["\(function):\(qualifier)"] = config }
  }
}

extension JSONValue {
  /// Function and source without the beginnings of their ARNs.
  fileprivate var label: String {
    func last(_ name: String) -> String { self[name]?.string?.split(separator: ":").last.map(String.init) ?? "-" }
    return "\(last("FunctionName")) \(last("EventSourceArn"))"
  }
}

extension FakeWorld: SourceMaking {
  func provider(of type: String) -> (any SourceProvider)? {
    let made: Set = ["AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SNS::Topic"]
    return made.contains(type) ? FakeProvider(world: self, type: type) : nil
  }

  /// A source that is there already.
  func addSource(_ type: String, _ name: String) {
    state.withLock { $0.sources["\(type) \(name)"] = FakeProvider.resource(type, name, number: 0) }
  }
}

/// Makes sources of one type: a queue named `q` has the URL `http://q`, and a table's stream a new label each time.
struct FakeProvider: SourceProvider {
  let world: FakeWorld
  let type: String

  static func resource(_ type: String, _ name: String, number: Int) -> RealizedResource {
    let service = type.split(separator: ":").map(String.init)[1].lowercased()
    let arn = "arn:aws:\(service):us-east-1:000000000000:\(name)"
    var attributes: [String: JSONValue] = ["Ref": .string(name), "Arn": .string(arn)]
    if service == "sns" { attributes["Ref"] = .string(arn) }
    if service == "sqs" { attributes["Ref"] = .string("http://\(name)") }
    if service == "dynamodb" { attributes["StreamArn"] = .string("\(arn)/stream/\(number)") }
    return RealizedResource(physicalID: name, attributes: attributes)
  }

  func lookUp(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource? {
    world.state.withLock { $0.sources["\(type) \(name)"] }
  }

  func create(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource {
    try world.record("create \(type) \(name)")
    return world.state.withLock { state in
      state.lastID += 1
      let key = "\(type) \(name)"
      let resource = state.sources[key] ?? Self.resource(type, name, number: state.lastID)
      state.sources[key] = resource
      return resource
    }
  }

  func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    if old == new { return .none }
    return old["Impossible"] == new["Impossible"] ? .inPlace : .impossible("it cannot be changed")
  }

  func update(
    _ resource: RealizedResource, from old: JSONValue, to new: JSONValue
  ) async throws(TemplateError) -> RealizedResource {
    try world.record("update \(type) \(resource.physicalID)")
    return resource
  }

  func delete(_ resource: RealizedResource) async throws(TemplateError) {
    try world.record("delete \(type) \(resource.physicalID)")
    world.state.withLock { $0.sources["\(type) \(resource.physicalID)"] = nil }
  }
}

extension FakeWorld: StackStore {
  func stacks(account: String, region: String) throws(StackStoreError) -> [StackRecord] {
    state.withLock { $0.stacks.values.filter { $0.identity.account == account && $0.identity.region == region } }
      .sorted { $0.identity.name < $1.identity.name }
  }

  func unsettledStacks() throws(StackStoreError) -> [StackRecord] {
    state.withLock { $0.stacks.values.filter { !$0.status.isSettled } }
  }

  func stack(_ identity: StackIdentity) throws(StackStoreError) -> StackRecord? {
    state.withLock { $0.stacks[identity] }
  }

  func entries(of identity: StackIdentity) throws(StackStoreError) -> [StackEntry] {
    state.withLock { $0.entries[identity, default: [:]].values.sorted { $0.key < $1.key } }
  }

  func save(_ record: StackRecord) async throws(StackStoreError) {
    try checkAlive()
    state.withLock { $0.stacks[record.identity] = record }
  }

  func save(_ entry: StackEntry, of identity: StackIdentity) async throws(StackStoreError) {
    try checkAlive()
    state.withLock { $0.entries[identity, default: [:]][entry.key] = entry }
  }

  func removeEntry(_ key: String, of identity: StackIdentity) async throws(StackStoreError) {
    try checkAlive()
    state.withLock { $0.entries[identity, default: [:]][key] = nil }
  }

  func settle(_ record: StackRecord) async throws(StackStoreError) {
    try checkAlive()
    state.withLock { state in
      state.stacks[record.identity] = record
      state.entries[record.identity] = state.entries[record.identity, default: [:]].filter { $0.value.item != nil }
        .mapValues { StackEntry(key: $0.key, item: $0.item) }
    }
  }

  func remove(_ identity: StackIdentity) async throws(StackStoreError) {
    try checkAlive()
    state.withLock { state in
      state.stacks[identity] = nil
      state.entries[identity] = nil
    }
  }
}
