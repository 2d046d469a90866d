import Mappings
import Testing

@testable import Delivery

/// What happens to the flow of a shard, and what it has to do then, in words.
struct ShardScript: Sendable, CustomTestStringConvertible {
  typealias Flow = ShardFlow<StreamedNumber>

  struct Step: Sendable {
    var event: Flow.Event
    var now: Milliseconds
    var actions: [String]
  }

  var name: String
  var settings: Flow.Settings
  var checkpoint: ShardCheckpoint
  var start: [String]
  var steps: [Step]

  var testDescription: String { name }

  init(
    _ name: String, batchSize: Int = 10, window: Duration = .zero, lanes: Int = 1, tumbling: Duration? = nil,
    policy: StreamRetryPolicy = StreamRetryPolicy(), pushes: Bool = false, readLimit: Int = 1000,
    from checkpoint: ShardCheckpoint? = nil, start: [String]? = nil, _ steps: [Step]
  ) {
    self.name = name
    settings = .make(
      batchSize: batchSize, window: window, lanes: lanes, tumbling: tumbling, policy: policy, pushes: pushes,
      readLimit: readLimit)
    self.checkpoint = checkpoint ?? ShardCheckpoint(shard: "s", lanes: Array(repeating: nil, count: settings.laneCount))
    self.start = start ?? ["read \(readLimit)"]
    self.steps = steps
  }

  /// - Parameter now: milliseconds since the epoch.
  static func on(_ event: Flow.Event, at now: Int64 = 0, _ actions: String...) -> Step {
    Step(event: event, now: Milliseconds(now), actions: actions)
  }

  /// Plays the script, and holds the flow to it.
  func play(_ location: SourceLocation = #_sourceLocation) {
    var flow = Flow(settings, from: checkpoint)
    #expect(flow.start(at: steps.first?.now ?? Milliseconds(0)).words == start, sourceLocation: location)
    for (number, step) in steps.enumerated() {
      let actions = flow.handle(step.event, at: step.now).words
      #expect(actions == step.actions, "step \(number + 1)", sourceLocation: location)
    }
  }
}

extension ShardFlow<StreamedNumber>.Settings {
  /// Settings that only differ where the test says so.
  static func make(
    batchSize: Int = 10, window: Duration = .zero, lanes: Int = 1, tumbling: Duration? = nil,
    policy: StreamRetryPolicy = StreamRetryPolicy(), pushes: Bool = false, readLimit: Int = 1000
  ) -> Self {
    var policy = policy
    policy.keepsState = tumbling != nil
    return .init(
      batchSize: batchSize, window: window, parallelization: lanes, tumblingWindow: tumbling, policy: policy,
      pollInterval: pushes ? .zero : .milliseconds(250), readLimit: readLimit)
  }
}

extension ShardFlow<StreamedNumber>.Event {
  /// A read that gave some records; their keys are their numbers.
  static func gave(
    _ numbers: some Sequence<Int>, arrived: Int64 = 0, bytes: Int = 100, behind: Bool = false, caughtUp: Bool = false,
    ended: Bool = false, startedAt: Int64 = 0
  ) -> Self {
    let records = numbers.map {
      StreamedNumber(number: $0, arrival: Milliseconds(arrived), byteCount: bytes, keyHash: UInt64($0))
    }
    return .read(
      ShardRead(
        records: records, count: records.count, last: records.last?.sequenceNumber,
        lastArrival: records.last?.arrival, isBehind: behind, isCaughtUp: caughtUp, hasEnded: ended,
        startedAt: Milliseconds(startedAt)))
  }

  /// A read of which the filters let nothing through.
  static func filtered(upTo last: Int, arrived: Int64 = 0, caughtUp: Bool = false, startedAt: Int64 = 0) -> Self {
    .read(
      ShardRead(
        records: [], count: 3, last: SequenceNumber("\(last)"), lastArrival: Milliseconds(arrived), isBehind: false,
        isCaughtUp: caughtUp, hasEnded: false, startedAt: Milliseconds(startedAt)))
  }

  static func invoked(_ result: InvocationResult, lane: Int = 0) -> Self { .invoked(lane: lane, result, spread: 1) }

  /// The function answered with a state.
  static func state(_ state: String) -> Self { .invoked(.answered(Array(#"{"state":\#(state)}"#.utf8))) }
}

extension ShardFlow<StreamedNumber>.Action {
  /// The action in words; nil for what only tells.
  var words: String? {
    switch self {
    case .read(let maximum): "read \(maximum)"
    case .poll(let pause): "poll \(pause.milliseconds)"
    case .startWindow(let lane, let number, let duration): "window \(lane).\(number) \(duration.milliseconds)"
    case .invoke(let lane, let invocation):
      "invoke \(lane) \(invocation.records)" + (invocation.attempt > 1 ? " try \(invocation.attempt)" : "")
        + (invocation.window?.words ?? "")
    case .note: nil
    case .rest(let lane, let pause): "rest \(lane) \(pause.milliseconds)"
    case .giveUp(let lane, let records, let reason):
      "give up \(lane) \(records) \(reason.condition.rawValue) after \(reason.invocations)"
    case .save(let checkpoint): "save \(checkpoint.words)"
    case .wake(let pause): "wake \(pause.milliseconds)"
    case .ranDry: "ran dry"
    case .finished(let end): "finished \(end)"
    }
  }
}

extension [ShardFlow<StreamedNumber>.Action] {
  var words: [String] { compactMap(\.words) }
}

extension WindowContext {
  fileprivate var words: String {
    " in \(start.count / 1000)-\(end.count / 1000) \(String(decoding: state, as: UTF8.self))"
      + (isFinal ? " final" : "") + (isTerminatedEarly ? " early" : "")
  }
}

extension ShardCheckpoint {
  /// Lane by lane, a dash where nothing is done.
  fileprivate var words: String {
    lanes.map { $0?.description ?? "-" }.joined(separator: " ")
      + earlierLanes.map { " earlier \($0.map { $0?.description ?? "-" }.joined(separator: " "))" }.joined()
      + (iterator.map { " iterator \($0)" } ?? "")
      + (window.map { " window \($0.start.count / 1000) \(String(decoding: $0.state, as: UTF8.self))" } ?? "")
      + (isFinished ? " finished" : "")
  }
}

extension Duration {
  /// Whole milliseconds.
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
