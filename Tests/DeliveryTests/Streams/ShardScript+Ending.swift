import Mappings

@testable import Delivery

extension ShardScript {
  static let ending = [
    ShardScript(
      "a shard ends when all of it is done with",
      [
        on(.gave(1...2, ended: true), "poll 250", "invoke 0 [1, 2]"), on(.pollDue), on(.invoked(.well), "save 2"),
        on(.saved, "save 2 finished"), on(.saved, "finished ended"), on(.pollDue), on(.stop),
      ]),
    ShardScript(
      "a shard without records ends",
      [on(.gave([], ended: true), "poll 250", "save - finished"), on(.saved, "finished ended")]),
    ShardScript(
      "a shard ends for all of its lanes together", lanes: 2,
      [
        on(.gave(1...2, ended: true), "poll 250", "invoke 0 [2]", "invoke 1 [1]"),
        on(.invoked(.well, lane: 0), "save 2 -"), on(.saved), on(.invoked(.well, lane: 1), "save 2 1"),
        on(.saved, "save 2 2 finished"), on(.saved, "finished ended"),
      ]),
    ShardScript(
      "a shard that was closed has run dry with a read that gives nothing, begun after that",
      [
        on(.closed), on(.gave([], caughtUp: true), "poll 250"), on(.pollDue, "read 1000"),
        on(.gave([1], caughtUp: true), "poll 250", "invoke 0 [1]"), on(.pollDue, "read 1000"),
        on(.gave([], caughtUp: true), "poll 250"), on(.invoked(.well), "save 1"), on(.saved, "ran dry"),
      ]),
    ShardScript(
      "a shard that has run dry says so once, and is read on, more seldom",
      [
        on(.gave([]), "poll 250"), on(.closed), on(.pollDue, "read 1000"),
        on(.gave([], caughtUp: true), "poll 250", "ran dry"), on(.pollDue, "read 1000"),
        on(.gave([1]), "poll 1000", "invoke 0 [1]"), on(.invoked(.well), "save 1"), on(.saved),
        on(.pollDue, "read 1000"), on(.gave([], caughtUp: true), "poll 1000"), on(.pollDue, "read 1000"),
        on(.gave([], ended: true), "poll 1000", "save 1 finished"), on(.saved, "finished ended"),
      ]),
    ShardScript(
      "a closed shard whose source does not say that it was read to its end has not run dry",
      [
        on(.gave([]), "poll 250"), on(.closed), on(.pollDue, "read 1000"), on(.gave([]), "poll 250"),
        on(.pollDue, "read 1000"),
      ]),
    ShardScript(
      "a closed shard of which filters let nothing through has not run dry until nothing is there",
      [
        on(.gave([]), "poll 250"), on(.closed), on(.pollDue, "read 1000"),
        on(.filtered(upTo: 5, caughtUp: true), "poll 250", "save 5"), on(.saved), on(.pollDue, "read 1000"),
        on(.gave([], caughtUp: true), "poll 250", "ran dry"), on(.stop, "finished stopped"),
      ]),
    ShardScript(
      "a shard that vanished ends when what was read is done with, and is not finished",
      [
        on(.gave(1...2, behind: true), "invoke 0 [1, 2]", "read 1000"), on(.vanished), on(.invoked(.well), "save 2"),
        on(.saved, "finished vanished"),
      ]),
    ShardScript("a shard that vanished before anything was read ends at once", [on(.vanished, "finished vanished")]),
  ]

  static let stopping = [
    ShardScript("a read is not waited for", [on(.stop, "finished stopped"), on(.gave([1]))]),
    ShardScript("a pause between reads is not waited for", [on(.gave([]), "poll 250"), on(.stop, "finished stopped")]),
    ShardScript(
      "a batching window is not waited for", window: .seconds(5),
      [on(.gave([1]), "poll 250", "window 0.0 5000"), on(.stop, "finished stopped")]),
    ShardScript(
      "an invocation is waited for, and what it did is saved; nothing follows", batchSize: 1,
      [
        on(.gave(1...2), "poll 250", "invoke 0 [1]"), on(.stop), on(.pollDue), on(.invoked(.well), "save 1"),
        on(.saved, "finished stopped"),
      ]),
    ShardScript(
      "an invocation that fails then is not tried again",
      [
        on(.gave([1]), "poll 250", "invoke 0 [1]"), on(.stop), on(.invoked(.raised), "rest 0 400", "finished stopped"),
      ]),
    ShardScript(
      "an invocation that is taken back changes nothing",
      [
        on(.gave([1]), "poll 250", "invoke 0 [1]"), on(.stop),
        on(.invoked(.withdrawn), "rest 0 250", "finished stopped"),
      ]),
    ShardScript(
      "a pause before another try is not waited for",
      [
        on(.gave([1]), "poll 250", "invoke 0 [1]"), on(.invoked(.raised), "rest 0 400"), on(.stop, "finished stopped"),
      ]),
    ShardScript(
      "what is being told to a destination is waited for", policy: StreamRetryPolicy(maximumRetryAttempts: 0),
      [
        on(.gave([1]), "poll 250", "invoke 0 [1]"),
        on(.invoked(.raised), "give up 0 [1] RetryAttemptsExhausted after 1"), on(.stop),
        on(.gaveUp(lane: 0), "save 1"),
        on(.saved, "finished stopped"),
      ]),
    ShardScript(
      "what could not be told to a destination is kept", policy: StreamRetryPolicy(maximumRetryAttempts: 0),
      [
        on(.gave([1]), "poll 250", "invoke 0 [1]"),
        on(.invoked(.raised), "give up 0 [1] RetryAttemptsExhausted after 1"), on(.stop),
        on(.keptInstead(lane: 0), "finished stopped"),
      ]),
    ShardScript(
      "a batch whose attempts are used up then is kept, and not told of",
      policy: StreamRetryPolicy(maximumRetryAttempts: 0),
      [on(.gave([1]), "poll 250", "invoke 0 [1]"), on(.stop), on(.invoked(.raised), "finished stopped")]),
    ShardScript(
      "a checkpoint on its way is waited for",
      [
        on(.gave([1]), "poll 250", "invoke 0 [1]"), on(.invoked(.well), "save 1"), on(.stop),
        on(.saved, "finished stopped"),
      ]),
    ShardScript(
      "all lanes are waited for", lanes: 2,
      [
        on(.gave(1...2), "poll 250", "invoke 0 [2]", "invoke 1 [1]"), on(.stop),
        on(.invoked(.well, lane: 1), "save - 1"),
        on(.saved), on(.invoked(.well, lane: 0), "save 2 1"), on(.saved, "finished stopped"),
      ]),
    ShardScript(
      "the second stop changes nothing", [on(.gave([1]), "poll 250", "invoke 0 [1]"), on(.stop), on(.stop)]),
    ShardScript(
      "a shard that ends meanwhile has ended",
      [
        on(.gave([1], ended: true), "poll 250", "invoke 0 [1]"), on(.stop), on(.invoked(.well), "save 1"),
        on(.saved, "finished stopped"),
      ]),
  ]
}
