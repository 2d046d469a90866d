import Mappings
import SQLite
import Testing

@testable import MappingStore

extension EventInvokeConfiguration {
  static let prefix = "arn:aws:lambda:us-east-1:111111111111:function:"

  /// A configuration that only differs where the test says so.
  static func make(_ name: String = "f:$LATEST", retries: Int? = 1, age: Int? = nil) -> EventInvokeConfiguration {
    EventInvokeConfiguration(
      function: FunctionARN(stored: prefix + name), maximumRetryAttempts: retries, maximumEventAgeSeconds: age,
      modifiedAt: Milliseconds(1_790_000_000_123))
  }

  static let full = EventInvokeConfiguration(
    function: FunctionARN(stored: prefix + "f:prod"), maximumRetryAttempts: 0, maximumEventAgeSeconds: 21_600,
    onSuccess: "arn:aws:sns:us-east-1:111111111111:é", onFailure: "arn:aws:s3:::failed",
    modifiedAt: Milliseconds(1_790_000_000_123))
}

@Suite struct SQLiteEventInvokeConfigurationStoreTests {
  private func withStore(_ body: (SQLiteEventInvokeConfigurationStore) async throws -> Void) async throws {
    try await withDatabase { try await body(SQLiteEventInvokeConfigurationStore($0)) }
  }

  private func function(_ name: String) -> FunctionARN { FunctionARN(stored: EventInvokeConfiguration.prefix + name) }

  @Test(arguments: [.full, .make(), .make(retries: nil), .make("g:7", age: 60)] as [EventInvokeConfiguration])
  func configurationComesBackAsItWent(configuration: EventInvokeConfiguration) async throws {
    try await withStore { store in
      try await store.save(configuration)
      #expect(try store.eventInvokeConfiguration(of: configuration.function) == configuration)
    }
  }

  @Test func functionWithoutAQualifierIsItsLatest() async throws {
    try await withStore { store in
      try await store.save(.make())
      try await store.save(.make("f:1", retries: 2))
      #expect(try store.eventInvokeConfiguration(of: function("f")) == .make())
      #expect(try store.eventInvokeConfiguration(of: function("f:2")) == nil)
      #expect(try store.eventInvokeConfiguration(of: function("g")) == nil)
      let removed = try await store.removeEventInvokeConfiguration(of: function("f"))
      let removedAgain = try await store.removeEventInvokeConfiguration(of: function("f"))
      #expect(removed && !removedAgain)
      #expect(try store.eventInvokeConfiguration(of: function("f:1"))?.maximumRetryAttempts == 2)
    }
  }

  @Test func savingReplacesTheWholeOfItAndKeepsItsPlace() async throws {
    try await withStore { store in
      try await store.save(.full)
      try await store.save(.make())
      let new = EventInvokeConfiguration.make("f:prod", retries: nil, age: 60)
      try await store.save(new)
      let page = try store.eventInvokeConfigurations(ofAnyQualifierOf: function("f:1"), after: nil, limit: 10)
      #expect(page == EventInvokeConfigurationPage(configurations: [new, .make()], next: nil))
    }
  }

  @Test func listGoesOnAfterWhatWasRemoved() async throws {
    try await withStore { store in
      for name in ["f:1", "g:1", "f:2", "ff:1", "f:3", "f:$LATEST"] { try await store.save(.make(name)) }
      let first = try store.eventInvokeConfigurations(ofAnyQualifierOf: function("f"), after: nil, limit: 2)
      #expect(first.configurations == [.make("f:1"), .make("f:2")])
      _ = try await store.removeEventInvokeConfiguration(of: function("f:2"))
      try await store.save(.make("f:2"))
      let second = try store.eventInvokeConfigurations(
        ofAnyQualifierOf: function("f"), after: first.next, limit: 3)
      #expect(second == .init(configurations: [.make("f:3"), .make(), .make("f:2")], next: nil))
    }
  }

  @Test func changeIsMadeOfWhatIsThere() async throws {
    try await withStore { store in
      let missing = try await store.changeEventInvokeConfiguration(of: function("f")) { $0.maximumRetryAttempts = 2 }
      #expect(missing == nil)
      try await store.save(.make(age: 60))
      let changed = try await store.changeEventInvokeConfiguration(of: function("f")) { $0.maximumRetryAttempts = 2 }
      #expect(changed == .make(retries: 2, age: 60))
      #expect(try store.eventInvokeConfiguration(of: function("f")) == changed)
    }
  }

  @Test func configurationsOutliveTheProcessAndNoReset() async throws {
    try await withDatabasePath { path in
      try await withDatabase(at: .file(path: path)) {
        try await SQLiteEventInvokeConfigurationStore($0).save(.full)
      }
      try await withDatabase(at: .file(path: path)) { database in
        let store = SQLiteEventInvokeConfigurationStore(database)
        #expect(try store.eventInvokeConfiguration(of: function("f:prod")) == .full)
        try await SQLiteMappingStore(database).removeAll()
        #expect(try store.eventInvokeConfiguration(of: function("f:prod")) == nil)
      }
    }
  }
}
