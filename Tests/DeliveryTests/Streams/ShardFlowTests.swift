import Mappings
import Testing

@testable import Delivery

@Suite struct ShardFlowTests {
  @Test(arguments: ShardScript.reading) func reads(script: ShardScript) { script.play() }
  @Test(arguments: ShardScript.batching) func makesBatches(script: ShardScript) { script.play() }
  @Test(arguments: ShardScript.failing) func triesAgainAndGivesUp(script: ShardScript) { script.play() }
  @Test(arguments: ShardScript.lanes) func keepsLanesApart(script: ShardScript) { script.play() }
  @Test(arguments: ShardScript.resuming) func goesOnBehindItsCheckpoint(script: ShardScript) { script.play() }
  @Test(arguments: ShardScript.changing) func goesOnWithOtherLanes(script: ShardScript) { script.play() }
  @Test(arguments: ShardScript.ending) func endsWithItsShard(script: ShardScript) { script.play() }
  @Test(arguments: ShardScript.stopping) func stops(script: ShardScript) { script.play() }
  @Test(arguments: ShardScript.tumbling) func keepsTumblingWindows(script: ShardScript) { script.play() }
  @Test(arguments: ShardScript.tumblingTrouble) func bringsWindowsThroughTrouble(script: ShardScript) { script.play() }

  /// Documented: each shard is read four times a second.
  @Test func idleShardIsReadAboutFourTimesASecond() {
    var flow = ShardFlow<StreamedNumber>(.make(), from: ShardCheckpoint(shard: "s"))
    _ = flow.start(at: Milliseconds(0))
    for _ in 0..<100 {
      let pause = flow.handle(.gave([]), at: Milliseconds(0)).compactMap { action -> Duration? in
        if case .poll(let pause) = action { pause } else { nil }
      }
      #expect(pause.count == 1)
      #expect(pause.allSatisfy { $0 >= .milliseconds(250) && $0 <= .milliseconds(300) })
      _ = flow.handle(.pollDue, at: Milliseconds(0))
    }
  }

  @Test func everyInvocationIsToldOfWithItsFate() {
    var flow = ShardFlow<StreamedNumber>(.make(batchSize: 1), from: ShardCheckpoint(shard: "s"))
    _ = flow.start(at: Milliseconds(0))
    _ = flow.handle(.gave([1]), at: Milliseconds(0))
    for (result, outcome) in [(InvocationResult.raised, DeliveryRecord.Outcome.functionError), (.well, .success)] {
      let notes = flow.handle(.invoked(result), at: Milliseconds(0)).compactMap { action -> StreamBatchFate? in
        if case .note(0, let fate) = action { fate } else { nil }
      }
      #expect(notes.map(\.outcome) == [outcome])
      _ = flow.handle(.rested(lane: 0), at: Milliseconds(0))
    }
  }
}
