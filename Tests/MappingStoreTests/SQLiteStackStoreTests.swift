import JSON
import MappingStore
import Templates
import Testing

@Suite struct SQLiteStackStoreTests {
  static let identity = StackIdentity(name: "Shop", account: "000000000000", region: "us-east-1")
  static let record = StackRecord(
    identity: identity, status: .updateInProgress, statusReason: "because", createdAt: 1, updatedAt: 2,
    outputs: [
      .init(name: "Url", value: "http://q", exportName: "shop-url"),
      .init(name: "Zones", value: ["a"], exportName: nil),
    ], imports: ["net-id"])
  static let item = StackItem(
    type: "AWS::SQS::Queue", physicalID: "http://q", name: "q", properties: ["VisibilityTimeout": 30],
    attributes: [JSONMember("Arn", "arn:q")], isRetained: true, isAdopted: true, tags: ["aws:x": "y"], turn: 3)

  private func withStore(_ body: (SQLiteStackStore) async throws -> Void) async throws {
    try await withDatabase { try await body(SQLiteStackStore($0)) }
  }

  @Test func aStackComesBackAsItWent() async throws {
    try await withStore { store in
      try await store.save(Self.record)
      #expect(try store.stack(Self.identity) == Self.record)
      #expect(try store.stacks(account: "000000000000", region: "us-east-1") == [Self.record])
      #expect(try store.stacks(account: "000000000000", region: "eu-west-1") == [])
      #expect(try store.unsettledStacks() == [Self.record])
    }
  }

  @Test(arguments: [
    StackEntry(key: "Queue", item: item), StackEntry(key: "Net/Queue", item: item, undo: .nothing),
    StackEntry(key: "Gone", item: nil, undo: .item(item)), StackEntry(key: "N#1", item: item, undo: .item(item)),
  ]) func anEntryComesBackAsItWent(entry: StackEntry) async throws {
    try await withStore { store in
      try await store.save(Self.record)
      try await store.save(entry, of: Self.identity)
      #expect(try store.entries(of: Self.identity) == [entry])
    }
  }

  @Test func aStackThatIsSavedAgainKeepsItsEntries() async throws {
    try await withStore { store in
      try await store.save(Self.record)
      try await store.save(StackEntry(key: "Queue", item: Self.item), of: Self.identity)
      var changed = Self.record
      changed.status = .updateComplete
      try await store.save(changed)
      #expect(try store.stack(Self.identity) == changed)
      #expect(try store.entries(of: Self.identity).count == 1)
      #expect(try store.unsettledStacks() == [])
    }
  }

  @Test func whatIsSettledHasNothingToUndo() async throws {
    try await withStore { store in
      try await store.save(Self.record)
      try await store.save(StackEntry(key: "A", item: Self.item, undo: .nothing), of: Self.identity)
      try await store.save(StackEntry(key: "B", item: nil, undo: .item(Self.item)), of: Self.identity)
      try await store.settle(Self.record)
      #expect(try store.entries(of: Self.identity) == [StackEntry(key: "A", item: Self.item)])
    }
  }

  @Test func aStackThatIsRemovedTakesItsEntriesAlong() async throws {
    try await withStore { store in
      try await store.save(Self.record)
      try await store.save(StackEntry(key: "A", item: Self.item), of: Self.identity)
      try await store.remove(Self.identity)
      #expect(try store.stack(Self.identity) == nil)
      #expect(try store.entries(of: Self.identity) == [])
    }
  }

  /// Nobody writes into a stack that is gone: a reset in between must not leave half of one.
  @Test func anEntryOfNoStackIsRefused() async throws {
    try await withStore { store in
      await #expect(throws: StackStoreError.self) {
        try await store.save(StackEntry(key: "A", item: Self.item), of: Self.identity)
      }
    }
  }
}
