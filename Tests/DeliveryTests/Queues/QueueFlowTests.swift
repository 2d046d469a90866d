import Mappings
import Testing

@testable import Delivery

/// A message that is its number.
struct Numbered: QueuedMessage, CustomStringConvertible, CustomTestStringConvertible {
  var number: Int
  var id: String { "\(number)" }
  var byteCount = 100
  var group: String?

  var description: String { "\(number)" }
  var testDescription: String { description }
}

/// What happens to a flow, and what it has to do then, in words.
struct FlowScript: Sendable, CustomTestStringConvertible {
  typealias Flow = QueueFlow<Numbered>

  struct Step: Sendable {
    var event: Flow.Event
    var actions: [String]
  }

  var name: String
  var settings: Flow.Settings
  var start = ["receive 10 waiting 20"]
  var steps: [Step]

  var testDescription: String { name }

  init(
    _ name: String, batchSize: Int = 10, window: Duration = .zero, maximumConcurrency: Int? = nil,
    start: [String] = ["receive 10 waiting 20"], _ steps: [(Flow.Event, [String])]
  ) {
    self.name = name
    settings = .init(batchSize: batchSize, window: window, maximumConcurrency: maximumConcurrency)
    self.start = start
    self.steps = steps.map { Step(event: $0.0, actions: $0.1) }
  }

  static func received(_ numbers: some Sequence<Int>, asked: Int = 10, bytes: Int = 100) -> Flow.Event {
    let messages = numbers.map { Numbered(number: $0, byteCount: bytes) }
    return .received(messages, count: messages.count, asked: asked)
  }

  static func received(_ messages: [(Int, String)]) -> Flow.Event {
    .received(messages.map { Numbered(number: $0.0, group: $0.1) }, count: messages.count, asked: 10)
  }

  static func configured(batchSize: Int, window: Duration, maximumConcurrency: Int? = nil) -> Flow.Event {
    .configured(.init(batchSize: batchSize, window: window, maximumConcurrency: maximumConcurrency))
  }

  static let megabyte = 1024 * 1024

  static let receiving: [FlowScript] = [
    FlowScript(
      "an idle queue has one long poll, whatever comes back empty",
      [(received([]), ["receive 10 waiting 20"]), (received([]), ["receive 10 waiting 20"])]),
    FlowScript(
      "receives double while messages come, up to the places, and go back to one",
      [
        (received(1...3), ["deliver 1 [1, 2, 3]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (received([]), []),
        (received([4]), ["deliver 2 [4]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (received([5]), ["deliver 3 [5]", "receive 10 waiting 1"]),
        (received([6]), ["deliver 4 [6]"]),
        (received([7]), ["deliver 5 [7]"]),
        (.batchEnded(1, .none), ["receive 10 waiting 20"]),
        (received([]), ["receive 10 waiting 20"]),
        (.batchEnded(2, .none), []),
        (.batchEnded(3, .none), []),
      ]),
    FlowScript(
      "messages that no filter lets through are looked past at once",
      [(.received([], count: 5, asked: 10), ["receive 10 waiting 20", "receive 10 waiting 1"])]),
    FlowScript(
      "a receive asks for no more than a batch holds", batchSize: 3, start: ["receive 3 waiting 20"],
      [(received(1...2, asked: 3), ["deliver 1 [1, 2]", "receive 3 waiting 20", "receive 3 waiting 1"])]),
    FlowScript(
      "a source that fails is left alone for a while, once",
      [
        (received([1]), ["deliver 1 [1]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (.receiveFailed(asked: 10), ["rest source"]),
        (.receiveFailed(asked: 10), []),
        (.batchEnded(1, .none), []),
        (.rested, ["receive 10 waiting 20"]),
      ]),
  ]

  static let batching: [FlowScript] = [
    FlowScript(
      "without a window a batch is what one receive gave",
      [
        (received(1...4), ["deliver 1 [1, 2, 3, 4]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (received([5]), ["deliver 2 [5]", "receive 10 waiting 1", "receive 10 waiting 1"]),
      ]),
    FlowScript(
      "a receive that gives more than a batch holds makes several batches", batchSize: 2,
      start: ["receive 2 waiting 20"],
      [
        (
          received(1...5, asked: 2),
          [
            "deliver 1 [1, 2]", "deliver 2 [3, 4]", "deliver 3 [5]", "receive 2 waiting 20", "receive 2 waiting 1",
          ]
        )
      ]),
    FlowScript(
      "a window gathers over receives until the batch is full", batchSize: 15, window: .seconds(5),
      [
        (received(1...9), ["window 1 5.0 seconds", "receive 6 waiting 20"]),
        (
          received(10...15, asked: 6), ["deliver 1 \(Array(1...15))", "receive 10 waiting 20", "receive 5 waiting 1"]
        ),
        (.windowEnded(1), []),
      ]),
    FlowScript(
      "a window that ends sends what is there, and means nothing later", batchSize: 15, window: .seconds(5),
      [
        (received(1...2), ["window 1 5.0 seconds", "receive 10 waiting 20", "receive 3 waiting 1"]),
        (.windowEnded(1), ["deliver 1 [1, 2]"]),
        (.windowEnded(1), []),
        (received([3]), ["window 3 5.0 seconds", "receive 10 waiting 1", "receive 1 waiting 1"]),
        (.windowEnded(1), []),
        (.windowEnded(2), []),
        (.windowEnded(3), ["deliver 2 [3]", "receive 1 waiting 1"]),
      ]),
    FlowScript(
      "a window closes before its event would pass 6 MB", batchSize: 100, window: .seconds(5),
      [
        (
          received(1...2, bytes: 2 * megabyte),
          ["window 1 5.0 seconds", "receive 10 waiting 20", "receive 10 waiting 1"]
        ),
        // The third would end exactly at the limit, were there no brackets around it.
        (
          received([3], bytes: 2 * megabyte),
          [
            "window 3 5.0 seconds", "deliver 1 [1, 2]", "receive 10 waiting 1", "receive 10 waiting 1",
            "receive 10 waiting 1",
          ]
        ),
      ]),
    FlowScript(
      "a receive over 6 MB is split in its order, and what has no place waits", maximumConcurrency: 2,
      [
        (received(1...4, bytes: 3 * megabyte), ["deliver 1 [1]", "deliver 2 [2]"]),
        (.batchEnded(2, .none), ["deliver 3 [3]"]),
        (.batchEnded(1, .none), ["deliver 4 [4]"]),
        (.batchEnded(3, .none), ["receive 10 waiting 20"]),
      ]),
    FlowScript(
      "messages that fit into 6 MB with their brackets stay together",
      [
        (
          received(1...2, bytes: 3 * megabyte - 8),
          ["deliver 1 [1, 2]", "receive 10 waiting 20", "receive 10 waiting 1"]
        )
      ]),
    FlowScript(
      "a message over 6 MB goes alone",
      [
        (
          .received(
            [Numbered(number: 1), Numbered(number: 2, byteCount: 7 * megabyte), Numbered(number: 3)], count: 3,
            asked: 10),
          ["deliver 1 [1]", "deliver 2 [2]", "deliver 3 [3]", "receive 10 waiting 20", "receive 10 waiting 1"]
        )
      ]),
    // Recorded: test_batching_reserved_concurrency.
    FlowScript(
      "30 messages, BatchSize 20, a window of 1 s and MaximumConcurrency 2 are two batches", batchSize: 20,
      window: .seconds(1), maximumConcurrency: 2,
      [
        (received(1...10), ["window 1 1.0 seconds", "receive 10 waiting 20"]),
        (received(11...20), ["deliver 1 \(Array(1...20))", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (received(21...30), ["window 3 1.0 seconds"]),
        (received([]), ["receive 10 waiting 20"]),
        (.windowEnded(1), []),
        (.windowEnded(3), ["deliver 2 \(Array(21...30))"]),
        (received([]), []),
      ]),
  ]

  static let wishes: [FlowScript] = [
    FlowScript(
      "a pause gives back what is held and what still comes, and ends with receives", batchSize: 20,
      window: .seconds(5),
      [
        (received(1...2), ["window 1 5.0 seconds", "receive 10 waiting 20", "receive 8 waiting 1"]),
        (.paused, ["release [1, 2]"]),
        (.paused, []),
        (received([3]), ["release [3]"]),
        (received([], asked: 8), []),
        (.windowEnded(1), []),
        (.resumed, ["receive 10 waiting 20", "receive 10 waiting 1"]),
        (.resumed, []),
      ]),
    FlowScript(
      "a pause gives back the batches that wait for a place; what is in flight is finished", maximumConcurrency: 2,
      [
        (received(1...4, bytes: 3 * megabyte), ["deliver 1 [1]", "deliver 2 [2]"]),
        (.paused, ["release [3, 4]"]),
        (.batchEnded(1, .none), []),
        (.batchEnded(2, .failing), []),
        (.resumed, ["receive 10 waiting 20", "receive 10 waiting 1"]),
      ]),
    FlowScript(
      "a rest outlives a pause",
      [
        (.receiveFailed(asked: 10), ["rest source"]), (.paused, []), (.resumed, []),
        (.rested, ["receive 10 waiting 20"]),
      ]),
    FlowScript(
      "a smaller batch that is full already goes out at once", batchSize: 20, window: .seconds(5),
      [
        (received(1...3), ["window 1 5.0 seconds", "receive 10 waiting 20", "receive 7 waiting 1"]),
        (configured(batchSize: 3, window: .seconds(5)), ["deliver 1 [1, 2, 3]"]),
        (.windowEnded(1), []),
      ]),
    FlowScript(
      "a window that is taken away sends what is gathered", batchSize: 20, window: .seconds(5),
      [
        (received([1]), ["window 1 5.0 seconds", "receive 10 waiting 20", "receive 9 waiting 1"]),
        (configured(batchSize: 10, window: .zero), ["deliver 1 [1]"]),
        (received([2], asked: 9), ["deliver 2 [2]", "receive 10 waiting 1", "receive 10 waiting 1"]),
      ]),
    FlowScript(
      "what does not concern the batch leaves it as it is", batchSize: 20, window: .seconds(5),
      [
        (received([1]), ["window 1 5.0 seconds", "receive 10 waiting 20", "receive 9 waiting 1"]),
        (configured(batchSize: 100, window: .seconds(9), maximumConcurrency: 2), []),
        (.windowEnded(1), ["deliver 1 [1]"]),
      ]),
    FlowScript(
      "a lower MaximumConcurrency holds from the next batch on",
      [
        (received([1]), ["deliver 1 [1]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (received([2]), ["deliver 2 [2]", "receive 10 waiting 1", "receive 10 waiting 1"]),
        (configured(batchSize: 10, window: .zero, maximumConcurrency: 2), []),
        (received([3]), []),
        (.batchEnded(1, .none), ["deliver 3 [3]"]),
      ]),
  ]

  static let pressure: [FlowScript] = [
    FlowScript(
      "a function without room makes the mapping rest, with fewer places",
      [
        (received([1]), ["deliver 1 [1]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (.batchEnded(1, .overloaded), ["rest overloaded"]),
        (received([]), []),
        (received([]), []),
        (.rested, ["receive 10 waiting 20"]),
        (received([2]), ["deliver 2 [2]", "receive 10 waiting 20"]),
      ]),
    FlowScript(
      "two batches without room are one rest",
      [
        (received([1]), ["deliver 1 [1]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (received([2]), ["deliver 2 [2]", "receive 10 waiting 1", "receive 10 waiting 1"]),
        (.batchEnded(1, .overloaded), ["rest overloaded"]),
        (.batchEnded(2, .overloaded), []),
      ]),
    FlowScript(
      "a function that fails goes on at once",
      [
        (received([1]), ["deliver 1 [1]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (received([]), []),
        (received([]), ["receive 10 waiting 20"]),
        (.batchEnded(1, .failing), []),
      ]),
  ]

  static let invisibility: [FlowScript] = [
    FlowScript(
      "a heartbeat extends what was there at the last one", batchSize: 20, window: .seconds(60),
      [
        (received([1]), ["window 1 60.0 seconds", "receive 10 waiting 20", "receive 9 waiting 1"]),
        (.heartbeat, []),
        (received([2]), ["receive 9 waiting 1"]),
        (.heartbeat, ["extend [1]"]),
        (.windowEnded(1), ["deliver 1 [1, 2]", "receive 2 waiting 1"]),
        (.heartbeat, ["extend [1, 2]"]),
        (.batchEnded(1, .none), []),
        (.heartbeat, []),
      ])
  ]

  static let groups: [FlowScript] = [
    FlowScript(
      "a message whose group is in flight waits for its end",
      [
        (
          received([(1, "a"), (2, "b")]), ["deliver 1 [1, 2]", "receive 10 waiting 20", "receive 10 waiting 1"]
        ),
        (
          received([(3, "a"), (4, "c"), (5, "b")]),
          ["deliver 2 [4]", "receive 10 waiting 1", "receive 10 waiting 1"]
        ),
        (.batchEnded(1, .none), ["deliver 3 [3, 5]"]),
        (received([(6, "a")]), ["receive 10 waiting 1"]),
      ]),
    FlowScript(
      "what follows a failed message of its group is left to come again after it",
      [
        (received([(1, "a"), (2, "b")]), ["deliver 1 [1, 2]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (
          received([(3, "a"), (4, "b")]), ["receive 10 waiting 1", "receive 10 waiting 1", "receive 10 waiting 1"]
        ),
        (.batchEnded(1, .none, failedGroups: ["a"]), ["deliver 2 [4]"]),
      ]),
    FlowScript(
      "a message that is given again while it is in flight is left to whoever has it",
      [
        (received([(1, "a")]), ["deliver 1 [1]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (received([(1, "a")]), ["receive 10 waiting 1", "receive 10 waiting 1", "receive 10 waiting 1"]),
        (.batchEnded(1, .none), []),
      ]),
    FlowScript(
      "pausing releases what waits for its group",
      [
        (received([(1, "a")]), ["deliver 1 [1]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (received([(2, "a")]), ["receive 10 waiting 1", "receive 10 waiting 1", "receive 10 waiting 1"]),
        (.paused, ["release [2]"]),
        (.batchEnded(1, .none), []),
      ]),
    FlowScript(
      "a batch holds several messages of a group in their order",
      [
        (
          received([(1, "a"), (2, "b"), (3, "a"), (4, "a")]),
          ["deliver 1 [1, 2, 3, 4]", "receive 10 waiting 20", "receive 10 waiting 1"]
        )
      ]),
    FlowScript(
      "a group that was several times in a batch is free when that ends",
      [
        (received([(1, "a"), (2, "a")]), ["deliver 1 [1, 2]", "receive 10 waiting 20", "receive 10 waiting 1"]),
        (.batchEnded(1, .failing), []),
        (
          received([(1, "a")]),
          ["deliver 2 [1]", "receive 10 waiting 1", "receive 10 waiting 1", "receive 10 waiting 1"]
        ),
      ]),
    // What is left comes again: a group's second half must not overtake the first, nor run beside it.
    FlowScript(
      "a group whose messages pass 6 MB has one batch in flight",
      [
        (
          .received(
            [1, 2].map { Numbered(number: $0, byteCount: 3 * megabyte, group: "a") }
              + [Numbered(number: 3, group: "b")], count: 3, asked: 10),
          ["deliver 1 [1]", "deliver 2 [3]", "receive 10 waiting 20", "receive 10 waiting 1"]
        )
      ]),
    FlowScript(
      "a group whose messages are more than a smaller batch holds has one batch in flight",
      [
        (configured(batchSize: 1, window: .zero), []),
        (
          received([(1, "a"), (2, "a"), (3, "b")]),
          ["deliver 1 [1]", "deliver 2 [3]", "receive 1 waiting 20", "receive 1 waiting 1"]
        ),
      ]),
  ]
}

extension QueueFlow<Numbered>.Action {
  /// The action in words.
  var words: String {
    switch self {
    case .receive(let maximum, let waitSeconds): "receive \(maximum) waiting \(waitSeconds)"
    case .startWindow(let number, let duration): "window \(number) \(duration)"
    case .deliver(let number, let messages): "deliver \(number) \(messages)"
    case .release(let messages): "release \(messages)"
    // In no order.
    case .extend(let messages): "extend \(messages.map(\.number).sorted())"
    case .rest(.sourceFailed): "rest source"
    case .rest(.functionOverloaded): "rest overloaded"
    }
  }
}

@Suite struct QueueFlowTests {
  private func play(_ script: FlowScript) {
    var flow = QueueFlow<Numbered>(script.settings)
    #expect(flow.start().map(\.words) == script.start)
    for (number, step) in script.steps.enumerated() {
      let actions = flow.handle(step.event, at: .zero).map(\.words)
      #expect(actions == step.actions, "step \(number + 1)")
    }
  }

  @Test(arguments: FlowScript.receiving) func receives(script: FlowScript) { play(script) }
  @Test(arguments: FlowScript.batching) func makesBatches(script: FlowScript) { play(script) }
  @Test(arguments: FlowScript.wishes) func followsWishes(script: FlowScript) { play(script) }
  @Test(arguments: FlowScript.pressure) func yieldsToPressure(script: FlowScript) { play(script) }
  @Test(arguments: FlowScript.invisibility) func keepsMessagesInvisible(script: FlowScript) { play(script) }
  @Test(arguments: FlowScript.groups) func keepsGroupsInOrder(script: FlowScript) { play(script) }

  @Test func groupThatWaitsForAPlaceIsNotTakenTwice() {
    // Two are in flight and a third is on its way when MaximumConcurrency sinks; the visibility of what then waits ends.
    var flow = QueueFlow<Numbered>(.init(batchSize: 10, window: .zero, maximumConcurrency: nil))
    _ = flow.start()
    for (number, group) in [(1, "a"), (2, "b")] {
      _ = flow.handle(FlowScript.received([(number, group)]), at: .zero)
    }
    _ = flow.handle(FlowScript.configured(batchSize: 10, window: .zero, maximumConcurrency: 2), at: .zero)
    #expect(flow.handle(FlowScript.received([(3, "c")]), at: .zero).isEmpty)
    #expect(flow.handle(FlowScript.received([(3, "c")]), at: .zero).isEmpty)
    let first = flow.handle(.batchEnded(1, .none), at: .zero).map(\.words)
    #expect(first == ["deliver 3 [3]"])
    let second = flow.handle(.batchEnded(2, .none), at: .zero).map(\.words)
    #expect(!second.contains("deliver 4 [3]"))
  }

  @Test func waitingMessagesRaiseTheLimitUpToMaximumConcurrency() {
    var flow = QueueFlow<Numbered>(.init(batchSize: 1, window: .zero, maximumConcurrency: 8))
    var receives = flow.start().count
    var delivered = 0
    for second in 0..<60 where receives > 0 {
      let event = FlowScript.received([second], asked: 1)
      let actions = flow.handle(event, at: .seconds(second)).map(\.words)
      receives += actions.count { $0.hasPrefix("receive") } - 1
      delivered += actions.count { $0.hasPrefix("deliver") }
      #expect(delivered <= flow.concurrencyLimit)
    }
    #expect(flow.concurrencyLimit == 8)
    #expect(delivered == 8)
  }

  @Test func idleFlowHoldsNothing() {
    var flow = QueueFlow<Numbered>(.init(batchSize: 20, window: .seconds(1), maximumConcurrency: nil))
    #expect(flow.isIdle)
    _ = flow.start()
    #expect(!flow.isIdle)
    #expect(!flow.holdsMessages)
    _ = flow.handle(FlowScript.received([1]), at: .zero)
    #expect(flow.holdsMessages)
    _ = flow.handle(.paused, at: .zero)
    #expect(!flow.holdsMessages)
    #expect(!flow.isIdle)
    _ = flow.handle(FlowScript.received([]), at: .zero)
    _ = flow.handle(FlowScript.received([], asked: 9), at: .zero)
    #expect(flow.isIdle)
  }
}
