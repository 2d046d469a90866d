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

  struct State {
    var schedule: AsynchronousSchedule
    var isStopping = false
    /// Counts how often all was forgotten.
    var generation = 0
    /// When what is being tried is looked through next.
    var nextSweep: Milliseconds
  }

  let store: any AsynchronousEventStore
  let functions: any FunctionInvoker
  private let defaultPolicy: AsynchronousPolicy
  private let configuration: @Sendable (FunctionARN) throws(MappingError) -> EventInvokeConfiguration?
  let logger: Logger
  let now: @Sendable () -> Milliseconds
  let state: Mutex<State>
  private let wakeUps: AsyncStream<Void>
  let wakeUp: AsyncStream<Void>.Continuation

  /// - Parameters:
  ///   - policy: for functions whose configuration says nothing else.
  ///   - configuration: looked up whenever a function's event is tried.
  ///   - concurrency: events of one function that are tried at once.
  ///   - now: the clock that tells which events are due.
  /// - Throws: where what waits cannot be read.
  public init(
    store: any AsynchronousEventStore, functions: any FunctionInvoker, policy: AsynchronousPolicy = .init(),
    configuration: @escaping @Sendable (FunctionARN) throws(MappingError) -> EventInvokeConfiguration? = {
      (_) throws(MappingError) in nil
    },
    concurrency: Int, logger: Logger, now: @escaping @Sendable () -> Milliseconds = { .now() }
  ) throws(MappingError) {
    self.store = store
    self.functions = functions
    defaultPolicy = policy
    self.configuration = configuration
    self.logger = logger
    self.now = now
    // What an earlier process left is read before anything is accepted, which would be found once more.
    var schedule = AsynchronousSchedule(concurrency: concurrency)
    for event in try store.waitingEvents() { schedule.add(event) }
    if schedule.count > 0 {
      logger.info("asynchronous events wait", metadata: ["count": .stringConvertible(schedule.count)])
    }
    state = Mutex(State(schedule: schedule, nextSweep: now()))
    // However many have rung, the loop looks once.
    (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    wakeUp.yield()
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
        let turn = takeTurn()
        for (sequence, function) in turn.due {
          group.addTask { await self.perform(sequence, of: function, outcomes) }
        }
        if turn.sweeps { functions.withdrawUnwanted() }
        timer?.cancel()
        timer = turn.pause.map { pause in
          Task { [wakeUp] in
            do { try await Task.sleep(for: pause) } catch { return }
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

  /// How a function's events are tried at this moment.
  func policy(for function: FunctionARN) throws(MappingError) -> AsynchronousPolicy {
    defaultPolicy.configured(by: try configuration(function))
  }

  /// Events that wait or are being tried.
  public var count: Int { state.withLock { $0.schedule.count + $0.schedule.running } }

  /// Forgets what waits; its rows are gone already. What a function has begun is brought to its end.
  public func forgetAll() {
    state.withLock { state in
      state.generation += 1
      state.schedule.removeWaiting()
    }
    functions.withdrawUnwanted()
  }

  /// What is to be done now, and how long there is nothing more to do; nil where only news can change that.
  private func takeTurn() -> (
    due: [(sequence: Int64, function: FunctionARN)], sweeps: Bool, pause: Duration?
  ) {
    state.withLock { state in
      let now = now()
      guard !state.isStopping else { return ([], false, nil) }
      let due = state.schedule.takeDue(at: now)
      let sweeps = now >= state.nextSweep
      if sweeps { state.nextSweep = now + min(Self.sweepInterval, defaultPolicy.maximumEventAge / 4) }
      let next = [state.schedule.nextDue, state.schedule.running > 0 ? state.nextSweep : nil].compactMap(\.self).min()
      return (due, sweeps, next.map { .milliseconds(max(0, $0.count - now.count)) })
    }
  }
}
