import Mappings

@testable import Delivery

extension ShardScript {
  private static let megabyte = 1024 * 1024

  static let reading = [
    ShardScript(
      "an idle shard is read after every pause",
      [on(.gave([]), "poll 250"), on(.pollDue, "read 1000"), on(.gave([]), "poll 250"), on(.pollDue, "read 1000")]),
    ShardScript(
      "a shard that is behind is read on at once, while the function works",
      [on(.gave(1...3, behind: true), "invoke 0 [1, 2, 3]", "read 1000"), on(.gave([4]), "poll 250")]),
    ShardScript(
      "a source that pushes is asked on at once", pushes: true,
      [on(.gave([]), "read 1000"), on(.gave([1]), "invoke 0 [1]", "read 1000")]),
    ShardScript(
      "a source that fails is left alone for as long as it is told",
      [
        on(.readFailed(retryAfter: .milliseconds(500)), "poll 500"), on(.pollDue, "read 1000"),
        on(.gave([1]), "poll 250", "invoke 0 [1]"), on(.pollDue, "read 1000"),
      ]),
    ShardScript(
      "a pause that nobody waits for means nothing",
      [on(.pollDue), on(.gave([]), "poll 250"), on(.pollDue, "read 1000")]),
    ShardScript(
      "two reads of records are held at most", readLimit: 10,
      [
        on(.gave(1...10, behind: true), "invoke 0 \(Array(1...10))", "read 10"),
        on(.gave(11...20, behind: true)),
        on(.invoked(.well), "save 10"),
        on(.saved, "invoke 0 \(Array(11...20))", "read 10"),
      ]),
    ShardScript(
      "12 MB of records are held at most",
      [
        on(.gave([1], bytes: 5 * megabyte, behind: true), "invoke 0 [1]", "read 1000"),
        on(.gave([2], bytes: 5 * megabyte, behind: true), "read 1000"),
        on(.gave([3], bytes: 5 * megabyte, behind: true)),
        on(.invoked(.well), "save 1"),
        on(.saved, "invoke 0 [2]", "read 1000"),
      ]),
    ShardScript(
      "a pause that ends while too much is held is made up for later", batchSize: 2, readLimit: 2,
      [
        on(.gave(1...4), "poll 250", "invoke 0 [1, 2]"), on(.pollDue), on(.invoked(.well), "save 2"),
        on(.saved, "invoke 0 [3, 4]", "read 2"),
      ]),
    ShardScript(
      "what no filter lets through is done with", [on(.filtered(upTo: 9), "poll 250", "save 9"), on(.saved)]),
  ]

  static let batching = [
    ShardScript(
      "without a window a batch is what one read gave",
      [
        on(.gave(1...2), "poll 250", "invoke 0 [1, 2]"), on(.invoked(.well), "save 2"), on(.saved),
        on(.pollDue, "read 1000"), on(.gave([3]), "poll 250", "invoke 0 [3]"),
      ]),
    ShardScript(
      "more than a batch holds are several, one after the other", batchSize: 2,
      [
        on(.gave(1...5), "poll 250", "invoke 0 [1, 2]"), on(.invoked(.well), "save 2"), on(.saved, "invoke 0 [3, 4]"),
        on(.invoked(.well), "save 4"), on(.saved, "invoke 0 [5]"), on(.invoked(.well), "save 5"), on(.saved),
      ]),
    ShardScript(
      "a window gathers over several reads until it ends", window: .seconds(5),
      [
        on(.gave(1...2), "poll 250", "window 0.0 5000"), on(.pollDue, "read 1000"), on(.gave([3]), "poll 250"),
        on(.pollDue, "read 1000"), on(.windowEnded(lane: 0, 0), "invoke 0 [1, 2, 3]"),
        on(.gave([4]), "poll 250", "window 0.1 5000"), on(.invoked(.well), "save 3"), on(.saved),
        on(.windowEnded(lane: 0, 1), "invoke 0 [4]"),
      ]),
    ShardScript(
      "a window gathers over several reads until the batch is full", batchSize: 4, window: .seconds(5),
      [
        on(.gave(1...3), "poll 250", "window 0.0 5000"), on(.pollDue, "read 1000"),
        on(.gave(4...6), at: 2000, "poll 250", "invoke 0 [1, 2, 3, 4]", "window 0.1 5000"),
        on(.windowEnded(lane: 0, 0)), on(.invoked(.well), "save 4"), on(.saved),
        // That of the batch which is gone.
        on(.windowEnded(lane: 0, 0)), on(.windowEnded(lane: 0, 1), "invoke 0 [5, 6]"),
      ]),
    ShardScript(
      "a batch ends before its event would pass 6 MB",
      [
        on(.gave(1...5, bytes: 2 * megabyte), "poll 250", "invoke 0 [1, 2]"), on(.invoked(.well), "save 2"),
        on(.saved, "invoke 0 [3, 4]"), on(.invoked(.well), "save 4"), on(.saved, "invoke 0 [5]"),
      ]),
    ShardScript(
      "a batch of 6 MB waits for no window", window: .seconds(5),
      [
        on(.gave([1], bytes: 4 * megabyte), "poll 250", "window 0.0 5000"), on(.pollDue, "read 1000"),
        on(.gave([2], bytes: 4 * megabyte), "poll 250", "invoke 0 [1]", "window 0.1 5000"),
      ]),
    ShardScript(
      "what a batch left over has waited already", batchSize: 2, window: .seconds(5),
      [
        on(.gave(1...5), "poll 250", "invoke 0 [1, 2]", "window 0.1 5000"), on(.invoked(.well), at: 3000, "save 2"),
        on(.saved, at: 3000, "invoke 0 [3, 4]", "window 0.2 2000"), on(.invoked(.well), at: 9000, "save 4"),
        on(.windowEnded(lane: 0, 2), at: 9000), on(.saved, at: 9000, "invoke 0 [5]"),
      ]),
    ShardScript(
      "a clock that goes back makes no window longer, and one that jumps ahead ends it", batchSize: 2,
      window: .seconds(5),
      [
        on(.gave(1...3), at: 9000, "poll 250", "invoke 0 [1, 2]", "window 0.1 5000"),
        on(.pollDue, at: 0, "read 1000"), on(.gave(4...7), at: 0, "poll 250"), on(.invoked(.well), at: 0, "save 2"),
        on(.saved, at: 0, "invoke 0 [3, 4]", "window 0.2 5000"), on(.invoked(.well), at: 90_000, "save 4"),
        on(.saved, at: 90_000, "invoke 0 [5, 6]", "window 0.3 0"),
      ]),
    ShardScript(
      "a record that is larger than any event is tried alone",
      [
        on(.gave(1...2, bytes: 7 * megabyte), "poll 250", "invoke 0 [1]"),
        on(.invoked(.tooLarge("413")), "rest 0 400"), on(.rested(lane: 0), "invoke 0 [1] try 2"),
      ]),
    ShardScript(
      "the last records of a shard wait for no window", window: .seconds(5),
      [on(.gave(1...2, ended: true), "poll 250", "invoke 0 [1, 2]")]),
  ]
}
