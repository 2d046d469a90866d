import TestSupport
import Testing

@testable import Delivery

@Suite struct ShardFlowPropertyTests {
  private func run(_ purpose: String, _ nature: ShardWorld.Nature, judge: (ShardWorld) -> Bool) async {
    var random = SeededGenerator.announced(for: purpose)
    for script in 0..<150 {
      await giveWay(inRound: script, every: 1)
      let seed = random.next()
      var world = ShardWorld(SeededGenerator(seed: seed), nature)
      for _ in 0..<200 where world.faults.isEmpty { world.step() }
      if world.faults.isEmpty { world.drain() }
      #expect(world.faults.isEmpty, "script \(script) of seed \(seed)")
      if !world.faults.isEmpty || !judge(world) { return }
    }
  }

  /// Nothing is lost, first deliveries of a key are in order, the checkpoint passes nothing that is not done with, and
  /// only what was in flight or not on disk comes again.
  @Test func shardIsServedWhateverHappens() async {
    await run("worlds of a shard", .init()) { world in
      #expect(world.needlessRepeats == [])
      return world.needlessRepeats.isEmpty
    }
  }

  @Test(arguments: [1, .max]) func shardWhoseLanesChangeIsServedWhateverHappens(changes: Int) async {
    await run("worlds of a shard whose lanes change", .init(laneChanges: changes)) { world in
      #expect(world.needlessRepeats == [])
      return world.needlessRepeats.isEmpty
    }
  }

  /// Besides: every batch lies in its window, and the state of a window has each of its records once.
  @Test func tumblingWindowsAreKeptWhateverHappens() async {
    await run("worlds of tumbling windows", .init(hasTumblingWindows: true)) { world in
      #expect(world.needlessRepeats == [])
      return world.needlessRepeats.isEmpty
    }
  }
}
