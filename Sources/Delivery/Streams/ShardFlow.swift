import DequeModule
public import Mappings

/// What a mapping does with one shard of a stream next: when it reads, what a batch is, when one goes out, how far the
/// shard is done.
///
/// A state machine: an event in, actions out; no I/O and no clock. Whoever performs the actions reports each one's end
/// as an event. Sources: documented.md, "Reading a source" and "Tumbling windows"; recorded-facts, section 9.
public struct ShardFlow<Record: StreamedRecord>: Sendable {
  /// Bytes of records that are read ahead at most: the batch in flight and the next one.
  static var bufferedBytes: Int { 2 * Invocation.maximumPayloadBytes }
  /// Kinesis admits five reads of a shard in a second.
  static var behindInterval: Duration { .milliseconds(200) }
  /// A shard that gave nothing so often is read a little more seldom.
  static var idleReads: Int { 20 }
  /// What an event has beside its records and a window's state.
  static var frameBytes: Int { 1024 }
  /// How long after its end a window of a source that pushes is closed: what it had to push has come by then.
  static var pushGrace: Duration { .seconds(1) }

  private enum Reading: Equatable {
    case possible
    case inFlight(knewClosed: Bool)
    case waiting
  }

  private let shard: String
  private let settings: Settings
  private var lanes: [ShardLane<Record>]
  /// What was done before the flow began, by lanes of this number or of others. Reading begins behind what all of them
  /// have done, so that some of them may have done more.
  private var resumed: [ResumedLanes]
  private let resumedIterator: String?
  private var earlierLanes: [ResumedLanes]
  /// Nil where the mapping has no tumbling windows.
  private var tumbling: TumblingWindow?

  private var reading = Reading.possible
  private var lastRead: SequenceNumber?
  private var emptyReads = 0
  /// Up to when all that came into the shard was read.
  private var readThrough: Milliseconds?
  private var isClosed = false
  private var hasEnded = false
  private var hasRunDry = false
  private var hasToldRunDry = false
  private var hasVanished = false
  private var isStopping = false
  private var isFinished = false
  private var hasWake = false

  /// Counts what must be saved; what is; and what is on its way.
  private var version = 0
  private var savedVersion = 0
  private var savingVersion: Int?
  private var saved: ShardCheckpoint

  /// A flow that goes on after a checkpoint; `start` begins.
  public init(_ settings: Settings, from checkpoint: ShardCheckpoint) {
    shard = checkpoint.shard
    self.settings = settings
    saved = checkpoint
    resumedIterator = checkpoint.iterator
    let count = settings.laneCount
    let hasSameLanes = checkpoint.lanes.count == count
    let earlier = checkpoint.earlierLanes + (hasSameLanes ? [] : [checkpoint.lanes])
    earlierLanes = earlier.compactMap(ResumedLanes.init)
    resumed = earlierLanes + [ResumedLanes(hasSameLanes && count > 1 ? checkpoint.lanes : [])].compactMap(\.self)
    lanes = Array(repeating: ShardLane<Record>(), count: count)
    for index in lanes.indices {
      lanes[index].position = hasSameLanes ? checkpoint.lanes[index] : checkpoint.resumption
    }
    tumbling = settings.tumblingWindow.map { TumblingWindow(length: $0, resumed: checkpoint.window) }
  }

  /// The first actions.
  public mutating func start(at now: Milliseconds) -> [Action] {
    var actions: [Action] = []
    proceed(at: now, &actions)
    return actions
  }

  /// One step.
  /// - Parameter now: by the clock that dates the records.
  public mutating func handle(_ event: Event, at now: Milliseconds) -> [Action] {
    var actions: [Action] = []
    guard !isFinished else { return actions }
    switch event {
    case .read(let read):
      take(read, at: now, &actions)
    case .readFailed(let pause):
      reading = .waiting
      actions.append(.poll(after: pause))
    case .pollDue:
      if reading == .waiting { reading = .possible }
    case .windowEnded(let lane, let number):
      if lanes[lane].window == number { lanes[lane].windowIsOver = true }
    case .invoked(let lane, let result, let spread):
      end(lane, result, spread: spread, at: now, &actions)
    case .rested(let lane):
      lanes[lane].activity = .idle
    case .gaveUp(let lane):
      gaveUp(lane)
    case .keptInstead(let lane):
      lanes[lane].activity = .idle
    case .saved:
      savedVersion = savingVersion ?? savedVersion
      savingVersion = nil
    case .woken:
      hasWake = false
    case .closed:
      isClosed = true
    case .vanished:
      reading = .waiting
      hasEnded = true
      hasVanished = true
    case .stop:
      isStopping = true
    }
    proceed(at: now, &actions)
    return actions
  }

  /// All that can be done now, whatever has happened.
  private mutating func proceed(at now: Milliseconds, _ actions: inout [Action]) {
    for lane in lanes.indices {
      advance(lane, at: now, &actions)
      startWindow(of: lane, at: now, &actions)
    }
    read(&actions)
    wake(at: now, &actions)
    finish(&actions)
  }

  // MARK: Reading

  private mutating func read(_ actions: inout [Action]) {
    guard reading == .possible, !hasEnded, !isStopping, !isFull else { return }
    reading = .inFlight(knewClosed: isClosed)
    actions.append(.read(maximum: settings.readLimit))
  }

  /// Whether as much is read ahead as may be.
  private var isFull: Bool {
    var (count, bytes) = (0, 0)
    for lane in lanes {
      count += lane.bufferedCount
      bytes += lane.bufferedBytes
    }
    let limit = max(settings.readLimit, settings.batchSize * lanes.count) + settings.readLimit
    return count >= limit || bytes >= Self.bufferedBytes
  }

  private mutating func take(_ read: ShardRead<Record>, at now: Milliseconds, _ actions: inout [Action]) {
    let knewClosed = reading == .inFlight(knewClosed: true)
    if read.isAnew { forgetTheShardBefore() }
    // What a lane gets now must not bring back what was left out of it before.
    for index in lanes.indices where lanes[index].isEmpty { lanes[index].position = positionOfIdle(lanes[index]) }
    if let last = read.last { lastRead = last }
    if read.isCaughtUp || read.count == 0 && !read.isBehind {
      readThrough = read.startedAt
    } else if let arrival = read.lastArrival {
      readThrough = arrival
    }
    emptyReads = read.count == 0 ? emptyReads + 1 : 0
    for record in read.records where !resumed.contains(where: { $0.haveDone(record) }) {
      lanes[record.lane(among: lanes.count)].append(record, readAt: now)
    }
    hasEnded = read.hasEnded
    // Some sources never say that a shard has ended: nothing came from one that was closed before.
    if knewClosed, read.count == 0, read.isCaughtUp { hasRunDry = true }
    if settings.pollInterval == .zero || read.isBehind && read.count > 0 {
      reading = .possible
    } else {
      // A shard that is behind may give nothing, and is still not to be asked in a loop.
      reading = .waiting
      actions.append(.poll(after: read.isBehind ? min(Self.behindInterval, pollInterval) : pollInterval))
    }
  }

  /// What was done before belongs to a shard that is gone, though this one has its name.
  private mutating func forgetTheShardBefore() {
    resumed = []
    earlierLanes = []
    lastRead = nil
    for index in lanes.indices where lanes[index].isEmpty { lanes[index].position = nil }
  }

  private var pollInterval: Duration {
    if hasToldRunDry { return settings.pollInterval * 4 }
    return emptyReads > Self.idleReads ? settings.pollInterval * 9 / 8 : settings.pollInterval
  }

  // MARK: Batches

  private mutating func advance(_ index: Int, at now: Milliseconds, _ actions: inout [Action]) {
    while !isStopping, lanes[index].activity == .idle, lanes[index].awaitedVersion <= savedVersion {
      if lanes[index].batch == nil { formBatch(index, at: now, &actions) }
      guard let batch = lanes[index].batch else { return }
      switch batch.next(at: now, settings.policy) {
      case .invoke(let records, let attempt):
        lanes[index].activity = .invoking
        let window = tumbling?.context(isFinal: lanes[index].isFinalInvocation)
        actions.append(.invoke(lane: index, StreamInvocation(records: records, attempt: attempt, window: window)))
      case .giveUp(let records, let reason):
        lanes[index].activity = .givingUp
        lanes[index].givingUp = records.count
        actions.append(.giveUp(lane: index, records, reason))
      case .finished:
        if lanes[index].isFinalInvocation { closeWindow(of: index) }
        lanes[index].dropBatch()
      }
    }
  }

  private mutating func formBatch(_ index: Int, at now: Milliseconds, _ actions: inout [Action]) {
    let first = lanes[index].queue.first?.record
    if let end = tumbling?.end, isWindowOver(before: first, at: now) {
      lanes[index].takeFinalInvocation(at: end)
      return
    }
    guard let first else { return }
    tumbling?.openIfNeeded(for: first.arrival)
    let (count, isComplete) = fittingRecords(of: lanes[index], at: now)
    // Where nothing more can be read ahead, no batch gets any larger.
    if isComplete || settings.window == .zero || lanes[index].windowIsOver || hasEnded || isFull {
      lanes[index].takeBatch(of: count)
    }
  }

  /// Documented: a batching window runs since its first record, also while another batch is in flight.
  private mutating func startWindow(of index: Int, at now: Milliseconds, _ actions: inout [Action]) {
    guard settings.window > .zero, !isStopping, !lanes[index].windowIsRunning, let first = lanes[index].queue.first
    else { return }
    lanes[index].windowIsRunning = true
    let waited = Duration.milliseconds(max(0, now.count - first.readAt.count))
    actions.append(.startWindow(lane: index, lanes[index].window, max(.zero, settings.window - waited)))
  }

  /// How many of the waiting records are the next batch, and whether it can get no larger.
  private func fittingRecords(of lane: ShardLane<Record>, at now: Milliseconds) -> (count: Int, isComplete: Bool) {
    var room = Invocation.maximumPayloadBytes - Self.frameBytes - (tumbling?.stateBytes ?? 0)
    let isWindowOver = tumbling?.end.map { $0 <= now } ?? false
    var count = 0
    for queued in lane.queue {
      let record = queued.record
      // A record that is too large for any event is tried alone, and fails as too large.
      guard count < settings.batchSize, record.byteCount + 1 <= room || count == 0,
        tumbling?.holds(record.arrival) ?? true
      else {
        return (count, true)
      }
      room -= record.byteCount + 1
      count += 1
    }
    return (count, count == settings.batchSize || isWindowOver)
  }

  private mutating func end(
    _ index: Int, _ result: InvocationResult, spread: Double, at now: Milliseconds, _ actions: inout [Action]
  ) {
    guard var batch = lanes[index].batch else { return }
    let ending = batch.ended(result, settings.policy, at: now, spread: spread)
    lanes[index].batch = batch
    lanes[index].activity = .idle
    actions.append(.note(lane: index, ending.fate))
    if let state = ending.fate.state, ending.fate.done > 0 { tumbling?.take(state) }
    if ending.fate.done > 0 { progress(of: index, to: batch.position) }
    if let pause = ending.pause {
      lanes[index].activity = .resting
      actions.append(.rest(lane: index, pause))
    }
  }

  private mutating func gaveUp(_ index: Int) {
    let count = lanes[index].givingUp
    lanes[index].batch?.gaveUp(count)
    lanes[index].activity = .idle
    if count > 0 { progress(of: index, to: lanes[index].batch?.position) }
  }

  private mutating func progress(of index: Int, to position: SequenceNumber?) {
    lanes[index].position = position
    version += 1
    lanes[index].awaitedVersion = version
  }

  // MARK: Tumbling windows

  /// Whether the open window is to be closed before anything else is done.
  /// - Parameter record: what comes next; nil where nothing is there.
  private func isWindowOver(before record: Record?, at now: Milliseconds) -> Bool {
    guard let tumbling, let end = tumbling.end else { return false }
    if tumbling.isTerminatedEarly { return true }
    if let record { return !tumbling.holds(record.arrival) }
    // No record of it can come any more: its time is over, and the shard was read since and gave nothing.
    if hasEnded { return !hasVanished }
    if settings.pollInterval == .zero { return end + Self.pushGrace <= now }
    return end <= now && readThrough.map { end <= $0 } ?? false
  }

  private mutating func closeWindow(of index: Int) {
    tumbling?.close()
    version += 1
    lanes[index].awaitedVersion = version
  }

  /// A source that pushes says nothing when a window ends.
  private mutating func wake(at now: Milliseconds, _ actions: inout [Action]) {
    guard settings.pollInterval == .zero, !hasWake, !isStopping, let end = tumbling?.end, lanes[0].isEmpty else {
      return
    }
    hasWake = true
    let left = (end + Self.pushGrace).count - now.count
    actions.append(.wake(after: .milliseconds(max(1, left))))
  }

  // MARK: Checkpoints and the end

  /// How far the shard is done.
  private var checkpoint: ShardCheckpoint {
    var checkpoint = ShardCheckpoint(shard: shard, lanes: [])
    for lane in lanes {
      checkpoint.lanes.append(lane.isEmpty ? positionOfIdle(lane) : lane.position)
    }
    if checkpoint.resumption == nil { checkpoint.iterator = resumedIterator }
    for earlier in earlierLanes where earlier.areAhead(of: checkpoint.resumption) {
      checkpoint.earlierLanes.append(earlier.positions)
    }
    checkpoint.window = tumbling?.kept
    checkpoint.isFinished = isDrained && !hasVanished
    return checkpoint
  }

  /// A lane without work is done with all that was read, and where an earlier process was ahead, with more.
  private func positionOfIdle(_ lane: ShardLane<Record>) -> SequenceNumber? {
    guard let lastRead else { return lane.position }
    guard lanes.count > 1, let position = lane.position, lastRead < position else { return lastRead }
    return position
  }

  /// Whether all of the shard is done with.
  private var isDrained: Bool { hasEnded && (hasVanished || tumbling?.isOpen != true) && isIdle }

  /// Whether all that was read is done with.
  private var isIdle: Bool {
    for lane in lanes where !lane.isEmpty || lane.activity != .idle { return false }
    return true
  }

  private mutating func finish(_ actions: inout [Action]) {
    if savingVersion == nil {
      let current = checkpoint
      if savedVersion < version || current != saved {
        saved = current
        savingVersion = version
        actions.append(.save(current))
      }
    }
    guard savingVersion == nil else { return }
    if hasRunDry, !hasToldRunDry, isIdle {
      hasToldRunDry = true
      actions.append(.ranDry)
    }
    if isDrained {
      isFinished = true
      actions.append(.finished(hasVanished ? .vanished : .ended))
    } else if isStopping, !lanes.contains(where: { $0.activity == .invoking || $0.activity == .givingUp }) {
      isFinished = true
      actions.append(.finished(.stopped))
    }
  }
}
