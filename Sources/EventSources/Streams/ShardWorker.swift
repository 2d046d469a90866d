import AWSClient
import Delivery
import Logging
import Mappings
import Synchronization

/// Reads one shard for one mapping, as one plan wishes: performs what `ShardFlow` decides.
final class ShardWorker: Sendable {
  typealias Flow = ShardFlow<StreamRecord>

  private enum Wish: Sendable {
    case stop
    case noteClosed
  }

  /// The end of one of the loop's tasks.
  private enum Step: Sendable {
    case flow(Flow.Event)
    case invoked(lane: Int, MadeInvocation, attempt: Int, records: Int)
    case wish(Wish?)
    case done
  }

  private let mapping: MappingID
  private let plan: StreamPlan
  private let checkpoint: ShardCheckpoint
  private let source: any StreamSource
  private let world: SourceWorld
  private let board: StatusBoard
  private let ranDry: @Sendable () -> Void
  private let reader: any ShardReader
  private let event: StreamEvent
  private let wishes = Mailbox<Wish>()
  private let isStopping = Mutex(false)
  /// Where its tasks run best. Reading has another thread, so that the two overlap where there is one shard only.
  let executor: CallExecutor
  private let readExecutor: CallExecutor

  /// - Parameter ranDry: told when the shard's children may begin, though it has not ended.
  init(
    _ mapping: MappingID, plan: StreamPlan, checkpoint: ShardCheckpoint, source: any StreamSource, world: SourceWorld,
    board: StatusBoard, ranDry: @escaping @Sendable () -> Void
  ) {
    self.mapping = mapping
    self.plan = plan
    self.checkpoint = checkpoint
    self.source = source
    self.world = world
    self.board = board
    self.ranDry = ranDry
    reader = source.reader(of: checkpoint.shard, from: checkpoint.start(else: plan.start))
    event = StreamEvent(shard: checkpoint.shard, source: source.arn)
    let number = checkpoint.shard.hashValue
    executor = CallExecutor.executor(shard: number)
    readExecutor = CallExecutor.executor(shard: number &+ 1)
  }

  private var shard: String { checkpoint.shard }

  /// Begins nothing new; `run` returns when what is in flight has ended.
  func stop() {
    isStopping.withLock { $0 = true }
    wishes.send(.stop)
  }

  /// The shard was listed as closed.
  func noteClosed() { wishes.send(.noteClosed) }

  // MARK: The loop

  /// Works until the shard has ended or `stop` was called. Once only.
  func run() async -> Flow.End {
    await withTaskGroup(of: Step.self) { group in
      var flow = Flow(plan.flow, from: checkpoint)
      var loop = Loop()
      // An earlier plan may have had another destination.
      await board.note(.destination(of: shard), nil)
      group.addTask { .wish(await self.wishes.next()) }
      perform(flow.start(at: .now()), &loop, in: &group)
      while loop.end == nil, let step = await group.next() {
        let event: Flow.Event
        switch step {
        case .done: continue
        case .flow(let ended):
          event = ended
          loop.noteRead(ended)
          if case .saved = ended { loop.noteSaved() }
        case .invoked(let lane, let made, let attempt, let records):
          event = .invoked(lane: lane, made.result, spread: .random(in: 0...1))
          loop.made[lane] = (made, attempt, records)
        case .wish(.noteClosed):
          group.addTask { .wish(await self.wishes.next()) }
          event = .closed
        case .wish(.stop), .wish(nil):
          // What only waits, for records or for time, waits no longer; invocations are not touched by this.
          group.cancelAll()
          event = .stop
        }
        perform(flow.handle(event, at: .now()), &loop, in: &group)
      }
      group.cancelAll()
      return loop.end ?? .stopped
    }
  }

  /// What the loop remembers beside the flow.
  private struct Loop {
    /// By lane, the invocation whose fate comes next.
    var made: [Int: (MadeInvocation, attempt: Int, records: Int)] = [:]
    /// By lane, the timer of its batching window.
    var windows: [Int: Task<Void, Never>] = [:]
    /// Journal entries of what the next checkpoint will tell, and of what the one on its way does.
    var unsaved: [() -> Void] = []
    var saving: [() -> Void] = []
    var readBackoff = Backoff()
    /// Reads that have failed since the last one that did not.
    var failedReads = 0
    var end: Flow.End?

    mutating func noteRead(_ event: Flow.Event) {
      switch event {
      case .read:
        readBackoff.reset()
        failedReads = 0
      case .readFailed: failedReads += 1
      default: break
      }
    }

    mutating func noteSaved() {
      for note in saving { note() }
      saving = []
    }
  }

  private func perform(_ actions: [Flow.Action], _ loop: inout Loop, in group: inout TaskGroup<Step>) {
    for action in actions {
      switch action {
      case .read(let maximum):
        let pause = loop.readBackoff.next(spread: .random(in: 0...1))
        let failures = loop.failedReads
        group.addTask(executorPreference: readExecutor) {
          .flow(await self.read(maximum, retryAfter: pause, failures: failures))
        }
      case .poll(let pause): wait(pause, .pollDue, in: &group)
      case .startWindow(let lane, let number, let pause):
        // A batch that fills before its window ends leaves no sleeper behind.
        loop.windows[lane]?.cancel()
        loop.windows[lane] = timer(pause, .windowEnded(lane: lane, number), in: &group)
      case .rest(let lane, let pause): wait(pause, .rested(lane: lane), in: &group)
      case .wake(let pause): wait(pause, .woken, in: &group)
      case .invoke(let lane, let invocation):
        group.addTask { await self.invoke(lane, invocation) }
      case .note(let lane, let fate):
        guard let (made, attempt, records) = loop.made.removeValue(forKey: lane) else { break }
        note(fate, made, attempt: attempt, records: records, &loop, in: &group)
      case .giveUp(let lane, let records, let reason):
        group.addTask { await self.giveUp(lane, records, reason) }
      case .save(let checkpoint):
        loop.saving += loop.unsaved
        loop.unsaved = []
        group.addTask { await self.save(checkpoint) }
      case .ranDry: ranDry()
      case .finished(let end): loop.end = end
      }
    }
  }

  /// As `wait`, and can be ended early.
  private func timer(_ pause: Duration, _ event: Flow.Event, in group: inout TaskGroup<Step>) -> Task<Void, Never> {
    let timer = Task<Void, Never> { _ = try? await Task.sleep(for: pause) }
    group.addTask {
      await withTaskCancellationHandler {
        await timer.value
      } onCancel: {
        timer.cancel()
      }
      return .flow(event)
    }
    return timer
  }

  private func wait(_ pause: Duration, _ event: Flow.Event, in group: inout TaskGroup<Step>) {
    group.addTask {
      try? await Task.sleep(for: pause)
      return .flow(event)
    }
  }

  // MARK: Performing

  /// A source that asks for fewer reads gets them; that is a problem only where it goes on.
  private static let patienceWithThrottling = 4

  /// - Parameter failures: how many reads have failed one after the other before this one.
  private func read(_ maximum: Int, retryAfter pause: Duration, failures: Int) async -> Flow.Event {
    let started = Milliseconds.now()
    do throws(AWSError) {
      let answer = try await reader.next(limit: maximum)
      await board.note(.source(of: shard), nil)
      return .read(ShardRead(answer, admitted: admitted(of: answer), limit: maximum, startedAt: started))
    } catch {
      if case .cancelled = error { return .readFailed(retryAfter: pause) }
      if error.isMissingResource { return .vanished }
      if !error.isThrottling || failures >= Self.patienceWithThrottling {
        await board.note(.source(of: shard), error.streamProblem, reason: "\(error)")
      }
      return .readFailed(retryAfter: pause)
    }
  }

  /// What of a read is delivered. Where that is little, or lies in lanes of which one may wait long, records are held without
  /// what was read with them.
  private func admitted(of answer: ShardAnswer) -> [StreamRecord] {
    var records = answer.wanted
    if !plan.filter.isEmpty { records = records.filter(admits) }
    let isSparse = records.count < answer.records.count / 2
    return isSparse || plan.flow.parallelization > 1 ? records.map(\.alone) : records
  }

  /// A record that cannot be looked at is let through, since what is not is skipped.
  private func admits(_ record: StreamRecord) -> Bool {
    guard let view = source.view(of: record) else { return true }
    return plan.filter.admits(view)
  }

  /// A task of its own, which a stop does not cut: what a function has begun is brought to its end.
  private func invoke(_ lane: Int, _ invocation: StreamInvocation<StreamRecord>) async -> Step {
    let payload = event.payload(of: invocation)
    let made = await Task(executorPreference: executor) {
      await self.world.invoke(self.plan.function, payload, for: self.mapping) { !self.isStopping.withLock { $0 } }
    }.value
    return .invoked(lane: lane, made, attempt: invocation.attempt, records: invocation.records.count)
  }

  private func note(
    _ fate: StreamBatchFate, _ made: MadeInvocation, attempt: Int, records: Int, _ loop: inout Loop,
    in group: inout TaskGroup<Step>
  ) {
    guard fate.outcome != .withdrawn else { return }
    let note = { [world, source] in
      world.note(
        made, attempt: attempt, batchSize: records, outcome: fate.outcome, error: fate.error, source: source.arn)
    }
    // What the journal shows as done does not come again.
    if fate.done > 0 { loop.unsaved.append(note) } else { note() }
    if board.change(.function(of: shard), fate.problem, reason: fate.error ?? "", outcome: fate.outcome) {
      group.addTask {
        await self.board.write()
        return .done
      }
    }
  }

  /// Tells the destination, again and again until it has understood.
  private func giveUp(_ lane: Int, _ records: [StreamRecord], _ reason: GiveUp) async -> Step {
    let record = FailureRecord(
      mapping: mapping, function: plan.function, shard: shard, source: source, reason: reason, records: records,
      requestID: MappingID.random().description, objectID: MappingID.random().description, time: .now())
    var backoff = Backoff()
    while let destination = plan.destination, !records.isEmpty {
      do throws(AWSError) {
        try await destination.send(record)
        await board.note(.destination(of: shard), nil)
        break
      } catch {
        if case .cancelled = error { return .flow(.keptInstead(lane: lane)) }
        let problem = "Error occurred while sending to the OnFailure destination \(destination.arn). \(error)"
        await board.note(.destination(of: shard), "PROBLEM: \(problem)", reason: problem)
        guard (try? await Task.sleep(for: backoff.next(spread: .random(in: 0...1)))) != nil else {
          return .flow(.keptInstead(lane: lane))
        }
      }
    }
    logGivingUp(records, reason)
    return .flow(.gaveUp(lane: lane))
  }

  private func logGivingUp(_ records: [StreamRecord], _ reason: GiveUp) {
    var metadata: Logger.Metadata = [
      "mapping": "\(mapping)", "shard": "\(shard)", "condition": "\(reason.condition.rawValue)",
      "count": "\(records.count)", "destination": "\(plan.destination?.arn.description ?? "none")",
    ]
    if let first = records.first { metadata["first"] = "\(first.sequenceNumber)" }
    world.logger.warning("records given up", metadata: metadata)
  }

  /// The lane waits until its progress is saved, so that what is delivered twice after a crash is one batch at most.
  private func save(_ checkpoint: ShardCheckpoint) async -> Step {
    var backoff = Backoff()
    while true {
      do throws(MappingError) {
        try await world.checkpoints.save(checkpoint, of: mapping)
        return .flow(.saved)
      } catch {
        world.logger.error(
          "cannot save a checkpoint", metadata: ["mapping": "\(mapping)", "shard": "\(shard)", "reason": "\(error)"])
        guard (try? await Task.sleep(for: backoff.next(spread: .random(in: 0...1)))) != nil else {
          return .flow(.saved)
        }
      }
    }
  }
}

extension ShardCheckpoint {
  /// Where the shard is read from.
  /// - Parameter start: where nothing is done yet, and no iterator was taken.
  fileprivate func start(else start: ShardStart) -> ShardStart {
    if let resumption { return .after(resumption) }
    guard let iterator, case .since(let time) = start else { return start }
    return .iterator(iterator, else: time)
  }
}

extension ShardRead where Record == StreamRecord {
  /// A read of which the filters have seen the records.
  fileprivate init(_ answer: ShardAnswer, admitted: [StreamRecord], limit: Int, startedAt: Milliseconds) {
    let isFull = answer.records.count >= limit
    self.init(
      records: admitted, count: answer.records.count,
      last: answer.records.last?.sequenceNumber,
      lastArrival: answer.records.last?.arrival,
      isBehind: isFull || (answer.millisBehindLatest ?? 0) > 0, isCaughtUp: answer.millisBehindLatest == 0,
      hasEnded: answer.next == nil, isAnew: answer.isAnew, startedAt: startedAt)
  }
}
