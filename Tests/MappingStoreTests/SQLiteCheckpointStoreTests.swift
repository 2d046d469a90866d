import Mappings
import SQLite
import Testing

@testable import MappingStore

@Suite struct SQLiteCheckpointStoreTests {
  private let scope = Scope(account: "111111111111", region: "us-east-1")

  private func withStores(_ body: (SQLiteCheckpointStore, SQLiteMappingStore) async throws -> Void) async throws {
    let database = try Database(headrace: .memory)
    try await body(SQLiteCheckpointStore(database), SQLiteMappingStore(database))
    await database.close()
  }

  /// A mapping that is kept.
  private func mapping(
    _ mappings: SQLiteMappingStore, checkpoints: [ShardCheckpoint] = []
  ) async throws -> MappingID {
    let mapping = try EventSourceMapping.make()
    _ = try await mappings.insert(mapping, claims: ["\(mapping.id)"], tags: [:], checkpoints: checkpoints)
    return mapping.id
  }

  private static func number(_ text: String) -> SequenceNumber { SequenceNumber(text) }

  private static let all = [
    ShardCheckpoint(shard: "shardId-000000000000"),
    ShardCheckpoint(shard: "one", lanes: [number("00049545115243490985018280067714973144582180062593244200961")]),
    ShardCheckpoint(shard: "several", lanes: [number("5"), nil, number("7"), nil]),
    ShardCheckpoint(shard: "none of several", lanes: [nil, nil, nil]),
    ShardCheckpoint(
      shard: "changed", lanes: [number("1"), number("1")], earlierLanes: [[number("4"), nil, number("1")]]),
    ShardCheckpoint(shard: "changed often", earlierLanes: [[number("4"), nil], [number("1"), number("2")]]),
    ShardCheckpoint(shard: "iterator", iterator: "AAAA+/=="),
    ShardCheckpoint(shard: "finished", lanes: [number("9")], isFinished: true),
    ShardCheckpoint(
      shard: "window", lanes: [number("3")],
      window: .init(start: Milliseconds(1_790_000_040_000), state: Array(#"{"sum":1.50,"é":"\u0000"}"#.utf8))),
    ShardCheckpoint(shard: "empty window", window: .init(start: Milliseconds(0), state: Array("{}".utf8))),
    ShardCheckpoint(shard: "a,b 'quoted' é"),
  ]

  @Test(arguments: all) func checkpointComesBackAsItWent(checkpoint: ShardCheckpoint) async throws {
    try await withStores { store, mappings in
      let id = try await mapping(mappings)
      try await store.save(checkpoint, of: id)
      let found = try store.checkpoints(of: id)
      #expect(found == [checkpoint])
      #expect(found.first?.lanes.map { $0?.description } == checkpoint.lanes.map { $0?.description })
    }
  }

  @Test(arguments: all) func laterCheckpointReplacesTheEarlierInEveryField(checkpoint: ShardCheckpoint) async throws {
    try await withStores { store, mappings in
      let id = try await mapping(mappings)
      for other in Self.all {
        var earlier = other
        earlier.shard = checkpoint.shard
        try await store.save(earlier, of: id)
        try await store.save(checkpoint, of: id)
        #expect(try store.checkpoints(of: id) == [checkpoint])
      }
    }
  }

  @Test func everyMappingAndEveryShardHasItsOwn() async throws {
    try await withStores { store, mappings in
      let (first, second) = (try await mapping(mappings), try await mapping(mappings))
      for checkpoint in Self.all { try await store.save(checkpoint, of: first) }
      let other = ShardCheckpoint(shard: "one", lanes: [Self.number("1")])
      try await store.save(other, of: second)
      let found = try store.checkpoints(of: first).sorted { $0.shard < $1.shard }
      #expect(found == Self.all.sorted { $0.shard < $1.shard })
      #expect(try store.checkpoints(of: second) == [other])
      #expect(try store.checkpoints(of: .random()) == [])
    }
  }

  @Test func mappingBringsItsFirstCheckpointsAlong() async throws {
    try await withStores { store, mappings in
      let checkpoints = [ShardCheckpoint(shard: "a", iterator: "i"), ShardCheckpoint(shard: "b", isFinished: true)]
      let id = try await mapping(mappings, checkpoints: checkpoints)
      #expect(try store.checkpoints(of: id).sorted { $0.shard < $1.shard } == checkpoints)
    }
  }

  @Test func mappingThatIsRefusedBringsNoCheckpoints() async throws {
    try await withStores { store, mappings in
      let (first, second) = (try EventSourceMapping.make(), try EventSourceMapping.make())
      _ = try await mappings.insert(first, claims: ["a"], tags: [:])
      let owner = try await mappings.insert(
        second, claims: ["a"], tags: [:], checkpoints: [ShardCheckpoint(shard: "s", iterator: "i")])
      #expect(owner == first.id)
      #expect(try store.checkpoints(of: first.id) == [])
      #expect(try store.checkpoints(of: second.id) == [])
    }
  }

  @Test func deletedMappingTakesItsCheckpointsAlongAndALateOneIsDropped() async throws {
    try await withStores { store, mappings in
      let (deleted, kept) = (try await mapping(mappings), try await mapping(mappings))
      for id in [deleted, kept] { try await store.save(Self.all[1], of: id) }
      try await mappings.change(deleted, in: scope) { _ in .delete }
      #expect(try store.checkpoints(of: deleted) == [])
      try await store.save(Self.all[1], of: deleted)
      #expect(try store.checkpoints(of: deleted) == [])
      #expect(try store.checkpoints(of: kept) == [Self.all[1]])
    }
  }

  @Test func mappingWhoseDeletionIsDueTakesItsCheckpointsAlong() async throws {
    try await withStores { store, mappings in
      let mapping = try EventSourceMapping.make(state: .deleting, settlement: .init(at: Milliseconds(20), state: nil))
      _ = try await mappings.insert(mapping, claims: [], tags: [:], checkpoints: [Self.all[1]])
      #expect(try store.checkpoints(of: mapping.id) == [Self.all[1]])
      _ = try await mappings.settle(dueBy: Milliseconds(20))
      #expect(try store.checkpoints(of: mapping.id) == [])
    }
  }

  @Test func resetForgetsAllCheckpoints() async throws {
    try await withStores { store, mappings in
      let id = try await mapping(mappings)
      try await store.save(Self.all[1], of: id)
      try await mappings.removeAll()
      #expect(try store.checkpoints(of: id) == [])
      try await store.save(Self.all[1], of: id)
      #expect(try store.checkpoints(of: id) == [])
    }
  }

  @Test func shardsAreForgottenOneByOne() async throws {
    try await withStores { store, mappings in
      let (first, second) = (try await mapping(mappings), try await mapping(mappings))
      for id in [first, second] {
        for shard in ["a", "b", "c"] { try await store.save(ShardCheckpoint(shard: shard), of: id) }
      }
      try await store.remove(shards: ["a", "c", "missing"], of: first)
      try await store.remove(shards: [], of: second)
      #expect(try store.checkpoints(of: first).map(\.shard) == ["b"])
      #expect(try store.checkpoints(of: second).count == 3)
    }
  }

  @Test func changeOfAMappingKeepsItsCheckpoints() async throws {
    try await withStores { store, mappings in
      let id = try await mapping(mappings)
      try await store.save(Self.all[2], of: id)
      try await mappings.change(id, in: scope) { current in
        var changed = current
        changed.revision += 1
        return .update(changed, claims: []) { _ in .conflict("own") }
      }
      try await mappings.setLastProcessingResult("OK", of: id, in: scope)
      #expect(try store.checkpoints(of: id) == [Self.all[2]])
    }
  }
}
