import FoundationEssentials
import LambdaWire
import Mappings
import SQLite
import Testing

@testable import MappingStore

extension EventSourceMapping {
  /// A mapping that only differs where the test says so.
  static func make(
    function: String = "f", account: String = "111111111111", source: String? = "arn:aws:sqs:us-east-1:111111111111:q",
    state: MappingState = .enabled, settlement: Settlement? = nil
  ) throws -> EventSourceMapping {
    let scope = Scope(account: account, region: "us-east-1")
    return EventSourceMapping(
      id: .random(), scope: scope, function: try FunctionARN(naming: function, in: scope), sourceARN: source,
      kind: .sqs, state: state, stateReason: "USER_INITIATED", settlement: settlement, lastProcessingResult: nil,
      createdAt: Milliseconds(1), modifiedAt: Milliseconds(2),
      parameters: EncodedParameters(json: Array(#"{"BatchSize":10}"#.utf8)))
  }
}

@Suite struct SQLiteMappingStoreTests {
  let scope = Scope(account: "111111111111", region: "us-east-1")

  private func withStore(_ body: (SQLiteMappingStore) async throws -> Void) async throws {
    let database = try Database(headrace: .memory)
    try await body(SQLiteMappingStore(database))
    await database.close()
  }

  @Test func mappingComesBackAsItWent() async throws {
    try await withStore { store in
      var mapping = try EventSourceMapping.make(
        source: nil, state: .creating, settlement: .init(at: Milliseconds(99), state: .enabled))
      mapping.lastProcessingResult = "No records processed"
      #expect(try await store.insert(mapping, claims: ["a"], tags: ["k": "v"]) == nil)
      #expect(try store.mapping(mapping.id, in: scope) == mapping)
      #expect(try store.tags(of: mapping.id, in: scope) == ["k": "v"])
    }
  }

  @Test func otherScopesSeeNothing() async throws {
    try await withStore { store in
      let mapping = try EventSourceMapping.make()
      _ = try await store.insert(mapping, claims: ["a"], tags: [:])
      for other in [
        Scope(account: "222222222222", region: "us-east-1"), Scope(account: "111111111111", region: "eu-west-1"),
      ] {
        #expect(try store.mapping(mapping.id, in: other) == nil)
        #expect(try store.tags(of: mapping.id, in: other) == nil)
        #expect(try store.mappings(in: other, where: MappingFilter(), after: nil, limit: 10).mappings.isEmpty)
        #expect(try await !store.setTags(["a": "b"], of: mapping.id, in: other))
        await #expect(throws: MappingError.noSuchMapping) {
          try await store.change(mapping.id, in: other) { _ in .delete }
        }
      }
      #expect(try store.mapping(mapping.id, in: scope) == mapping)
    }
  }

  @Test func oneClaimOfAFunctionHasOneMappingWhoeverRaces() async throws {
    try await withStore { store in
      let mappings = try (0..<32).map { _ in try EventSourceMapping.make() }
      let owners = try await withThrowingTaskGroup { group in
        for mapping in mappings { group.addTask { try await store.insert(mapping, claims: ["a", "b"], tags: [:]) } }
        return try await group.reduce(into: [MappingID?]()) { $0.append($1) }
      }
      #expect(owners.count { $0 == nil } == 1)
      let page = try store.mappings(in: scope, where: MappingFilter(), after: nil, limit: 100)
      #expect(page.mappings.count == 1)
      #expect(owners.compactMap(\.self).allSatisfy { $0 == page.mappings[0].id })
      #expect(try await store.insert(try .make(), claims: ["b", "c"], tags: [:]) == page.mappings[0].id)
      #expect(try await store.insert(try .make(function: "g"), claims: ["a"], tags: [:]) == nil)
      #expect(try await store.insert(try .make(account: "222222222222"), claims: ["a"], tags: [:]) == nil)
    }
  }

  @Test func deletedMappingTakesItsClaimsAndTagsAlong() async throws {
    try await withStore { store in
      let first = try EventSourceMapping.make()
      _ = try await store.insert(first, claims: ["a"], tags: ["k": "v"])
      try await store.change(first.id, in: scope) { _ in .delete }
      #expect(try store.mapping(first.id, in: scope) == nil)
      #expect(try await store.insert(try .make(), claims: ["a"], tags: [:]) == nil)
    }
  }

  @Test func changeKeepsItsOwnClaimsAndRespectsThoseOfOthers() async throws {
    try await withStore { store in
      let (first, second) = (try EventSourceMapping.make(), try EventSourceMapping.make())
      _ = try await store.insert(first, claims: ["a"], tags: [:])
      _ = try await store.insert(second, claims: ["b"], tags: [:])
      try await store.change(first.id, in: scope) { current in
        var changed = current
        changed.revision += 1
        return .update(changed, claims: ["a"]) { _ in .conflict("own") }
      }
      #expect(try store.mapping(first.id, in: scope)?.revision == 2)
      await #expect(throws: MappingError.conflict("\(second.id)")) {
        try await store.change(first.id, in: scope) { .update($0, claims: ["b"]) { .conflict("\($0)") } }
      }
      #expect(try store.mapping(first.id, in: scope)?.revision == 2)
    }
  }

  @Test func pagesStayTrueWhileMappingsComeAndGo() async throws {
    try await withStore { store in
      var mappings: [EventSourceMapping] = []
      for number in 0..<25 {
        let mapping = try EventSourceMapping.make()
        _ = try await store.insert(mapping, claims: ["\(number)"], tags: [:])
        mappings.append(mapping)
      }
      let first = try store.mappings(in: scope, where: MappingFilter(), after: nil, limit: 10)
      #expect(first.mappings.map(\.id) == mappings[0..<10].map(\.id))
      // The page's own last one goes, one of the next page goes, and one is added.
      try await store.change(mappings[9].id, in: scope) { _ in .delete }
      try await store.change(mappings[12].id, in: scope) { _ in .delete }
      let added = try EventSourceMapping.make()
      _ = try await store.insert(added, claims: ["added"], tags: [:])
      let second = try store.mappings(in: scope, where: MappingFilter(), after: first.next, limit: 10)
      #expect(second.mappings.map(\.id) == (mappings[10..<12] + mappings[13..<21]).map(\.id))
      let third = try store.mappings(in: scope, where: MappingFilter(), after: second.next, limit: 10)
      #expect(third.mappings.map(\.id) == mappings[21...].map(\.id) + [added.id])
      #expect(third.next == nil)
    }
  }

  @Test func lastPageThatIsFullHasNoNext() async throws {
    try await withStore { store in
      for number in 0..<10 { _ = try await store.insert(try .make(), claims: ["\(number)"], tags: [:]) }
      #expect(try store.mappings(in: scope, where: MappingFilter(), after: nil, limit: 10).next == nil)
    }
  }

  @Test func filtersAreExact() async throws {
    try await withStore { store in
      let (q, r) = ("arn:aws:sqs:us-east-1:111111111111:q", "arn:aws:sqs:us-east-1:111111111111:r")
      for (number, (function, source)) in [("f", q), ("f", r), ("f:1", q), ("ff", q)].enumerated() {
        _ = try await store.insert(try .make(function: function, source: source), claims: ["\(number)"], tags: [:])
      }
      func count(_ function: String?, _ source: String?) throws -> Int {
        let arn = try function.map { (name) throws(MappingError) in try FunctionARN(naming: name, in: scope) }
        let filter = MappingFilter(function: arn, sourceARN: source)
        return try store.mappings(in: scope, where: filter, after: nil, limit: 100).mappings.count
      }
      #expect(try count(nil, nil) == 4)
      #expect(try count("f", nil) == 2)
      #expect(try count("f:1", nil) == 1)
      #expect(try count(nil, q) == 3)
      #expect(try count("f", q) == 1)
      #expect(try count("g", q) == 0)
      #expect(try count(nil, "arn:aws:sqs:us-east-1:111111111111:") == 0)
    }
  }

  @Test func tagsAreMergedAndRemoved() async throws {
    try await withStore { store in
      let mapping = try EventSourceMapping.make()
      _ = try await store.insert(mapping, claims: [], tags: ["a": "1"])
      #expect(try await store.setTags(["a": "2", "b": ""], of: mapping.id, in: scope))
      #expect(try store.tags(of: mapping.id, in: scope) == ["a": "2", "b": ""])
      #expect(try await store.removeTags(["a", "missing"], of: mapping.id, in: scope))
      #expect(try store.tags(of: mapping.id, in: scope) == ["b": ""])
    }
  }

  @Test func settlingEndsWhatIsDueAndNothingElse() async throws {
    try await withStore { store in
      let creating = try EventSourceMapping.make(
        state: .creating, settlement: .init(at: Milliseconds(10), state: .enabled))
      let deleting = try EventSourceMapping.make(state: .deleting, settlement: .init(at: Milliseconds(20), state: nil))
      let later = try EventSourceMapping.make(
        state: .updating, settlement: .init(at: Milliseconds(30), state: .disabled))
      for mapping in [creating, deleting, later] { _ = try await store.insert(mapping, claims: [], tags: [:]) }
      #expect(try await store.settle(dueBy: Milliseconds(9)).isEmpty)
      #expect(try await store.settle(dueBy: Milliseconds(20)).map(\.id) == [creating.id, deleting.id])
      #expect(try store.mapping(creating.id, in: scope)?.state == .enabled)
      #expect(try store.mapping(creating.id, in: scope)?.settlement == nil)
      #expect(try store.mapping(deleting.id, in: scope) == nil)
      #expect(try store.mapping(later.id, in: scope) == later)
    }
  }

  @Test func removingAllForgetsEveryAccount() async throws {
    try await withStore { store in
      for account in ["111111111111", "222222222222"] {
        _ = try await store.insert(try .make(account: account), claims: ["a"], tags: ["k": "v"])
      }
      try await store.removeAll()
      #expect(try store.mappings(in: scope, where: MappingFilter(), after: nil, limit: 1).mappings.isEmpty)
      #expect(try await store.insert(try .make(), claims: ["a"], tags: [:]) == nil)
    }
  }
}
