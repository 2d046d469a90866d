public import Logging
public import Mappings
import Synchronization

/// Lambda's asynchronous invocation: a queue of events on disk, and a loop that tries them.
///
/// An event is accepted when it is on disk, and leaves it when its function has had it or its destinations know that it
/// was given up. So each is tried at least once, whenever the process ends.
public final class AsynchronousInvocations: AsynchronousInvoker {
  /// Events that wait at once; more are not accepted. Each costs some tens of bytes of memory, and its own size on disk.
  static let maximumEvents = 1_000_000
  /// How often what is being tried is looked through for what has got too old while no function took it.
  private static let sweepInterval = Duration.seconds(15)

  private struct State {
    var schedule: AsynchronousSchedule
    var isStopping = false
  }

  private let store: any AsynchronousEventStore
  private let functions: any FunctionInvoker
  private let policy: AsynchronousPolicy
  private let logger: Logger
  private let now: @Sendable () -> Milliseconds
  private let state: Mutex<State>
  private let wakeUps: AsyncStream<Void>
  private let wakeUp: AsyncStream<Void>.Continuation

  /// - Parameters:
  ///   - concurrency: events of one function that are tried at once.
  ///   - now: the clock that tells which events are due.
  public init(
    store: any AsynchronousEventStore, functions: any FunctionInvoker, policy: AsynchronousPolicy = .init(),
    concurrency: Int, logger: Logger, now: @escaping @Sendable () -> Milliseconds = { .now() }
  ) {
    self.store = store
    self.functions = functions
    self.policy = policy
    self.logger = logger
    self.now = now
    state = Mutex(State(schedule: AsynchronousSchedule(concurrency: concurrency)))
    // However many have rung, the loop looks once.
    (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    // Before anything is accepted, which would be found once more.
    load()
  }

  public func accept(_ events: [AsynchronousEvent]) async throws(MappingError) {
    guard state.withLock({ $0.schedule.count + events.count <= Self.maximumEvents }) else {
      throw .store("\(Self.maximumEvents) asynchronous events wait already")
    }
    let sequences = try await store.append(events)
    state.withLock { state in
      for (sequence, event) in zip(sequences, events) {
        state.schedule.add(WaitingEvent(sequence: sequence, function: event.function, dueAt: event.dueAt))
      }
    }
    wakeUp.yield()
  }

  /// Tries what waits, until `stop` was called and what is being tried has ended.
  /// - Parameter outcomes: told of each try, and tells the destinations.
  public func run(_ outcomes: any AsynchronousOutcomes) async {
    await withDiscardingTaskGroup { group in
      var timer: Task<Void, Never>?
      for await _ in wakeUps {
        let (due, next) = state.withLock { state in
          let due = state.isStopping ? [] : state.schedule.takeDue(at: now())
          return (due, state.schedule.nextWakeUp(after: now(), sweepInterval: sweepInterval))
        }
        for (sequence, function) in due {
          group.addTask { await self.perform(sequence, of: function, outcomes) }
        }
        timer?.cancel()
        timer = next.map { pause in
          Task { [wakeUp, functions] in
            do { try await Task.sleep(for: pause) } catch { return }
            functions.withdrawUnwanted()
            wakeUp.yield()
          }
        }
      }
      timer?.cancel()
    }
  }

  /// Ends the work gracefully: what a function has begun is brought to its end, all else stays on disk.
  public func stop() {
    state.withLock { $0.isStopping = true }
    functions.withdrawUnwanted()
    wakeUp.finish()
  }

  /// Events that wait or are being tried.
  public var count: Int { state.withLock { $0.schedule.count + $0.schedule.running } }

  private var sweepInterval: Duration { min(Self.sweepInterval, policy.maximumEventAge / 4) }

  /// What an earlier process left.
  private func load() {
    do throws(MappingError) {
      let waiting = try store.waitingEvents()
      state.withLock { state in
        for event in waiting { state.schedule.add(event) }
      }
      if !waiting.isEmpty {
        logger.info("asynchronous events wait", metadata: ["count": .stringConvertible(waiting.count)])
      }
      wakeUp.yield()
    } catch {
      logger.error("cannot read the asynchronous events", metadata: ["reason": "\(error)"])
    }
  }

  // MARK: One event

  private func perform(
    _ sequence: Int64, of function: FunctionARN, _ outcomes: any AsynchronousOutcomes
  ) async {
    var dueAt: Milliseconds?
    do throws(MappingError) {
      dueAt = try await performed(sequence, outcomes)?.dueAt
    } catch {
      logger.error(
        "cannot keep an asynchronous event", metadata: ["function": "\(function)", "reason": "\(error)"])
      // It is on disk as it was, if it is, and is looked at again a little later.
      dueAt = now() + AsynchronousPolicy.firstDelay
    }
    state.withLock { state in
      if let dueAt { state.schedule.add(WaitingEvent(sequence: sequence, function: function, dueAt: dueAt)) }
      state.schedule.ended(function)
    }
    wakeUp.yield()
  }

  /// - Returns: the event where it is to be looked at again; nil where it is done with, or left for another process.
  private func performed(
    _ sequence: Int64, _ outcomes: any AsynchronousOutcomes
  ) async throws(MappingError) -> AsynchronousEvent? {
    // Forgotten meanwhile, by a reset.
    guard let event = try store.asynchronousEvent(sequence) else { return nil }
    if event.givenUp != nil { return try await tell(event, outcomes) }
    guard !policy.isExpired(event, at: now()) else {
      return try await giveUp(policy.givenUp(event, .eventAgeExceeded, at: now()), outcomes)
    }
    let (startedAt, clock) = (now(), ContinuousClock.now)
    let result = await functions.invoke(
      Invocation(function: event.function, payload: event.payload, mapping: event.mapping) { [self] in
        !state.withLock(\.isStopping) && !policy.isExpired(event, at: now())
      })
    switch policy.verdict(on: event, after: result, at: now()) {
    case .untouched:
      // Taken back because the process stops, or because it has got too old.
      return state.withLock(\.isStopping) ? nil : event
    case .done:
      try await store.removeAsynchronousEvent(sequence)
      await outcomes.note(.init(event: event, result: result, startedAt: startedAt, duration: clock.duration(to: .now)))
      return nil
    case .keep(let kept):
      try await store.update(kept)
      await outcomes.note(.init(event: event, result: result, startedAt: startedAt, duration: clock.duration(to: .now)))
      return kept.givenUp == nil ? kept : try await tell(kept, outcomes)
    }
  }

  private func giveUp(
    _ event: AsynchronousEvent, _ outcomes: any AsynchronousOutcomes
  ) async throws(MappingError) -> AsynchronousEvent? {
    try await store.update(event)
    return try await tell(event, outcomes)
  }

  private func tell(
    _ event: AsynchronousEvent, _ outcomes: any AsynchronousOutcomes
  ) async throws(MappingError) -> AsynchronousEvent? {
    if event.delays == 0 {
      logger.warning(
        "asynchronous event given up",
        metadata: [
          "function": "\(event.function)", "requestID": "\(event.requestID)",
          "condition": "\(event.givenUp?.rawValue ?? "")", "attempts": .stringConvertible(event.attempts),
        ])
    }
    let left = event.destinations.isEmpty ? event.destinations : await outcomes.tell(event, at: now())
    guard let kept = policy.told(event, except: left, at: now()) else {
      if !left.isEmpty {
        logger.error(
          "asynchronous event dropped: its destination could not be told",
          metadata: ["function": "\(event.function)", "requestID": "\(event.requestID)"])
      }
      try await store.removeAsynchronousEvent(event.sequence)
      return nil
    }
    try await store.update(kept)
    return kept
  }
}

extension AsynchronousSchedule {
  /// How long there is nothing to do; nil where only news can change that.
  fileprivate func nextWakeUp(after now: Milliseconds, sweepInterval: Duration) -> Duration? {
    let untilDue = nextDue.map { Duration.milliseconds(max(0, $0.count - now.count)) }
    guard running > 0 else { return untilDue }
    return min(untilDue ?? sweepInterval, sweepInterval)
  }
}
