import Testing

@testable import Delivery

@Suite struct ShardLineageTests {
  private typealias Shard = ShardLineage.Shard
  private typealias Changes = ShardLineage.Changes

  private func lineage(finished: [String] = [], _ shards: [Shard]) -> ShardLineage {
    var lineage = ShardLineage(finished: finished)
    _ = lineage.list(shards)
    return lineage
  }

  /// A shard has ended, and a list says so as well.
  private func finish(_ id: String, in shards: [Shard], _ lineage: inout ShardLineage) {
    lineage.end(id)
    #expect(lineage.list(shards) == Changes(finished: [id]))
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
    finish("p", in: Self.split, &lineage)
    #expect(lineage.startable.map(\.id) == ["a", "b"])
  }

  @Test func childWaitsForBothOfItsParents() {
    var lineage = lineage(Self.merge)
    #expect(lineage.startable.map(\.id) == ["p", "q"])
    for parent in ["p", "q"] {
      #expect(!lineage.startable.map(\.id).contains("c"))
      lineage.begin(parent)
      finish(parent, in: Self.merge, &lineage)
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
    #expect(lineage.list(Array(Self.split.dropFirst())) == Changes())
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
    let shards = [
      Shard(id: "1", isClosed: true), Shard(id: "2", parents: ["1"], isClosed: true),
      Shard(id: "3", parents: ["2"], isClosed: true),
    ]
    var lineage = lineage(shards)
    var order: [String] = []
    while let next = lineage.startable.first {
      #expect(lineage.startable.count == 1)
      order.append(next.id)
      lineage.begin(next.id)
      finish(next.id, in: shards, &lineage)
    }
    #expect(order == ["1", "2", "3"])
  }

  @Test func finishedShardsThatAreListedNoMoreAreForgottenOnce() {
    var lineage = ShardLineage(finished: ["x", "p", "w"])
    #expect(lineage.list(Self.split) == Changes(forgotten: ["w", "x"]))
    #expect(lineage.list(Self.split) == Changes())
    #expect(lineage.startable.map(\.id) == ["a", "b"])
  }

  @Test func shardThatIsForgottenAndListedAgainIsRead() {
    var lineage = ShardLineage(finished: ["p"])
    #expect(lineage.list([]) == Changes(forgotten: ["p"]))
    #expect(lineage.list([Shard(id: "p")]) == Changes())
    #expect(lineage.startable.map(\.id) == ["p"])
  }

  // MARK: Denied and ended shards

  @Test func shardThatIsDeniedAndListedNoMoreHasVanished() {
    var lineage = lineage(Self.split)
    lineage.begin("p")
    lineage.deny("p")
    #expect(lineage.startable == [])
    #expect(lineage.list(Array(Self.split.dropFirst())) == Changes(vanished: ["p"], forgotten: ["p"]))
    #expect(lineage.firstDoubted == nil)
    #expect(lineage.startable.map(\.id) == ["a", "b"])
  }

  @Test func shardThatIsDeniedAndListedIsTriedAgainWhenItIsTrusted() {
    var lineage = lineage([Shard(id: "a"), Shard(id: "b")])
    for id in ["a", "b"] { lineage.begin(id) }
    for id in ["b", "a"] { lineage.deny(id) }
    #expect(lineage.list([Shard(id: "a"), Shard(id: "b")]) == Changes())
    #expect(lineage.firstDoubted == "a")
    #expect(lineage.startable == [])
    lineage.trust()
    #expect(lineage.firstDoubted == nil)
    #expect(lineage.startable.map(\.id) == ["a", "b"])
  }

  @Test func doubtedShardThatIsListedNoMoreHasVanished() {
    var lineage = lineage([Shard(id: "a"), Shard(id: "b")])
    lineage.begin("a")
    lineage.deny("a")
    #expect(lineage.list([Shard(id: "a"), Shard(id: "b")]) == Changes())
    #expect(lineage.list([Shard(id: "b")]) == Changes(vanished: ["a"], forgotten: ["a"]))
    #expect(lineage.list([Shard(id: "b")]) == Changes())
  }

  /// Trust is of what a list has seen: the next one has yet to tell of this shard.
  @Test func shardThatWasDeniedSinceTheLastListVanishesThoughShardsAreTrustedMeanwhile() {
    var lineage = lineage([Shard(id: "a"), Shard(id: "b")])
    lineage.begin("a")
    lineage.deny("a")
    lineage.trust()
    #expect(lineage.startable.map(\.id) == ["b"])
    #expect(lineage.list([Shard(id: "b")]) == Changes(vanished: ["a"], forgotten: ["a"]))
  }

  @Test func shardThatHasEndedIsNotReadAndItsChildrenWaitUntilAListSaysSoAsWell() {
    var lineage = lineage(Self.split)
    lineage.begin("p")
    lineage.end("p")
    #expect(lineage.startable == [])
    #expect(lineage.list(Self.split) == Changes(finished: ["p"]))
    #expect(lineage.startable.map(\.id) == ["a", "b"])
  }

  @Test func shardThatHasEndedAndIsListedNoMoreIsFinishedAndForgotten() {
    var lineage = lineage(Self.split)
    lineage.begin("p")
    lineage.end("p")
    #expect(lineage.list(Array(Self.split.dropFirst())) == Changes(finished: ["p"], forgotten: ["p"]))
  }

  @Test func shardThatHasEndedAndIsListedAsOpenIsDoubted() {
    var lineage = lineage([Shard(id: "a")])
    lineage.begin("a")
    lineage.end("a")
    #expect(lineage.list([Shard(id: "a")]) == Changes())
    #expect(lineage.firstDoubted == "a")
    #expect(lineage.startable == [])
    lineage.trust()
    #expect(lineage.startable.map(\.id) == ["a"])
  }
}
