import Mappings
import Synchronization
import Testing

@testable import Functions

/// Targets in memory.
private final class FakeTargetStore: FunctionTargetStore {
  private struct State {
    var targets: [String: StoredFunctionTarget] = [:]
    var fails = false
  }

  private let state = Mutex(State())

  init(_ targets: [StoredFunctionTarget] = []) {
    state.withLock { state in for target in targets { state.targets[target.name] = target } }
  }

  var targets: [StoredFunctionTarget] { state.withLock { $0.targets.values.sorted { $0.name < $1.name } } }

  func fail() { state.withLock { $0.fails = true } }

  private func change<Result: Sendable>(
    _ body: (inout [String: StoredFunctionTarget]) -> Result
  ) throws(MappingError) -> Result {
    let result = state.withLock { state in state.fails ? nil : body(&state.targets) }
    guard let result else { throw .store("the disk is full") }
    return result
  }

  func functionTargets() throws(MappingError) -> [StoredFunctionTarget] { targets }

  func setFunctionTarget(_ target: StoredFunctionTarget) async throws(MappingError) {
    try change { $0[target.name] = target }
  }

  func removeFunctionTarget(_ name: String) async throws(MappingError) -> Bool {
    try change { $0.removeValue(forKey: name) != nil }
  }
}

@Suite struct FunctionDirectoryTests {
  private func url(_ name: String) -> FunctionTarget { .http(url: "http://\(name)") }

  private func arn(_ function: String) -> FunctionARN {
    FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:\(function)")
  }

  /// Function, configured names, stored names, and where the function runs.
  @Test(
    arguments: [
      ("f", [], [], "default"), ("f:1", [], [], "default"), ("f", ["*"], [], "configured-*"),
      ("f", [], ["*"], "stored-*"), ("f", ["*"], ["*"], "configured-*"), ("f", ["*"], ["f"], "stored-f"),
      ("f", ["f"], ["f"], "configured-f"), ("f", ["f:1", "g"], [], "default"), ("f:1", ["f"], [], "configured-f"),
      ("f:1", ["f"], ["f:1"], "stored-f:1"), ("f:1", ["f:1", "f"], ["f:1"], "configured-f:1"),
      ("f:2", ["f:1"], ["*"], "stored-*"), ("f", ["f:1", "*"], ["f:1"], "configured-*"),
      ("ff", ["f"], ["f"], "default"),
      ("f:1", [], ["f", "*"], "stored-f"),
    ] as [(String, [String], [String], String)])
  func closestNameCountsAndConfigurationBeforeTheStore(
    function: String, configured: [String], stored: [String], target: String
  ) throws {
    let directory = try FunctionDirectory(
      configured: configured.map { FunctionEntry(name: $0, target: url("configured-\($0)")) },
      fallback: url("default"),
      store: FakeTargetStore(stored.map { StoredFunctionTarget(name: $0, target: "http://stored-\(name($0))") }))
    // A colon and a star are no parts of a host, so stored targets are told apart by other means.
    let expected = target.hasPrefix("stored-") ? "stored-\(name(String(target.dropFirst(7))))" : target
    #expect(directory.entry(for: arn(function)).target == url(expected))
  }

  private func name(_ name: String) -> String { name == "*" ? "star" : String(name.map { $0 == ":" ? "-" : $0 }) }

  @Test func storedEntriesAreReadAndDamagedOnesLeftOut() throws {
    let directory = try FunctionDirectory(
      configured: [], fallback: .lambda,
      store: FakeTargetStore([
        StoredFunctionTarget(name: "f", target: "runtime:9001", concurrency: 4, timeoutMilliseconds: 1500),
        StoredFunctionTarget(name: "g", target: "carrier pigeon"),
      ]))
    let entry = FunctionEntry(
      name: "f", target: .runtime(port: 9001), concurrency: 4, timeout: .milliseconds(1500))
    #expect(directory.entries.map(\.entry) == [entry])
    #expect(directory.entry(named: "f")?.entry == entry)
    #expect(directory.entry(named: "f")?.origin == .stored)
    #expect(directory.entry(named: "g") == nil)
    #expect(directory.entry(for: arn("g")).target == .lambda)
  }

  @Test func entriesAreListedByNameWithoutHiddenOnes() throws {
    let directory = try FunctionDirectory(
      configured: [FunctionEntry(name: "m", target: .lambda), FunctionEntry(name: "*", target: .lambda)],
      fallback: .lambda,
      store: FakeTargetStore(["z", "m", "a"].map { StoredFunctionTarget(name: $0, target: "runtime") }))
    #expect(directory.entries.map(\.entry.name) == ["*", "a", "m", "z"])
    #expect(directory.entries.map(\.origin) == [.configuration, .stored, .configuration, .stored])
    #expect(directory.entry(named: "m")?.entry.target == .lambda)
  }

  @Test func changeIsInTheStoreAndCountsAtOnce() async throws {
    let store = FakeTargetStore()
    let directory = try FunctionDirectory(configured: [], fallback: .lambda, store: store)
    let entry = FunctionEntry(
      name: "f", target: .runtime(port: nil), concurrency: 2, timeout: .seconds(3))
    try await directory.set(FunctionEntry(name: "f", target: .lambda, concurrency: 9))
    try await directory.set(entry)
    #expect(directory.entry(for: arn("f")) == entry)
    #expect(
      store.targets == [
        StoredFunctionTarget(name: "f", target: "runtime", concurrency: 2, timeoutMilliseconds: 3000)
      ])
    try await directory.remove("f")
    #expect(store.targets.isEmpty)
    #expect(directory.entry(for: arn("f")).target == .lambda)
  }

  @Test func whatIsConfiguredIsNotChanged() async throws {
    let store = FakeTargetStore([StoredFunctionTarget(name: "f", target: "runtime")])
    let directory = try FunctionDirectory(
      configured: [FunctionEntry(name: "f", target: .lambda)], fallback: .lambda, store: store)
    await #expect(throws: FunctionDirectory.ChangeError.isConfigured("f")) {
      try await directory.set(FunctionEntry(name: "f", target: .runtime(port: nil)))
    }
    await #expect(throws: FunctionDirectory.ChangeError.isConfigured("f")) { try await directory.remove("f") }
    #expect(store.targets.count == 1)
  }

  @Test func refusedChangeChangesNothing() async throws {
    let store = FakeTargetStore([StoredFunctionTarget(name: "f", target: "runtime")])
    let directory = try FunctionDirectory(configured: [], fallback: .lambda, store: store)
    await #expect(throws: FunctionDirectory.ChangeError.notFound("g")) { try await directory.remove("g") }
    store.fail()
    let failure = FunctionDirectory.ChangeError.store(.store("the disk is full"))
    await #expect(throws: failure) { try await directory.set(FunctionEntry(name: "f", target: .lambda)) }
    await #expect(throws: failure) { try await directory.remove("f") }
    #expect(directory.entry(named: "f")?.entry.target == .runtime(port: nil))
  }
}
