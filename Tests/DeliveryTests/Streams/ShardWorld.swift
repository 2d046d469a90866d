import Mappings
import TestSupport

@testable import Delivery

/// A shard, a function, a disk and the time, which do to a flow what comes to a random generator's mind, and hold it to
/// what it may never do. A stop or a crash brings another flow, which goes on from what is on the disk.
struct ShardWorld {
  typealias Flow = ShardFlow<StreamedNumber>

  /// What may differ from world to world.
  struct Nature {
    /// How often the mapping gets another `ParallelizationFactor`, at most.
    var laneChanges = 0
    var hasTumblingWindows = false
  }

  fileprivate enum Pending {
    case read(maximum: Int)
    case poll
    case event(Flow.Event)
    case invocation(lane: Int, StreamInvocation<StreamedNumber>)
    case giveUp(lane: Int, [StreamedNumber])
    case save(ShardCheckpoint, done: Set<Int>)
  }

  private var random: SeededGenerator
  private var nature: Nature
  private var flow: Flow
  private var settings: Flow.Settings
  private var pending: [Pending] = []

  /// All records of the shard, number by number.
  private var records: [StreamedNumber] = []
  private var readUpTo = 0
  private var hasEnded = false
  private var now = Milliseconds(1_000_000)

  private var disk: ShardCheckpoint
  /// Records that are done with; those of which the disk knows it; and those that a function has seen.
  private var done: Set<Int> = []
  private var safe: Set<Int> = []
  private var seen: Set<Int> = []
  /// Records whose state a final invocation has had.
  private var counted: Set<Int> = []
  private var givenUp: Set<Int> = []
  private(set) var end: Flow.End?
  /// What broke a rule, in words.
  private(set) var faults: [String] = []
  /// Records that were delivered though the disk knew that they are done with.
  private(set) var needlessRepeats: [Int] = []

  init(_ random: SeededGenerator, _ nature: Nature) {
    self.random = random
    self.nature = nature
    settings = Self.settings(&self.random, nature)
    disk = ShardCheckpoint(shard: "s")
    flow = Flow(settings, from: disk)
    perform(flow.start(at: now))
  }

  private static func settings(_ random: inout SeededGenerator, _ nature: Nature) -> Flow.Settings {
    let policy = StreamRetryPolicy(
      reportsItemFailures: random.happens(onceIn: 2), bisects: random.happens(onceIn: 2),
      maximumRetryAttempts: nature.hasTumblingWindows ? nil : random.element(of: [nil, 0, 2]),
      maximumRecordAge: random.happens(onceIn: 3) && !nature.hasTumblingWindows ? .seconds(60) : nil)
    return .make(
      batchSize: 1 + random.index(below: 8), window: random.happens(onceIn: 3) ? .seconds(1) : .zero,
      lanes: nature.hasTumblingWindows ? 1 : 1 + random.index(below: 4),
      tumbling: nature.hasTumblingWindows ? .seconds(5) : nil, policy: policy, pushes: random.happens(onceIn: 4),
      readLimit: 10)
  }

  /// One in seven records is none for the filters.
  private static func isAdmitted(_ record: StreamedNumber) -> Bool { record.number % 7 != 0 }

  // MARK: What happens

  mutating func step() {
    now = now + .milliseconds(random.index(below: 400))
    switch random.index(below: 20) {
    case 0...2: put()
    case 3: if random.happens(onceIn: 5) { handle(.stop) }
    case 4: if random.happens(onceIn: 8) { restart(losesWrites: true) }
    case 5: if random.happens(onceIn: 20) { now = now + .seconds(30) }
    default: settleOne(succeeds: false)
    }
  }

  /// Ends the shard, and lets all be well until nothing is left to do.
  mutating func drain() {
    hasEnded = true
    for _ in 0..<(60 * records.count + 200) where end != .ended && faults.isEmpty {
      now = now + .milliseconds(300)
      settleOne(succeeds: true)
    }
    if end != .ended { faults.append("does not end") }
    let lost = records.filter { Self.isAdmitted($0) && !done.contains($0.number) }
    if !lost.isEmpty { faults.append("lost \(lost)") }
    if !disk.isFinished { faults.append("the disk does not know that the shard is finished") }
    let uncounted = done.subtracting(givenUp).subtracting(counted)
    if nature.hasTumblingWindows, !uncounted.isEmpty { faults.append("no final invocation for \(uncounted.sorted())") }
  }

  private mutating func put() {
    for _ in 0...random.index(below: 6) {
      let key = random.index(below: 5)
      let size = random.happens(onceIn: 12) ? 3 << 20 : 100
      records.append(
        StreamedNumber(number: records.count + 1, arrival: now, byteCount: size, keyHash: UInt64(key)))
    }
  }

  /// Something that was begun ends.
  private mutating func settleOne(succeeds: Bool) {
    guard !pending.isEmpty else { return }
    switch pending.remove(at: random.index(below: pending.count)) {
    case .read(let maximum): read(maximum, succeeds: succeeds)
    case .poll: handle(.pollDue)
    case .event(let event): handle(event)
    case .invocation(let lane, let invocation): end(invocation, lane, succeeds: succeeds)
    case .giveUp(let lane, let given):
      if !succeeds, random.happens(onceIn: 4) { return handle(.keptInstead(lane: lane)) }
      done.formUnion(given.map(\.number))
      givenUp.formUnion(given.map(\.number))
      handle(.gaveUp(lane: lane))
    case .save(let checkpoint, let known):
      disk = checkpoint
      safe.formUnion(known)
      handle(.saved)
    }
  }

  private mutating func read(_ maximum: Int, succeeds: Bool) {
    if !succeeds, random.happens(onceIn: 8) { return handle(.readFailed(retryAfter: .milliseconds(250))) }
    let limit = succeeds ? maximum : min(maximum, random.index(below: 15))
    let given = records.dropFirst(readUpTo).prefix(limit)
    readUpTo += given.count
    handle(
      .read(
        ShardRead(
          records: given.filter(Self.isAdmitted), count: given.count, last: given.last?.sequenceNumber,
          lastArrival: given.last?.arrival,
          isBehind: readUpTo < records.count, isCaughtUp: readUpTo == records.count,
          hasEnded: hasEnded && readUpTo == records.count, startedAt: now)))
  }

  private mutating func end(_ invocation: StreamInvocation<StreamedNumber>, _ lane: Int, succeeds: Bool) {
    let numbers = invocation.records.map(\.number)
    guard !succeeds, random.happens(onceIn: 2) else { return succeed(numbers, of: invocation, lane) }
    switch random.index(below: 5) {
    case 0...1: handle(.invoked(.raised, lane: lane))
    case 2: handle(.invoked(random.element(of: [.throttled(""), .withdrawn, .unreachable("")]), lane: lane))
    case 3: handle(.invoked(.tooLarge(""), lane: lane))
    default:
      guard settings.policy.reportsItemFailures, numbers.count > 1 else {
        return succeed(numbers, of: invocation, lane)
      }
      let place = random.index(below: numbers.count)
      succeed(Array(numbers[..<place]), of: invocation, lane, reporting: numbers[place])
    }
  }

  /// The function's state is the list of the records that it has seen in the window.
  private mutating func succeed(
    _ numbers: [Int], of invocation: StreamInvocation<StreamedNumber>, _ lane: Int, reporting failed: Int? = nil
  ) {
    done.formUnion(numbers)
    let state = (self.numbers(in: invocation.window) + numbers).map(String.init).joined(separator: ",")
    if invocation.window?.isFinal == true { counted.formUnion(self.numbers(in: invocation.window)) }
    let failures = failed.map { #"{"itemIdentifier":"\#($0)"}"# } ?? ""
    handle(
      .invoked(.answered(Array(#"{"state":{"seen":[\#(state)]},"batchItemFailures":[\#(failures)]}"#.utf8)), lane: lane)
    )
  }

  private func numbers(in window: WindowContext?) -> [Int] {
    String(decoding: window?.state ?? [], as: UTF8.self).split { !$0.isNumber }.compactMap { Int($0) }
  }

  /// Another process, or another plan of the mapping.
  private mutating func restart(losesWrites: Bool) {
    for case .save(let checkpoint, let known) in pending where !losesWrites || random.happens(onceIn: 2) {
      disk = checkpoint
      safe.formUnion(known)
    }
    pending = []
    // What the disk does not know has to come again.
    done = safe
    givenUp.formIntersection(safe)
    let lanes = settings.parallelization
    settings = Self.settings(&random, nature)
    if nature.laneChanges == 0 { settings.parallelization = lanes }
    if settings.parallelization != lanes { nature.laneChanges -= 1 }
    readUpTo = disk.resumption.flatMap { Int($0.description) } ?? 0
    flow = Flow(settings, from: disk)
    perform(flow.start(at: now))
  }

  private mutating func handle(_ event: Flow.Event) { perform(flow.handle(event, at: now)) }

  // MARK: What the flow does

  private mutating func perform(_ actions: [Flow.Action]) {
    for action in actions {
      switch action {
      case .read(let maximum):
        for case .read in pending { faults.append("two reads") }
        pending.append(.read(maximum: maximum))
        let held = records.prefix(readUpTo).count { Self.isAdmitted($0) && !done.contains($0.number) }
        let wanted = max(settings.readLimit, settings.batchSize * settings.laneCount)
        if held >= wanted + settings.readLimit { faults.append("reads with \(held) records held") }
      case .poll: pending.append(.poll)
      case .startWindow(let lane, let number, _): pending.append(.event(.windowEnded(lane: lane, number)))
      case .invoke(let lane, let invocation): invoke(lane, invocation)
      case .note, .ranDry: break
      case .rest(let lane, _): pending.append(.event(.rested(lane: lane)))
      case .giveUp(let lane, let given, _): pending.append(.giveUp(lane: lane, given))
      case .save(let checkpoint): save(checkpoint)
      case .wake: pending.append(.event(.woken))
      case .finished(let end):
        if !pending.allSatisfy(\.mayBeLeft) { faults.append("ended with work in flight") }
        self.end = end
        if end == .stopped { restart(losesWrites: false) }
      }
    }
  }

  private mutating func invoke(_ lane: Int, _ invocation: StreamInvocation<StreamedNumber>) {
    let numbers = invocation.records.map(\.number)
    for case .invocation(lane, _) in pending { faults.append("lane \(lane) has two batches") }
    if numbers.count > settings.batchSize { faults.append("a batch of \(numbers.count)") }
    if numbers.isEmpty, invocation.window?.isFinal != true { faults.append("an empty batch") }
    let bytes = invocation.records.reduce(0) { $0 + $1.byteCount }
    if numbers.count > 1, bytes > Invocation.maximumPayloadBytes { faults.append("an event of \(bytes) bytes") }
    for record in invocation.records {
      if !Self.isAdmitted(record) { faults.append("delivered \(record), which no filter admits") }
      if safe.contains(record.number) { needlessRepeats.append(record.number) }
      if Int(record.keyHash) % settings.laneCount != lane { faults.append("\(record) in lane \(lane)") }
      let earlier = records.prefix(record.number - 1).filter { $0.keyHash == record.keyHash && Self.isAdmitted($0) }
      for other in earlier where !seen.contains(other.number) && !done.contains(other.number) {
        faults.append("\(record) before \(other)")
      }
      seen.insert(record.number)
    }
    if let window = invocation.window { check(window, numbers) }
    pending.append(.invocation(lane: lane, invocation))
  }

  private mutating func check(_ window: WindowContext, _ batch: [Int]) {
    let before = numbers(in: window)
    if !Set(before).isDisjoint(with: batch) { faults.append("the state has \(before), and \(batch) come again") }
    for number in before + batch {
      let arrival = records[number - 1].arrival
      if arrival < window.start || window.end <= arrival { faults.append("\(number) in another window") }
    }
    if window.isFinal != batch.isEmpty { faults.append("a final invocation of \(batch)") }
  }

  private mutating func save(_ checkpoint: ShardCheckpoint) {
    for case .save in pending { faults.append("two checkpoints at once") }
    for record in records.prefix(readUpTo) where Self.isAdmitted(record) && !done.contains(record.number) {
      if let position = checkpoint.lanes[Int(record.keyHash) % checkpoint.lanes.count],
        record.sequenceNumber <= position
      {
        faults.append("the checkpoint passes \(record)")
      }
    }
    if checkpoint.isFinished, !hasEnded { faults.append("finished before the shard has ended") }
    pending.append(.save(checkpoint, done: done))
  }
}

extension ShardWorld.Pending {
  /// Whether nothing is lost where its end is not awaited.
  fileprivate var mayBeLeft: Bool {
    switch self {
    case .read, .poll, .event: true
    case .invocation, .giveUp, .save: false
    }
  }
}
