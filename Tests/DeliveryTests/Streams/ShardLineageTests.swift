import Testing

@testable import Delivery

@Suite struct ShardLineageTests {
  private typealias Shard = ShardLineage.Shard

  private func lineage(finished: [String] = [], _ shards: [Shard]) -> ShardLineage {
    var lineage = ShardLineage(finished: finished)
    _ = lineage.list(shards)
    return lineage
  }

  private static let split = [
    Shard(id: "p", isClosed: true), Shard(id: "a", parents: ["p"]), Shard(id: "b", parents: ["p"]),
  ]

  private static let merge = [
    Shard(id: "p", isClosed: true), Shard(id: "q", isClosed: true), Shard(id: "c", parents: ["p", "q"]),
  ]

  @Test func nothingIsKnownBeforeTheFirstList() {
    #expect(ShardLineage(finished: ["a"]).startable == [])
  }

  @Test func shardsWithoutParentsStartTogether() {
    #expect(lineage([Shard(id: "a"), Shard(id: "b", isClosed: true)]).startable.map(\.id) == ["a", "b"])
  }

  @Test func shardThatIsReadIsNotStartedAgain() {
    var lineage = lineage([Shard(id: "a"), Shard(id: "b")])
    lineage.begin("a")
    #expect(lineage.startable.map(\.id) == ["b"])
    lineage.pause("a")
    #expect(lineage.startable.map(\.id) == ["a", "b"])
  }

  @Test func childrenWaitUntilTheirParentIsFinished() {
    var lineage = lineage(Self.split)
    #expect(lineage.startable.map(\.id) == ["p"])
    lineage.begin("p")
    #expect(lineage.startable == [])
    lineage.finish("p")
    #expect(lineage.startable.map(\.id) == ["a", "b"])
  }

  @Test func childWaitsForBothOfItsParents() {
    var lineage = lineage(Self.merge)
    #expect(lineage.startable.map(\.id) == ["p", "q"])
    for parent in ["p", "q"] {
      #expect(!lineage.startable.map(\.id).contains("c"))
      lineage.begin(parent)
      lineage.finish(parent)
    }
    #expect(lineage.startable.map(\.id) == ["c"])
  }

  @Test func stoppedParentIsStillWaitedFor() {
    var lineage = lineage(Self.split)
    lineage.begin("p")
    lineage.pause("p")
    #expect(lineage.startable.map(\.id) == ["p"])
  }

  @Test func whatAnEarlierProcessHasFinishedIsNotWaitedForNorRead() {
    #expect(lineage(finished: ["p"], Self.split).startable.map(\.id) == ["a", "b"])
    #expect(lineage(finished: ["p"], Self.merge).startable.map(\.id) == ["q"])
  }

  @Test func parentThatIsListedNoMoreIsNotWaitedFor() {
    #expect(lineage([Shard(id: "a", parents: ["gone"])]).startable.map(\.id) == ["a"])
    #expect(lineage([Shard(id: "q"), Shard(id: "c", parents: ["gone", "q"])]).startable.map(\.id) == ["q"])
  }

  @Test func parentThatIsBeingReadIsWaitedForThoughItIsListedNoMore() {
    var lineage = lineage(Self.split)
    lineage.begin("p")
    #expect(lineage.list(Array(Self.split.dropFirst())) == [])
    #expect(lineage.startable == [])
    // It vanished.
    lineage.pause("p")
    #expect(lineage.startable.map(\.id) == ["a", "b"])
  }

  @Test func parentThatRanDryIsNotWaitedForThoughItIsReadOn() {
    var lineage = lineage(Self.split)
    lineage.begin("p")
    lineage.release("p")
    #expect(lineage.startable.map(\.id) == ["a", "b"])
    lineage.begin("a")
    lineage.begin("b")
    lineage.pause("p")
    #expect(lineage.startable.map(\.id) == ["p"])
  }

  @Test func generationsFollowEachOther() {
    var lineage = lineage([
      Shard(id: "1", isClosed: true), Shard(id: "2", parents: ["1"], isClosed: true), Shard(id: "3", parents: ["2"]),
    ])
    var order: [String] = []
    while let next = lineage.startable.first {
      #expect(lineage.startable.count == 1)
      order.append(next.id)
      lineage.begin(next.id)
      lineage.finish(next.id)
    }
    #expect(order == ["1", "2", "3"])
  }

  @Test func finishedShardsThatAreListedNoMoreAreForgottenOnce() {
    var lineage = ShardLineage(finished: ["x", "p", "w"])
    #expect(lineage.list(Self.split) == ["w", "x"])
    #expect(lineage.list(Self.split) == [])
    #expect(lineage.startable.map(\.id) == ["a", "b"])
  }

  @Test func shardThatIsForgottenAndListedAgainIsRead() {
    var lineage = ShardLineage(finished: ["p"])
    #expect(lineage.list([]) == ["p"])
    #expect(lineage.list([Shard(id: "p")]) == [])
    #expect(lineage.startable.map(\.id) == ["p"])
  }
}
