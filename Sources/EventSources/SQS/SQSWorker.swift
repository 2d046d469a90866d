import AWSClient
import Delivery
import Logging
import Mappings
import Synchronization

/// Keeps one queue and one function together: performs what `QueueFlow` decides.
final class SQSWorker: MappingWorker {
  private enum Wish: Sendable {
    case apply(SQSPlan)
    case end
    case stop
  }

  /// The end of one of the loop's tasks.
  private enum Step: Sendable {
    case flow(QueueFlow<SQSMessage>.Event)
    /// A receive ended; the second are the messages that no filter let through.
    case received(QueueFlow<SQSMessage>.Event, dropped: [SQSMessage])
    case wish(Wish?)
    /// What was under way when the process began to stop has had its time.
    case cut
    /// The queue was asked for its visibility timeout.
    case asked
    case done
  }

  /// How long receives may still take when the process stops.
  private static let receiveGrace = Duration.seconds(1)
  /// The least time between two receives that give nothing: a source that knows no long polling is not to be asked in a
  /// loop.
  private static let emptyReceive = Duration.milliseconds(250)

  let executor: any TaskExecutor
  private let id: MappingID
  private let queue: SQSQueue
  private let world: SourceWorld
  private let board: StatusBoard
  private let wishes = Mailbox<Wish>()
  private let plan: Mutex<SQSPlan>
  /// Whether nothing is to begin any more.
  private let isEnding = Mutex(false)

  /// Nil where the mapping cannot be understood.
  init?(_ mapping: EventSourceMapping, _ world: SourceWorld) {
    guard let arn = mapping.sourceARN.flatMap(ARN.init), let plan = SQSPlan(mapping, queue: arn) else { return nil }
    id = mapping.id
    let shard = mapping.id.connectionShard
    queue = SQSQueue(arn, client: world.client, urls: world.freshQueueURLs, shard: shard)
    executor = CallExecutor.executor(shard: shard)
    self.world = world
    board = StatusBoard(mapping, words: .ofQueues, store: world.store, logger: world.logger)
    self.plan = Mutex(plan)
  }

  // MARK: Wishes

  func apply(_ mapping: EventSourceMapping) {
    guard let plan = SQSPlan(mapping, queue: queue.arn) else { return }
    wishes.send(.apply(plan))
  }

  func end() { wishes.send(.end) }

  func stop() { wishes.send(.stop) }

  // MARK: The loop

  func run() async {
    let start = ContinuousClock.now
    await withTaskGroup(of: Step.self) { group in
      var flow = QueueFlow<SQSMessage>(plan.withLock(\.flow))
      var loop = Loop()
      group.addTask { .wish(await self.wishes.next()) }
      perform(flow.start(), &loop, in: &group)
      while let step = await group.next() {
        let now = start.duration(to: .now)
        switch step {
        case .flow(let event):
          if case .heartbeat = event { loop.beats = false }
          loop.note(event)
          perform(flow.handle(event, at: now), &loop, in: &group)
        case .received(let event, let dropped):
          loop.note(event)
          if !dropped.isEmpty { group.addTask { await self.delete(dropped) } }
          perform(flow.handle(event, at: now), &loop, in: &group)
        case .wish(let wish):
          guard let wish else { break }
          group.addTask { .wish(await self.wishes.next()) }
          for event in hear(wish, &loop) { perform(flow.handle(event, at: now), &loop, in: &group) }
          if case .stop = wish {
            // Receives of a queue that is busy end by themselves; cut off, what the queue has just given them would be
            // lost until its visibility timeout. One that only listens is cut at once.
            let grace = flow.isBusy ? Self.receiveGrace : .zero
            group.addTask {
              try? await Task.sleep(for: grace)
              return .cut
            }
          }
        case .cut:
          // What only waits, for messages or for time, waits no longer; deliveries are not touched by this.
          group.cancelAll()
        case .asked: loop.asks = false
        case .done: break
        }
        setHeartbeat(flow, &loop, in: &group)
        if loop.isEnding, flow.isIdle { break }
      }
      loop.heartbeat?.cancel()
      group.cancelAll()
    }
  }

  /// What the loop remembers beside the flow.
  private struct Loop {
    var isEnding = false
    /// The timers of the window and of the next heartbeat.
    var window: Task<Void?, Never>?
    var heartbeat: Task<Void?, Never>?
    private var lastExecutor = 0
    /// Whether a heartbeat is on its way.
    var beats = false
    /// Whether the queue is being asked how long its messages stay invisible.
    var asks = false
    var sourceBackoff = Backoff()
    var functionBackoff = Backoff()

    /// One mapping alone keeps all threads busy where there is enough to do: its tasks go from one to the next.
    mutating func nextExecutor() -> CallExecutor {
      lastExecutor += 1
      return CallExecutor.executor(shard: lastExecutor)
    }

    mutating func note(_ event: QueueFlow<SQSMessage>.Event) {
      switch event {
      case .received: sourceBackoff.reset()
      case .batchEnded(_, .none, _), .batchEnded(_, .failing, _): functionBackoff.reset()
      default: break
      }
    }
  }

  private func hear(_ wish: Wish, _ loop: inout Loop) -> [QueueFlow<SQSMessage>.Event] {
    switch wish {
    case .apply(let new):
      guard !loop.isEnding else { return [] }
      let old = plan.withLock { plan in
        defer { plan = new }
        return plan
      }
      // An invocation that no function has seen belongs to a wish that nobody has any more.
      if !new.isEnabled || new.function != old.function { world.functions.withdrawInvocations(of: id) }
      return [.configured(new.flow), new.isEnabled ? .resumed : .paused]
    case .end, .stop:
      loop.isEnding = true
      isEnding.withLock { $0 = true }
      world.functions.withdrawInvocations(of: id)
      return [.paused]
    }
  }

  private func setHeartbeat(
    _ flow: QueueFlow<SQSMessage>, _ loop: inout Loop, in group: inout TaskGroup<Step>
  ) {
    guard !loop.beats, flow.holdsMessages else { return }
    guard let timeout = queue.visibilityTimeout else {
      guard !loop.asks, queue.asksForVisibilityTimeout else { return }
      loop.asks = true
      // As with the timer below.
      let question = Task { await self.queue.refreshVisibilityTimeout() }
      group.addTask {
        await question.value
        return .asked
      }
      return
    }
    loop.beats = true
    // No part of what a stop cuts: what is being finished is still to be kept invisible.
    let timer = Task { try? await Task.sleep(for: timeout / 3) }
    loop.heartbeat = timer
    group.addTask {
      await timer.value
      return .flow(.heartbeat)
    }
  }

  // MARK: Performing

  private func perform(
    _ actions: [QueueFlow<SQSMessage>.Action], _ loop: inout Loop, in group: inout TaskGroup<Step>
  ) {
    for action in actions {
      switch action {
      case .receive(let maximum, let waitSeconds):
        // What listens stays where its connection is; what fetches is spread.
        let listens = waitSeconds == QueueFlow<SQSMessage>.longPollSeconds
        group.addTask(executorPreference: listens ? executor : loop.nextExecutor()) {
          await self.receive(maximum: maximum, waitSeconds: waitSeconds)
        }
      case .startWindow(let number, let duration):
        // A batch that fills before its window ends leaves no sleeper behind.
        loop.window?.cancel()
        let timer = Task { try? await Task.sleep(for: duration) }
        loop.window = timer
        group.addTask {
          await withTaskCancellationHandler {
            await timer.value
          } onCancel: {
            timer.cancel()
          }
          return .flow(.windowEnded(number))
        }
      case .deliver(let number, let messages):
        let executor = loop.nextExecutor()
        group.addTask(executorPreference: executor) { await self.deliver(number, messages, on: executor) }
      case .release(let messages):
        group.addTask { await self.release(messages) }
      case .extend(let messages):
        group.addTask { await self.extend(messages) }
      case .rest(let pause):
        let spread = Double.random(in: 0...1)
        let duration =
          switch pause {
          case .sourceFailed: loop.sourceBackoff.next(spread: spread)
          case .functionOverloaded: loop.functionBackoff.next(spread: spread)
          }
        group.addTask {
          try? await Task.sleep(for: duration)
          return .flow(.rested)
        }
      }
    }
  }

  private func receive(maximum: Int, waitSeconds: Int) async -> Step {
    let problem: String
    let start = ContinuousClock.now
    do throws(AWSError) {
      let answer = try await queue.receive(maximum: maximum, waitSeconds: waitSeconds)
      // The plan of now, not of when the long poll began.
      let plan = plan.withLock { $0 }
      do throws(SQSAnswerError) {
        let messages = try plan.writer.messages(in: answer)
        await board.note(.source, nil)
        if messages.isEmpty, start.duration(to: .now) < Self.emptyReceive {
          try? await Task.sleep(until: start + Self.emptyReceive, clock: .continuous)
        }
        if plan.filter.isEmpty { return .flow(.received(messages, count: messages.count, asked: maximum)) }
        var kept: [SQSMessage] = []
        var dropped: [SQSMessage] = []
        for message in messages {
          if message.passes(plan.filter) { kept.append(message) } else { dropped.append(message) }
        }
        return .received(.received(kept, count: messages.count, asked: maximum), dropped: dropped)
      } catch {
        problem = "Error occurred while ReceiveMessage. \(error)"
      }
    } catch {
      if case .cancelled = error { return .flow(.receiveFailed(asked: maximum)) }
      if error.isMissingQueue { queue.forget() }
      problem = error.receiveMessageProblem
    }
    await board.note(.source, "PROBLEM: \(problem)", reason: problem)
    return .flow(.receiveFailed(asked: maximum))
  }

  /// Delivers a batch. A task of its own, which a stop does not cut: what a function has begun is brought to its end.
  private func deliver(_ number: Int, _ messages: [SQSMessage], on executor: CallExecutor) async -> Step {
    await Task(executorPreference: executor) { await self.delivered(number, messages) }.value
  }

  private func delivered(_ number: Int, _ messages: [SQSMessage]) async -> Step {
    let plan = plan.withLock { $0 }
    let made = await world.invoke(plan.function, SQSEvent.payload(of: messages), for: id) { [self] in
      !isEnding.withLock { $0 } && self.plan.withLock { $0.isEnabled && $0.function == plan.function }
    }
    guard made.result != .withdrawn else {
      note(await queue.release(messages), "release")
      // What waits behind them must not overtake them.
      return .flow(.batchEnded(number, .none, failedGroups: Set(messages.compactMap(\.group))))
    }
    let fate = QueueBatchFate(
      made.result, identifiers: messages.map(\.id), reportsItemFailures: plan.reportsItemFailures)
    note(await queue.delete(fate.deleted.map { messages[$0] }), "delete")
    await board.note(.function, fate.problem, reason: fate.error ?? "", outcome: fate.outcome)
    world.note(
      made, attempt: messages.map(\.receiveCount).max() ?? 1, batchSize: messages.count, outcome: fate.outcome,
      error: fate.error, source: queue.arn)
    let deleted = Set(fate.deleted)
    let failed = messages.indices.lazy.filter { !deleted.contains($0) }
    return .flow(.batchEnded(number, fate.pressure, failedGroups: Set(failed.compactMap { messages[$0].group })))
  }

  private func delete(_ messages: [SQSMessage]) async -> Step {
    note(await Task(executorPreference: executor) { await self.queue.delete(messages) }.value, "delete")
    return .done
  }

  private func release(_ messages: [SQSMessage]) async -> Step {
    note(await Task(executorPreference: executor) { await self.queue.release(messages) }.value, "release")
    return .done
  }

  private func extend(_ messages: [SQSMessage]) async -> Step {
    note(await Task(executorPreference: executor) { await self.queue.extendVisibility(of: messages) }.value, "extend")
    return .done
  }

  /// What could not be done costs a second delivery and nothing else, so it is told and not more.
  private func note(_ refusal: SQSQueue.Refusal?, _ deed: String) {
    guard let refusal else { return }
    world.logger.warning(
      "cannot \(deed) messages",
      metadata: ["mapping": "\(id)", "count": .stringConvertible(refusal.count), "reason": "\(refusal.reason)"])
  }
}
