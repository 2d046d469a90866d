import Mappings

@testable import Delivery

extension ShardScript {
  private static let minute = Duration.seconds(60)
  private static let opened = on(
    .gave([1], arrived: 5000), at: 6000, "poll 250", "invoke 0 [1] in 0-60 {}", "save - window 0 {}")

  private static func resumed(_ start: Int64, _ state: String) -> ShardCheckpoint {
    ShardCheckpoint(
      shard: "s", lanes: [SequenceNumber("3")], window: .init(start: Milliseconds(start), state: Array(state.utf8)))
  }

  private static func tumbling(
    _ name: String, policy: StreamRetryPolicy = StreamRetryPolicy(), batchSize: Int = 10, pushes: Bool = false,
    from checkpoint: ShardCheckpoint = ShardCheckpoint(shard: "s"), start: [String]? = nil, _ steps: [Step]
  ) -> ShardScript {
    ShardScript(
      name, batchSize: batchSize, tumbling: minute, policy: policy, pushes: pushes, from: checkpoint, start: start,
      steps)
  }

  static let tumbling = [
    tumbling(
      "the state of a window goes from invocation to invocation",
      [
        opened, on(.saved, at: 6000), on(.state(#"{"n":1}"#), at: 6000, #"save 1 window 0 {"n":1}"#),
        on(.saved, at: 6000), on(.pollDue, at: 7000, "read 1000"),
        on(.gave([2], arrived: 6500), at: 7000, "poll 250", #"invoke 0 [2] in 0-60 {"n":1}"#),
      ]),
    tumbling(
      "the first record of the next window closes the one before",
      [
        opened, on(.saved), on(.state(#"{"n":1}"#), #"save 1 window 0 {"n":1}"#), on(.saved), on(.pollDue, "read 1000"),
        on(.gave([2], arrived: 130_000), "poll 250", #"invoke 0 [] in 0-60 {"n":1} final"#),
        on(.invoked(.well), "save 1"), on(.saved, "invoke 0 [2] in 120-180 {}", "save 1 window 120 {}"),
      ]),
    tumbling(
      "a batch holds no records of two windows",
      [
        on(
          .read(
            ShardRead(
              records: [
                StreamedNumber(number: 1, arrival: Milliseconds(59_999)),
                StreamedNumber(number: 2, arrival: Milliseconds(60_000)),
              ], count: 2, last: SequenceNumber("2"), lastArrival: Milliseconds(60_000), isBehind: false,
              isCaughtUp: false, hasEnded: false,
              startedAt: Milliseconds(0))), "poll 250", "invoke 0 [1] in 0-60 {}", "save - window 0 {}"),
        on(.saved), on(.state("{}"), "save 1 window 0 {}"), on(.saved, "invoke 0 [] in 0-60 {} final"),
        on(.state("{}"), "save 1"), on(.saved, "invoke 0 [2] in 60-120 {}", "save 1 window 60 {}"),
      ]),
    tumbling(
      "a record of an earlier window counts among the open one's",
      [
        on(.gave([1], arrived: 61_000), "poll 250", "invoke 0 [1] in 60-120 {}", "save - window 60 {}"), on(.saved),
        on(.state("{}"), "save 1 window 60 {}"), on(.saved), on(.pollDue, "read 1000"),
        on(.gave([2], arrived: 59_000), "poll 250", "invoke 0 [2] in 60-120 {}"),
      ]),
    tumbling(
      "a window ends with its time, once a read that began then gave nothing",
      [
        opened, on(.saved, at: 6000), on(.state("{}"), at: 6000, "save 1 window 0 {}"), on(.saved, at: 6000),
        on(.pollDue, at: 59_990, "read 1000"), on(.gave([], startedAt: 59_990), at: 60_100, "poll 250"),
        on(.pollDue, at: 60_340, "read 1000"),
        on(.gave([], startedAt: 60_340), at: 60_350, "poll 250", "invoke 0 [] in 0-60 {} final"),
        on(.invoked(.well), at: 60_360, "save 1"), on(.saved, at: 60_370), on(.pollDue, at: 60_600, "read 1000"),
      ]),
    tumbling(
      "a window whose time is over waits for its own batch",
      [
        opened, on(.saved, at: 6000), on(.pollDue, at: 61_000, "read 1000"),
        on(.gave([], startedAt: 61_000), at: 61_000, "poll 250"), on(.invoked(.raised), at: 61_000, "rest 0 400"),
        on(.rested(lane: 0), at: 61_400, "invoke 0 [1] try 2 in 0-60 {}"),
        on(.state(#"{"n":1}"#), at: 61_500, #"save 1 window 0 {"n":1}"#),
        on(.saved, at: 61_500, #"invoke 0 [] in 0-60 {"n":1} final"#),
      ]),
    tumbling(
      "a window ends with its shard",
      [
        on(.gave([1], ended: true), "poll 250", "invoke 0 [1] in 0-60 {}", "save - window 0 {}"), on(.saved),
        on(.state("{}"), "save 1 window 0 {}"), on(.saved, "invoke 0 [] in 0-60 {} final"),
        on(.invoked(.well), "save 1 finished"), on(.saved, "finished ended"),
      ]),
    tumbling(
      "a source that pushes has its window closed a moment after its end", pushes: true,
      [
        on(
          .gave([1], arrived: 5000), at: 6000, "invoke 0 [1] in 0-60 {}", "read 1000", "save - window 0 {}"),
        on(.saved, at: 6000), on(.state("{}"), at: 6000, "save 1 window 0 {}"), on(.saved, at: 6000, "wake 55000"),
        on(.woken, at: 60_500, "wake 500"), on(.woken, at: 61_000, "invoke 0 [] in 0-60 {} final"),
        on(.invoked(.well), at: 61_000, "save 1"), on(.saved, at: 61_000),
      ]),
  ]

  static let tumblingTrouble = [
    tumbling(
      "an answer without a state is a failure",
      [
        opened, on(.saved), on(.invoked(.answered(Array("{}".utf8))), "rest 0 400"),
        on(.rested(lane: 0), "invoke 0 [1] try 2 in 0-60 {}"),
      ]),
    tumbling(
      "a state of over 1 MB ends its window early, and the next begins anew",
      [
        opened, on(.saved), on(.state(large), "save 1 window 0 \(large)"),
        on(.saved, "invoke 0 [] in 0-60 \(large) final early"), on(.pollDue, "read 1000"),
        on(.gave([2], arrived: 7000), "poll 250"), on(.invoked(.well), "save 1"),
        on(.saved, "invoke 0 [2] in 0-60 {}", "save 1 window 0 {}"),
      ]),
    tumbling(
      "a reported failure keeps the state, and the rest of the batch sees it",
      policy: StreamRetryPolicy(reportsItemFailures: true),
      [
        on(.gave(1...2), "poll 250", "invoke 0 [1, 2] in 0-60 {}", "save - window 0 {}"), on(.saved),
        on(
          .invoked(.answered(Array(#"{"batchItemFailures":[{"itemIdentifier":"2"}],"state":{"n":1}}"#.utf8))),
          "rest 0 400", #"save 1 window 0 {"n":1}"#),
        on(.saved), on(.rested(lane: 0), #"invoke 0 [2] in 0-60 {"n":1}"#),
      ]),
    tumbling(
      "a whole batch that fails leaves the state as it was",
      policy: StreamRetryPolicy(reportsItemFailures: true, maximumRetryAttempts: 0),
      [
        opened, on(.saved),
        on(
          .invoked(.answered(Array(#"{"batchItemFailures":[{"itemIdentifier":"1"}],"state":{"n":1}}"#.utf8))),
          "give up 0 [1] RetryAttemptsExhausted after 1"),
        on(.gaveUp(lane: 0), "save 1 window 0 {}"),
      ]),
    tumbling(
      "a final invocation that fails is tried again, given up and forgotten with its window",
      policy: StreamRetryPolicy(maximumRetryAttempts: 1),
      [
        opened, on(.saved), on(.state("{}"), "save 1 window 0 {}"), on(.saved), on(.pollDue, "read 1000"),
        on(.gave([2], arrived: 60_000), "poll 250", "invoke 0 [] in 0-60 {} final"),
        on(.invoked(.raised), "rest 0 400"), on(.rested(lane: 0), "invoke 0 [] try 2 in 0-60 {} final"),
        on(.invoked(.raised), "give up 0 [] RetryAttemptsExhausted after 2"), on(.gaveUp(lane: 0), "save 1"),
        on(.saved, "invoke 0 [2] in 60-120 {}", "save 1 window 60 {}"),
      ]),
    tumbling(
      "a stop lets the final invocation end",
      [
        on(.gave([1], ended: true), "poll 250", "invoke 0 [1] in 0-60 {}", "save - window 0 {}"), on(.saved),
        on(.state("{}"), "save 1 window 0 {}"), on(.saved, "invoke 0 [] in 0-60 {} final"), on(.stop),
        on(.invoked(.raised), "rest 0 400", "finished stopped"),
      ]),
    tumbling(
      "a window goes on with the state of its checkpoint", from: resumed(0, #"{"n":1}"#),
      [
        on(.gave([4], arrived: 7000), at: 8000, "poll 250", #"invoke 0 [4] in 0-60 {"n":1}"#),
        on(.state(#"{"n":2}"#), at: 8000, #"save 4 window 0 {"n":2}"#),
      ]),
    tumbling(
      "a window of a checkpoint whose time is over is closed after the first read", from: resumed(0, #"{"n":1}"#),
      [
        on(.gave([], startedAt: 100_000), at: 100_100, "poll 250", #"invoke 0 [] in 0-60 {"n":1} final"#),
        on(.invoked(.well), at: 100_200, "save 3"),
      ]),
    tumbling(
      "a window of a checkpoint gives way to the next one's records", from: resumed(0, #"{"n":1}"#),
      [on(.gave([4], arrived: 60_000), at: 60_000, "poll 250", #"invoke 0 [] in 0-60 {"n":1} final"#)]),
    ShardScript(
      "a window of a checkpoint means nothing to a mapping without windows", from: resumed(0, #"{"n":1}"#),
      start: ["read 1000", "save 3"], [on(.saved), on(.gave([4]), "poll 250", "invoke 0 [4]")]),
    tumbling(
      "a clock that goes back keeps the window open",
      [
        opened, on(.saved, at: 6000), on(.state("{}"), at: 6000, "save 1 window 0 {}"), on(.saved, at: 6000),
        on(.pollDue, at: 70_000, "read 1000"), on(.gave([], startedAt: 70_000), at: 10_000, "poll 250"),
        on(.pollDue, at: 59_999, "read 1000"), on(.gave([], startedAt: 59_999), at: 59_999, "poll 250"),
        on(.pollDue, at: 60_000, "read 1000"),
        on(.gave([], startedAt: 60_000), at: 60_000, "poll 250", "invoke 0 [] in 0-60 {} final"),
      ]),
    tumbling(
      "a source that pushes is looked at again when the clock has gone back", pushes: true, from: resumed(0, "{}"),
      start: ["read 1000", "wake 61000"],
      [
        on(.woken, at: 0, "wake 61000"), on(.woken, at: -5000, "wake 66000"),
        on(.woken, at: 61_000, "invoke 0 [] in 0-60 {} final"),
      ]),
  ]

  private static let large = #"{"x":"\#(String(repeating: "x", count: 1_048_576))"}"#
}
