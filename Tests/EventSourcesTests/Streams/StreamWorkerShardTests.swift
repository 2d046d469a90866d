import Delivery
import Mappings
import Testing

@testable import EventSources

/// Shards that begin, end and vanish while a worker reads their stream.
@Suite(.timeLimit(.minutes(5))) struct StreamWorkerShardTests {
  @Test func childrenBeginWhenTheirParentIsFinished() async throws {
    let harness = try StreamWorkerHarness()
    harness.stream.list(
      .init(id: "p", isClosed: true), .init(id: "a", parents: ["p"]), .init(id: "b", parents: ["p"]))
    harness.stream.put([1], into: "p")
    harness.stream.end("p")
    harness.stream.put([2], into: "a")
    harness.stream.put([3], into: "b")
    try await harness.work { _ in
      #expect(await harness.stream.readers.next() == "p from the beginning")
      #expect(await harness.nextEvent() == "1")
      harness.succeed()
      await harness.wait(forCheckpoint: "p 1 finished")
      let readers = [await harness.stream.readers.next(), await harness.stream.readers.next()].compactMap(\.self)
      #expect(Set(readers) == ["a from the beginning", "b from the beginning"])
      let events = [await harness.nextEvent(), await harness.nextEvent()].compactMap(\.self)
      #expect(Set(events) == ["2", "3"])
      harness.succeed()
      harness.succeed()
    }
  }

  @Test func childrenOfAClosedShardBeginWhenItHasRunDryAndItIsReadOn() async throws {
    let harness = try StreamWorkerHarness()
    harness.stream.list(.init(id: "p", isClosed: true), .init(id: "a", parents: ["p"]))
    try await harness.work { _ in
      #expect(await harness.stream.readers.next() == "p from the beginning")
      #expect(await harness.stream.readers.next() == "a from the beginning")
      harness.stream.put([1], into: "p")
      #expect(await harness.nextEvent() == "1")
      harness.succeed()
      await harness.wait(forCheckpoint: "p 1")
    }
    #expect(harness.checkpoints.checkpoint("p", of: harness.mapping.id)?.isFinished == false)
  }

  @Test func shardThatAppearsLaterIsRead() async throws {
    let harness = try StreamWorkerHarness()
    try await harness.work { _ in
      #expect(await harness.stream.readers.next() == "s from the beginning")
      harness.stream.list(.init(id: "s"), .init(id: "t"))
      harness.stream.put([1], into: "t")
      #expect(await harness.stream.readers.next() == "t from the beginning")
      #expect(await harness.nextEvent() == "1")
      harness.succeed()
    }
  }

  /// Only what is there when the mapping is made has an end that is the starting position.
  @Test func shardThatAppearsLaterIsReadFromItsBeginningOrTheTimeOfTheMapping() async throws {
    let harness = try StreamWorkerHarness(#"{"StartingPosition":"LATEST"}"#)
    harness.checkpoints.put(ShardCheckpoint(shard: "s", iterator: "i"), of: harness.mapping.id)
    try await harness.work { _ in
      #expect(await harness.stream.readers.next() == "s from iterator i")
      harness.stream.list(.init(id: "s"), .init(id: "t"))
      #expect(await harness.stream.readers.next() == "t from 1790000000000")
    }
  }

  @Test func finishedShardIsNotReadAgainAndIsForgottenWithItsStream() async throws {
    let harness = try StreamWorkerHarness()
    harness.checkpoints.put(ShardCheckpoint(shard: "p", isFinished: true), of: harness.mapping.id)
    harness.stream.list(.init(id: "p", isClosed: true), .init(id: "a", parents: ["p"]))
    try await harness.work { _ in
      #expect(await harness.stream.readers.next() == "a from the beginning")
      harness.stream.list(.init(id: "a", parents: ["p"]))
      #expect(await harness.checkpoints.removals.next() == ["p"])
    }
    #expect(harness.checkpoints.checkpoint("p", of: harness.mapping.id) == nil)
  }

  @Test func shardThatVanishesIsForgottenAndItsChildrenBegin() async throws {
    let harness = try StreamWorkerHarness()
    harness.stream.put([1])
    try await harness.work { _ in
      #expect(await harness.stream.readers.next() == "s from the beginning")
      #expect(await harness.nextEvent() == "1")
      harness.stream.list(.init(id: "a", parents: ["s"]))
      harness.stream.put([2], into: "a")
      harness.succeed()
      await harness.log.wait(for: "shard is gone; what was left in it is not read")
      // It may have been asked for once more before it was known to be gone.
      var reader = await harness.stream.readers.next()
      while reader?.hasPrefix("s ") == true { reader = await harness.stream.readers.next() }
      #expect(reader == "a from the beginning")
      #expect(await harness.nextEvent() == "2")
      harness.succeed()
    }
    #expect(harness.checkpoints.checkpoint("s", of: harness.mapping.id) == nil)
  }

  @Test func problemOfAShardThatIsGoneIsToldNoMore() async throws {
    let harness = try StreamWorkerHarness()
    harness.stream.put([1])
    try await harness.work { _ in
      #expect(await harness.nextEvent() == "1")
      harness.fail()
      await harness.wait(forResult: "PROBLEM: Function call failed")
      // The batch is tried again, and its shard vanishes meanwhile.
      #expect(await harness.nextEvent() == "1")
      harness.stream.list(.init(id: "t"))
      harness.answer(.functionError(FunctionError(payload: [])))
      #expect(await harness.nextEvent() == "1")
      harness.succeed()
      await harness.log.wait(for: "shard is gone; what was left in it is not read")
      await harness.wait(forResult: "OK")
    }
  }
}
