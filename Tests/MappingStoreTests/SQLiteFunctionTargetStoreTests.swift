import Mappings
import SQLite
import Testing

@testable import MappingStore

@Suite struct SQLiteFunctionTargetStoreTests {
  private func withStore(
    at location: DatabaseLocation = .memory, _ body: (SQLiteFunctionTargetStore) async throws -> Void
  ) async throws {
    let database = try Database(headrace: location)
    try await body(SQLiteFunctionTargetStore(database))
    await database.close()
  }

  private let full = StoredFunctionTarget(
    name: "f:prod", target: "http://h:1/p", concurrency: 4, timeoutMilliseconds: 10_500)
  private let bare = StoredFunctionTarget(name: "*", target: "runtime")

  @Test func targetsComeBackAsTheyWentByName() async throws {
    try await withStore { store in
      #expect(try store.functionTargets() == [])
      try await store.setFunctionTarget(full)
      try await store.setFunctionTarget(bare)
      #expect(try store.functionTargets() == [bare, full])
    }
  }

  @Test func targetIsReplacedWhole() async throws {
    try await withStore { store in
      try await store.setFunctionTarget(full)
      let replacement = StoredFunctionTarget(name: full.name, target: "lambda")
      try await store.setFunctionTarget(replacement)
      #expect(try store.functionTargets() == [replacement])
    }
  }

  @Test func removingTellsWhetherThereWasOne() async throws {
    try await withStore { store in
      try await store.setFunctionTarget(full)
      try await store.setFunctionTarget(bare)
      #expect(try await !store.removeFunctionTarget("f"))
      #expect(try await store.removeFunctionTarget(full.name))
      #expect(try await !store.removeFunctionTarget(full.name))
      #expect(try store.functionTargets() == [bare])
    }
  }

  @Test func targetsOutliveTheProcess() async throws {
    try await withDatabasePath { path in
      try await withStore(at: .file(path: path)) { store in
        try await store.setFunctionTarget(full)
        try await store.setFunctionTarget(bare)
        _ = try await store.removeFunctionTarget(bare.name)
      }
      try await withStore(at: .file(path: path)) { store in
        let targets = try store.functionTargets()
        #expect(targets == [full])
      }
    }
  }

  @Test func mappingsThatAreForgottenLeaveTheTargets() async throws {
    let database = try Database(headrace: .memory)
    let store = SQLiteFunctionTargetStore(database)
    try await store.setFunctionTarget(full)
    try await SQLiteMappingStore(database).removeAll()
    #expect(try store.functionTargets() == [full])
    await database.close()
  }
}
