import Mappings
import Testing

@testable import Delivery

/// Corners in which a flow could lose its place, or its time.
@Suite struct ShardFlowCornerTests {
  private typealias Flow = ShardFlow<StreamedNumber>

  /// The actions of the last of some events.
  private func last(
    _ settings: Flow.Settings, from checkpoint: ShardCheckpoint = ShardCheckpoint(shard: "s"),
    _ events: [(Flow.Event, at: Int64)]
  ) -> [String] {
    var flow = Flow(settings, from: checkpoint)
    var actions = flow.start(at: Milliseconds(events.first?.at ?? 0)).words
    for (event, now) in events { actions = flow.handle(event, at: Milliseconds(now)).words }
    return actions
  }

  @Test func checkpointDoesNotGoBackBehindWhatFiltersLeftOut() {
    let actions = last(
      .make(),
      [
        (.gave([1]), 0), (.invoked(.well), 0), (.saved, 0), (.pollDue, 0), (.filtered(upTo: 10), 0), (.saved, 0),
        (.pollDue, 0), (.gave([11]), 0),
      ])
    #expect(actions == ["poll 250", "invoke 0 [11]"])
  }

  @Test func laneThatWasIdleDoesNotGoBack() {
    let actions = last(
      .make(lanes: 2),
      [(.gave([2, 4]), 0), (.invoked(.well), 0), (.saved, 0), (.saved, 0), (.pollDue, 0), (.gave([5]), 0)])
    #expect(actions == ["poll 250", "invoke 1 [5]", "save 5 4"])
  }

  @Test func whatLanesOfBeforeHaveDoneIsSkippedAfterASecondRestartToo() {
    // Two lanes, of which one is ahead; then one lane, which has not come so far when it stops.
    var checkpoint = ShardCheckpoint(shard: "s", lanes: [SequenceNumber("6"), SequenceNumber("1")])
    var flow = Flow(.make(batchSize: 1), from: checkpoint)
    var actions = flow.start(at: Milliseconds(0))
    for event in [Flow.Event.saved, .gave(2...6), .invoked(.well), .saved] {
      actions += flow.handle(event, at: Milliseconds(0))
    }
    for action in actions {
      if case .save(let saved) = action { checkpoint = saved }
    }
    let repeated = last(.make(), from: checkpoint, [(.gave(4...6), 0)])
    #expect(repeated.contains("invoke 0 [5]"))
  }

  @Test func windowRunsSinceItsFirstRecordAndNotSinceTheBatchBefore() {
    let actions = last(
      .make(batchSize: 2, window: .seconds(5)),
      [
        (.gave(1...2), 0), (.pollDue, 250), (.gave([3]), 250), (.windowEnded(lane: 0, 1), 5250),
        (.invoked(.well), 20_000), (.saved, 20_000),
      ])
    #expect(actions == ["invoke 0 [3]"])
  }

  @Test func batchMayHoldMoreThanTwoReads() {
    let actions = last(
      .make(batchSize: 10, window: .seconds(5), readLimit: 2),
      [(.gave(1...2, behind: true), 0), (.gave(3...4, behind: true), 0)])
    #expect(actions == ["read 2"])
  }

  @Test func windowEndsThoughEveryReadGivesWhatFiltersLeaveOut() {
    let actions = last(
      .make(tumbling: .seconds(60)),
      [
        (.gave([1], arrived: 5000), 6000), (.saved, 6000), (.state("{}"), 6000), (.saved, 6000), (.pollDue, 61_000),
        (.filtered(upTo: 9, caughtUp: true, startedAt: 61_000), 61_000),
      ])
    #expect(actions.contains("invoke 0 [] in 0-60 {} final"))
  }

  @Test func windowWhoseStateIsTooLargeEndsEarlyAfterARestartToo() {
    let large = Array(#"{"x":"\#(String(repeating: "x", count: 1_048_576))"}"#.utf8)
    let checkpoint = ShardCheckpoint(
      shard: "s", lanes: [SequenceNumber("3")], window: .init(start: Milliseconds(0), state: large))
    var flow = Flow(.make(tumbling: .seconds(60)), from: checkpoint)
    let start = flow.start(at: Milliseconds(6000)).words
    #expect(start.contains { $0.hasSuffix("final early") })
  }
}
