import Mappings
import SQLite
import Testing

@testable import MappingStore

extension SourceInstallation {
  /// An installation that only differs where the test says so.
  static func make(
    of mapping: MappingID = .random(), kind: SourceKind = .sns, route: String = "http", subscription: String? = nil,
    endpoint: String? = nil
  ) -> SourceInstallation {
    SourceInstallation(
      mapping: mapping, scope: Scope(account: "111111111111", region: "eu-west-1"),
      function: FunctionARN(stored: "arn:aws:lambda:eu-west-1:111111111111:function:f:prod"),
      sourceARN: "arn:aws:sns:eu-west-1:222222222222:t", kind: kind, route: route, subscription: subscription,
      endpoint: endpoint)
  }
}

@Suite struct SQLiteInstallationStoreTests {
  private func withStore(_ body: (SQLiteInstallationStore) async throws -> Void) async throws {
    try await withDatabase { try await body(SQLiteInstallationStore($0)) }
  }

  @Test(arguments: SourceKind.allCases, [nil, "é"]) func installationComesBackAsItWent(
    kind: SourceKind, text: String?
  ) async throws {
    try await withStore { store in
      let installation = SourceInstallation.make(kind: kind, route: "r", subscription: text, endpoint: text)
      try await store.save(installation)
      #expect(try store.installation(of: installation.mapping) == installation)
      #expect(try store.installations() == [installation])
    }
  }

  @Test func eachMappingHasItsOwn() async throws {
    try await withStore { store in
      let (first, second) = (SourceInstallation.make(subscription: "a"), SourceInstallation.make(endpoint: "b"))
      try await store.save(first)
      try await store.save(second)
      #expect(try store.installation(of: first.mapping) == first)
      #expect(try store.installation(of: second.mapping) == second)
      #expect(try store.installation(of: .random()) == nil)
      #expect(Set(try store.installations().map(\.mapping)) == [first.mapping, second.mapping])
    }
  }

  @Test func savingReplacesTheWholeOfIt() async throws {
    try await withStore { store in
      let old = SourceInstallation.make(route: "http", subscription: "s", endpoint: "e")
      try await store.save(old)
      let new = SourceInstallation.make(of: old.mapping, kind: .s3, route: "sqs")
      try await store.save(new)
      #expect(try store.installations() == [new])
    }
  }

  @Test func removedOneIsGoneAndMayBeRemovedAgain() async throws {
    try await withStore { store in
      let (first, second) = (SourceInstallation.make(), SourceInstallation.make())
      try await store.save(first)
      try await store.save(second)
      try await store.removeInstallation(of: first.mapping)
      try await store.removeInstallation(of: first.mapping)
      #expect(try store.installations() == [second])
    }
  }

  @Test func installationsOutliveTheirMappingsAndTheProcess() async throws {
    try await withDatabasePath { path in
      let mapping = try EventSourceMapping.make()
      let installation = SourceInstallation.make(of: mapping.id, subscription: "s")
      try await withDatabase(at: .file(path: path)) { database in
        let mappings = SQLiteMappingStore(database)
        _ = try await mappings.insert(mapping, claims: [], tags: [:])
        try await SQLiteInstallationStore(database).save(installation)
        try await mappings.change(mapping.id, in: mapping.scope) { _ in .delete }
        // Even a reset leaves them: what is beside the sources is still to be taken away.
        try await mappings.removeAll()
      }
      try await withDatabase(at: .file(path: path)) { database in
        let installations = try SQLiteInstallationStore(database).installations()
        #expect(installations == [installation])
      }
    }
  }

  @Test func kindThatNobodyKnowsIsAnErrorThatNamesIt() async throws {
    try await withDatabase { database in
      let installation = SourceInstallation.make()
      try await SQLiteInstallationStore(database).save(installation)
      _ = try await database.write { connection in
        try connection.run("UPDATE source_installations SET kind = 'pigeon'")
      }
      let store = SQLiteInstallationStore(database)
      let error = #expect(throws: MappingError.self) { try store.installation(of: installation.mapping) }
      guard case .store(let reason)? = error else { return }
      #expect(reason.contains("the installation of mapping \(installation.mapping) has kind 'pigeon'"))
    }
  }
}
