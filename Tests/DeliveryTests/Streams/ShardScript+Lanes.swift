import Mappings

@testable import Delivery

extension ShardScript {
  private static func checkpoint(_ lanes: Int?...) -> ShardCheckpoint {
    ShardCheckpoint(shard: "s", lanes: lanes.map { $0.map { SequenceNumber("\($0)") } })
  }

  static let lanes = [
    ShardScript(
      "records of one key go to one lane, and lanes run at once", lanes: 2,
      [
        on(.gave(1...4), "poll 250", "invoke 0 [2, 4]", "invoke 1 [1, 3]"),
        on(.invoked(.raised, lane: 1), "rest 1 400"),
        on(.invoked(.well, lane: 0), "save 4 -"), on(.pollDue, "read 1000"), on(.gave(5...6), "poll 250"),
        on(.saved, "invoke 0 [6]"), on(.rested(lane: 1), "invoke 1 [1, 3] try 2"),
        on(.invoked(.well, lane: 1), "save 4 3"), on(.saved, "invoke 1 [5]"), on(.invoked(.well, lane: 1), "save 4 5"),
        // The first lane is still at work, the other is done with all that was read.
        on(.saved, "save 4 6"), on(.saved), on(.invoked(.well, lane: 0), "save 6 6"), on(.saved),
      ]),
    ShardScript(
      "a lane waits for its own progress to be on disk, and for no other's", lanes: 2,
      [
        on(.gave(1...2), "poll 250", "invoke 0 [2]", "invoke 1 [1]"), on(.pollDue, "read 1000"),
        on(.gave(3...4), "poll 250"), on(.invoked(.well, lane: 0), "save 2 -"),
        // The first checkpoint is on its way; the second follows it.
        on(.invoked(.well, lane: 1)), on(.saved, "invoke 0 [4]", "save 2 1"), on(.saved, "invoke 1 [3]"),
      ]),
    ShardScript(
      "a lane whose work is done saves what it has seen, and a tumbling window has one lane", batchSize: 1, lanes: 5,
      tumbling: .seconds(60),
      [on(.gave(1...2), "poll 250", "invoke 0 [1] in 0-60 {}", "save - window 0 {}")]),
  ]

  static let changing = [
    ShardScript(
      "fewer lanes skip what the lanes of before have done", from: checkpoint(4, 1),
      start: ["read 1000", "save 1 earlier 4 1"],
      [
        on(.saved), on(.gave([2]), "poll 250", "save 2 earlier 4 1"), on(.saved), on(.pollDue, "read 1000"),
        on(.gave(3...5), "poll 250", "invoke 0 [3, 5]"), on(.invoked(.well), "save 5"),
      ]),
    ShardScript(
      "more lanes skip what the lanes of before have done", lanes: 3, from: checkpoint(4, 1),
      start: ["read 1000", "save 1 1 1 earlier 4 1"],
      [on(.saved), on(.gave(2...5), "poll 250", "invoke 0 [3]", "invoke 2 [5]", "save 1 5 1 earlier 4 1")]),
  ]

  static let resuming = [
    ShardScript(
      "one lane goes on behind its checkpoint", from: checkpoint(3),
      [on(.gave(4...5), "poll 250", "invoke 0 [4, 5]"), on(.invoked(.well), "save 5")]),
    ShardScript(
      "lanes that were ahead skip what they have done", lanes: 2, from: checkpoint(4, 1),
      [
        on(.gave(2...5), "poll 250", "invoke 1 [3, 5]", "save 5 1"), on(.saved),
        on(.invoked(.well, lane: 1), "save 5 5"),
      ]),
    ShardScript(
      "where a lane has done nothing, the others skip what they have done", lanes: 2, from: checkpoint(4, nil),
      [on(.gave(1...6), "poll 250", "invoke 0 [6]", "invoke 1 [1, 3, 5]")]),
    ShardScript(
      "lanes that are ahead of what was read stay there", lanes: 2, from: checkpoint(4, 1),
      [on(.gave([2]), "poll 250", "save 4 2"), on(.saved)]),
    ShardScript(
      "an iterator is kept until a record is done with",
      from: ShardCheckpoint(shard: "s", iterator: "i"),
      [
        on(.gave([]), "poll 250"), on(.pollDue, "read 1000"), on(.gave([1]), "poll 250", "invoke 0 [1]"),
        on(.invoked(.well), "save 1"),
      ]),
    ShardScript(
      "an iterator is kept while a lane has done nothing", lanes: 2,
      from: ShardCheckpoint(shard: "s", lanes: [nil, nil], iterator: "i"),
      [
        on(.gave(1...2), "poll 250", "invoke 0 [2]", "invoke 1 [1]"),
        on(.invoked(.well, lane: 0), "save 2 - iterator i"), on(.saved), on(.invoked(.well, lane: 1), "save 2 1"),
      ]),
  ]
}
