import Mappings

@testable import Delivery

extension ShardScript {
  static let failing = [
    ShardScript(
      "a batch that fails is tried again after a pause that grows, and blocks the shard",
      [
        on(.gave(1...2), "poll 250", "invoke 0 [1, 2]"), on(.invoked(.raised), "rest 0 400"), on(.pollDue, "read 1000"),
        on(.gave([3]), "poll 250"), on(.rested(lane: 0), "invoke 0 [1, 2] try 2"), on(.invoked(.raised), "rest 0 800"),
        on(.rested(lane: 0), "invoke 0 [1, 2] try 3"), on(.invoked(.well), "save 2"), on(.saved, "invoke 0 [3]"),
      ]),
    ShardScript(
      "reported records are tried again without those before them, once these are on disk",
      policy: StreamRetryPolicy(reportsItemFailures: true),
      [
        on(.gave(1...3), "poll 250", "invoke 0 [1, 2, 3]"), on(.invoked(.reporting(3)), "rest 0 400", "save 2"),
        on(.rested(lane: 0)), on(.saved, "invoke 0 [3]"),
      ]),
    ShardScript(
      "halves follow each other at once", policy: StreamRetryPolicy(bisects: true),
      [
        on(.gave(1...3), "poll 250", "invoke 0 [1, 2, 3]"), on(.invoked(.raised), "invoke 0 [1, 2]"),
        on(.invoked(.well), "save 2"), on(.saved, "invoke 0 [3]"), on(.invoked(.well), "save 3"), on(.saved),
      ]),
    ShardScript(
      "records that have used up their attempts are given up, and the shard goes on",
      policy: StreamRetryPolicy(maximumRetryAttempts: 0),
      [
        on(.gave(1...2), "poll 250", "invoke 0 [1, 2]"),
        on(.invoked(.raised), "give up 0 [1, 2] RetryAttemptsExhausted after 1"), on(.pollDue, "read 1000"),
        on(.gave([3]), "poll 250"), on(.gaveUp(lane: 0), "save 2"), on(.saved, "invoke 0 [3]"),
      ]),
    ShardScript(
      "records that are too old are given up untried, and the young ones delivered",
      policy: StreamRetryPolicy(maximumRecordAge: .seconds(60)),
      [
        on(.gave([1, 2], behind: true), at: 61_000, "give up 0 [1, 2] RecordAgeExceeded after 1", "read 1000"),
        on(.gave([3], arrived: 60_000), at: 61_000, "poll 250"), on(.gaveUp(lane: 0), at: 61_000, "save 2"),
        on(.saved, at: 61_000, "invoke 0 [3]"),
      ]),
    ShardScript(
      "what could not be told of is kept, and told of again",
      policy: StreamRetryPolicy(maximumRetryAttempts: 0),
      [
        on(.gave([1]), "poll 250", "invoke 0 [1]"),
        on(.invoked(.raised), "give up 0 [1] RetryAttemptsExhausted after 1"),
        on(.keptInstead(lane: 0), "give up 0 [1] RetryAttemptsExhausted after 1"), on(.gaveUp(lane: 0), "save 1"),
      ]),
    ShardScript(
      "a pause ends when the first record gets too old", policy: StreamRetryPolicy(maximumRecordAge: .seconds(60)),
      [
        on(.gave([1]), at: 59_950, "poll 250", "invoke 0 [1]"), on(.invoked(.raised), at: 59_950, "rest 0 51"),
        on(.rested(lane: 0), at: 60_001, "give up 0 [1] RecordAgeExceeded after 1"),
      ]),
    ShardScript(
      "a function without room is asked again, and that does not count",
      policy: StreamRetryPolicy(maximumRetryAttempts: 0),
      [
        on(.gave([1]), "poll 250", "invoke 0 [1]"), on(.invoked(.throttled("429")), "rest 0 250"),
        on(.rested(lane: 0), "invoke 0 [1]"), on(.invoked(.unreachable("refused")), "rest 0 500"),
        on(.rested(lane: 0), "invoke 0 [1]"), on(.invoked(.well), "save 1"),
      ]),
    ShardScript(
      "a clock that goes back lets a record live longer, and one that jumps ahead lets it die",
      policy: StreamRetryPolicy(maximumRecordAge: .seconds(60)),
      [
        on(.gave([1], arrived: 100_000), at: 100_000, "poll 250", "invoke 0 [1]"),
        on(.invoked(.raised), at: 0, "rest 0 400"), on(.rested(lane: 0), at: 400, "invoke 0 [1] try 2"),
        on(.invoked(.raised), at: 1_000_000_000, "rest 0 0"),
        on(.rested(lane: 0), at: 1_000_000_000, "give up 0 [1] RecordAgeExceeded after 2"),
        on(.gaveUp(lane: 0), at: 0, "save 1"), on(.saved, at: 0),
      ]),
  ]
}
