import LambdaWire
import Mappings
import SQLite
import Synchronization
import Testing

@testable import MappingStore

/// A rule between a mapping and its neighbours that notes of whom it is asked, and may object.
private final class NotingRule: Sendable {
  private let asked = Mutex<[MappingID]>([])
  private let objects: Bool

  init(objects: Bool = false) {
    self.objects = objects
  }

  var neighbours: Set<MappingID> { asked.withLock { Set($0) } }
  var count: Int { asked.withLock(\.count) }

  var rule: NeighbourRule {
    { other throws(MappingError) in
      self.asked.withLock { $0.append(other.id) }
      if self.objects { throw .invalidParameter("too near") }
    }
  }
}

@Suite struct NeighbourTests {
  private let scope = Scope(account: "111111111111", region: "us-east-1")
  private static let bucket = "arn:aws:s3:::b"

  private func withStore(_ body: (SQLiteMappingStore) async throws -> Void) async throws {
    try await withDatabase { try await body(SQLiteMappingStore($0)) }
  }

  /// Two mappings of the bucket, and others that are no neighbours of its.
  private func fill(_ store: SQLiteMappingStore) async throws -> (first: EventSourceMapping, second: EventSourceMapping)
  {
    let first = try EventSourceMapping.make(function: "f", source: Self.bucket)
    let second = try EventSourceMapping.make(function: "g", source: Self.bucket, state: .disabled)
    for mapping in [
      first, second, try .make(source: "arn:aws:s3:::bb"), try .make(source: nil),
      try .make(account: "222222222222", source: Self.bucket),
    ] {
      #expect(try await store.insert(mapping, claims: [], tags: [:]) == nil)
    }
    return (first, second)
  }

  @Test func insertAsksOfTheMappingsOfTheSameSourceAlone() async throws {
    try await withStore { store in
      let (first, second) = try await fill(store)
      let rule = NotingRule()
      let mapping = try EventSourceMapping.make(function: "h", source: Self.bucket)
      #expect(try await store.insert(mapping, claims: [], tags: [:], neighbours: rule.rule) == nil)
      #expect(rule.neighbours == [first.id, second.id])
      #expect(rule.count == 2)
      #expect(try store.mapping(mapping.id, in: scope) == mapping)
    }
  }

  @Test func objectionOnInsertWritesNothing() async throws {
    try await withStore { store in
      _ = try await fill(store)
      let mapping = try EventSourceMapping.make(source: Self.bucket)
      let checkpoint = ShardCheckpoint(shard: "s", lanes: [nil])
      await #expect(throws: MappingError.invalidParameter("too near")) {
        try await store.insert(
          mapping, claims: ["a"], tags: ["k": "v"], checkpoints: [checkpoint],
          neighbours: NotingRule(objects: true).rule)
      }
      #expect(try store.mapping(mapping.id, in: scope) == nil)
      #expect(try store.tags(of: mapping.id, in: scope) == nil)
      // What it would have claimed is free.
      #expect(try await store.insert(mapping, claims: ["a"], tags: [:]) == nil)
    }
  }

  @Test func claimIsAskedForBeforeTheNeighbours() async throws {
    try await withStore { store in
      let owner = try EventSourceMapping.make(source: Self.bucket)
      _ = try await store.insert(owner, claims: ["a"], tags: [:])
      let rule = NotingRule(objects: true)
      let found = try await store.insert(
        try .make(source: Self.bucket), claims: ["a"], tags: [:], neighbours: rule.rule)
      #expect(found == owner.id)
      #expect(rule.count == 0)
    }
  }

  @Test func mappingWithoutAnARNHasNoNeighbours() async throws {
    try await withStore { store in
      _ = try await fill(store)
      let rule = NotingRule(objects: true)
      #expect(try await store.insert(try .make(source: nil), claims: [], tags: [:], neighbours: rule.rule) == nil)
      #expect(rule.count == 0)
    }
  }

  @Test func changeAsksOfTheOthersAndNotOfItself() async throws {
    try await withStore { store in
      let (first, second) = try await fill(store)
      let rule = NotingRule()
      try await store.change(first.id, in: scope) { current in
        var changed = current
        changed.revision += 1
        return .update(changed, claims: [], neighbours: rule.rule) { .conflict("\($0)") }
      }
      #expect(rule.neighbours == [second.id])
      #expect(try store.mapping(first.id, in: scope)?.revision == 2)
    }
  }

  @Test func objectionOnChangeLeavesTheMappingAndItsClaims() async throws {
    try await withStore { store in
      let (first, _) = try await fill(store)
      let rule = NotingRule(objects: true)
      await #expect(throws: MappingError.invalidParameter("too near")) {
        try await store.change(first.id, in: scope) { current in
          var changed = current
          changed.revision += 1
          changed.state = .disabled
          return .update(changed, claims: ["new"], neighbours: rule.rule) { .conflict("\($0)") }
        }
      }
      #expect(try store.mapping(first.id, in: scope) == first)
      #expect(try await store.insert(try .make(), claims: ["new"], tags: [:]) == nil)
    }
  }

  @Test func deletingAsksNobody() async throws {
    try await withStore { store in
      let (first, second) = try await fill(store)
      try await store.change(first.id, in: scope) { _ in .delete }
      let rule = NotingRule()
      _ = try await store.insert(try .make(source: Self.bucket), claims: [], tags: [:], neighbours: rule.rule)
      #expect(rule.neighbours == [second.id])
    }
  }

  /// The rule is asked within the transaction, so of two that object to each other one is written, whoever races.
  @Test func oneOfManyThatObjectIsWritten() async throws {
    try await withStore { store in
      let written = try await withThrowingTaskGroup { group in
        for number in 0..<32 {
          group.addTask {
            let mapping = try EventSourceMapping.make(function: "f\(number)", source: Self.bucket)
            do throws(MappingError) {
              _ = try await store.insert(mapping, claims: [], tags: [:], neighbours: NotingRule(objects: true).rule)
              return true
            } catch { return false }
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(written == 1)
      #expect(try store.mappings(in: scope, where: MappingFilter(), after: nil, limit: 100).mappings.count == 1)
    }
  }
}
