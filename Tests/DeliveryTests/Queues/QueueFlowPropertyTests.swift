import Mappings
import TestSupport
import Testing

@testable import Delivery

/// A queue, a function and the time, which do to a flow what comes to a random generator's mind, and hold it to what it
/// may never do.
private struct FlowWorld {
  typealias Flow = QueueFlow<Numbered>

  /// Where a message is.
  enum Place: Equatable {
    case inQueue
    case held
    case inFlight(Int)
    case done
  }

  var random: SeededGenerator
  var flow: Flow
  var settings: Flow.Settings
  let groupCount: Int
  let mayChangeSettings: Bool

  var messages: [Numbered] = []
  var places: [Place] = []
  var receives: [Int] = []
  var windows: [Int] = []
  var batches: [Int: [Int]] = [:]
  var isPaused = false
  var rests = 0
  var now = Duration.zero
  var largestBatchSize: Int
  /// What broke a rule, in words.
  var faults: [String] = []

  init(_ random: SeededGenerator, groupCount: Int, mayChangeSettings: Bool) {
    self.random = random
    self.groupCount = groupCount
    self.mayChangeSettings = mayChangeSettings
    settings = Self.settings(&self.random, hasWindow: groupCount == 0)
    largestBatchSize = settings.batchSize
    flow = Flow(settings)
    perform(flow.start())
  }

  static func settings(_ random: inout SeededGenerator, hasWindow: Bool) -> Flow.Settings {
    let window: Duration = hasWindow && random.happens(onceIn: 2) ? .seconds(1) : .zero
    let batchSize = 1 + random.index(below: window == .zero ? 10 : 40)
    let maximum = random.happens(onceIn: 2) ? 2 + random.index(below: 8) : nil
    return .init(batchSize: batchSize, window: window, maximumConcurrency: maximum)
  }

  // MARK: What happens

  mutating func step() {
    now += .milliseconds(random.index(below: 500))
    switch random.index(below: 12) {
    case 0...2: send()
    case 3...5: answerReceive()
    case 6...7: endBatch()
    case 8: endWindow()
    case 9: if random.happens(onceIn: 4) { failReceive() } else { rest() }
    case 10: pauseOrResume()
    default: if mayChangeSettings, random.happens(onceIn: 4) { change() } else { handle(.heartbeat) }
    }
  }

  mutating func send() {
    for _ in 0...random.index(below: 8) {
      let size = random.happens(onceIn: 10) ? 2_000_000 + random.index(below: 3_000_000) : 100
      let group = groupCount == 0 ? nil : "\(random.index(below: groupCount))"
      messages.append(Numbered(number: messages.count, byteCount: size, group: group))
      places.append(.inQueue)
    }
  }

  /// The queue gives its oldest messages, in their order; none of a group of which it has given some already.
  mutating func answerReceive() {
    guard !receives.isEmpty else { return }
    let asked = receives.remove(at: random.index(below: receives.count))
    var locked: Set<String> = []
    for (message, place) in zip(messages, places) where place != .inQueue && place != .done {
      if let group = message.group { locked.insert(group) }
    }
    var given: [Numbered] = []
    for message in messages where given.count < asked && places[message.number] == .inQueue {
      if let group = message.group, locked.contains(group) { continue }
      given.append(message)
    }
    for message in given { places[message.number] = .held }
    handle(.received(given, count: given.count, asked: asked))
  }

  mutating func failReceive() {
    guard !receives.isEmpty else { return }
    handle(.receiveFailed(asked: receives.removeLast()))
  }

  mutating func endBatch() {
    guard let number = batches.keys.sorted().randomElement(using: &random), let batch = batches[number] else { return }
    batches[number] = nil
    let pressure: QueueBatchFate.Pressure = random.element(of: [.none, .none, .none, .failing, .overloaded])
    for message in batch { places[message] = pressure == .none ? .done : .inQueue }
    let failed = pressure == .none ? [] : Set(batch.compactMap { messages[$0].group })
    // What waits for a failed message is left to come again; its visibility timeout ends.
    for message in messages where places[message.number] == .held && message.group.map(failed.contains) == true {
      places[message.number] = .inQueue
    }
    handle(.batchEnded(number, pressure, failedGroups: failed))
  }

  mutating func endWindow() {
    guard !windows.isEmpty else { return }
    handle(.windowEnded(windows.remove(at: random.index(below: windows.count))))
  }

  mutating func rest() {
    guard rests > 0 else { return }
    rests -= 1
    handle(.rested)
  }

  mutating func pauseOrResume() {
    if isPaused || random.happens(onceIn: 4) {
      isPaused.toggle()
      handle(isPaused ? .paused : .resumed)
    }
  }

  mutating func change() {
    settings = Self.settings(&random, hasWindow: groupCount == 0)
    largestBatchSize = max(largestBatchSize, settings.batchSize)
    handle(.configured(settings))
  }

  mutating func handle(_ event: Flow.Event) {
    perform(flow.handle(event, at: now))
    if isPaused, places.contains(.held) { faults.append("held while paused") }
  }

  // MARK: What the flow does

  mutating func perform(_ actions: [Flow.Action]) {
    for action in actions {
      switch action {
      case .receive(let maximum, let waitSeconds): receive(maximum, waitSeconds)
      case .startWindow(let number, let duration):
        if duration != settings.window { faults.append("a window of \(duration)") }
        windows.append(number)
      case .deliver(let number, let batch): deliver(number, batch)
      case .release(let released):
        for message in released {
          if places[message.number] != .held { faults.append("released \(message), which is not held") }
          places[message.number] = .inQueue
        }
      case .extend(let extended):
        for message in extended where [.inQueue, .done].contains(places[message.number]) {
          faults.append("extended \(message), which is not there")
        }
      case .rest:
        rests += 1
        if rests > 1 { faults.append("two rests") }
      }
    }
  }

  mutating func receive(_ maximum: Int, _ waitSeconds: Int) {
    let held = places.count { $0 == .held }
    if isPaused || rests > 0 { faults.append("received while paused or resting") }
    if !(1...min(10, settings.batchSize)).contains(maximum) { faults.append("asked for \(maximum)") }
    if waitSeconds != (receives.isEmpty ? 20 : 1) { faults.append("waited \(waitSeconds) s") }
    if settings.window == .zero {
      // In FIFO queues, what is held may be what was left to come again.
      if held > 0, groupCount == 0 { faults.append("received while a batch waits") }
      if batches.count + receives.count >= flow.concurrencyLimit { faults.append("received without a place") }
    } else if held + receives.reduce(maximum, +) > settings.batchSize {
      faults.append("asked for more than the batch has room for")
    }
    receives.append(maximum)
  }

  mutating func deliver(_ number: Int, _ batch: [Numbered]) {
    if batches[number] != nil || batch.isEmpty { faults.append("batch \(number)") }
    for message in batch {
      if places[message.number] != .held { faults.append("delivered \(message), which is not held") }
      places[message.number] = .inFlight(number)
    }
    batches[number] = batch.map(\.number)
    if batches.count > flow.concurrencyLimit { faults.append("more in flight than allowed") }
    if batches.count > settings.maximumConcurrency ?? 1250 { faults.append("over MaximumConcurrency") }
    if batch.count > largestBatchSize { faults.append("a batch of \(batch.count)") }
    let bytes = 13 + batch.reduce(0) { $0 + $1.byteCount + 1 }
    if batch.count > 1, bytes > Invocation.maximumPayloadBytes { faults.append("an event of \(bytes) bytes") }
    for group in Set(batch.compactMap(\.group)) {
      // All of the group that are not done, oldest first: the batch has to begin with the first of them.
      let open = messages.filter { $0.group == group && places[$0.number] != .done }.map(\.number)
      let delivered = batch.filter { $0.group == group }.map(\.number)
      if !open.starts(with: delivered) { faults.append("group \(group): \(delivered) of \(open)") }
    }
  }

  /// Lets everything happen that is under way, without pressure, until nothing is left to do.
  mutating func drain() {
    if isPaused {
      isPaused = false
      handle(.resumed)
    }
    var left = 20 * messages.count + 100
    while left > 0, places.contains(where: { $0 != .done }) {
      left -= 1
      rest()
      answerReceive()
      endWindow()
      for number in batches.keys.sorted() {
        for message in batches[number] ?? [] { places[message] = .done }
        batches[number] = nil
        handle(.batchEnded(number, .none))
      }
    }
    if places.contains(where: { $0 != .done }) { faults.append("lost \(places.count { $0 != .done }) messages") }
  }
}

@Suite struct QueueFlowPropertyTests {
  private func run(_ purpose: String, groupCount: Int, mayChangeSettings: Bool) async {
    var random = SeededGenerator.announced(for: purpose)
    for script in 0..<150 {
      await giveWay(inRound: script, every: 1)
      let seed = random.next()
      var world = FlowWorld(
        SeededGenerator(seed: seed), groupCount: groupCount, mayChangeSettings: mayChangeSettings)
      for _ in 0..<150 where world.faults.isEmpty { world.step() }
      if world.faults.isEmpty { world.drain() }
      #expect(world.faults.isEmpty, "script \(script) of seed \(seed)")
      if !world.faults.isEmpty { return }
    }
  }

  /// No message is lost or delivered twice, no limit is passed, whatever happens in whichever order.
  @Test func standardQueuesAreServedWhateverHappens() async {
    await run("scripts of a standard queue", groupCount: 0, mayChangeSettings: true)
  }

  /// Besides: a batch begins with the oldest messages of its groups, and no group is in flight twice.
  @Test func fifoQueuesAreServedInOrderWhateverHappens() async {
    await run("scripts of a FIFO queue", groupCount: 3, mayChangeSettings: true)
  }
}
