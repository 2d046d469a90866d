import AWSClient
import Delivery
import Logging
import Mappings
import Synchronization

/// Keeps what is installed at one source as its mapping wishes, and takes the events that the source sends.
///
/// It invokes nothing: an event is done with here when it is in the queue of asynchronous invocations.
final class PushWorker<Source: PushSource>: MappingWorker, PushReceiver {
  typealias Plan = PushPlan<Source.Selection>

  enum Wish: Sendable {
    case apply(Plan)
    case end
    case stop
  }

  struct State {
    var plan: Plan
    var installation: SourceInstallation
    /// What reads the queue: it outlives changes of the mapping, since what a cut receive was given is not seen again
    /// for a while.
    var polling: Task<Void, Never>?
  }

  let id: MappingID
  let executor: any TaskExecutor
  let origin: Source
  let queue: InstalledQueue
  let world: SourceWorld
  let board: StatusBoard
  let wishes = Mailbox<Wish>()
  let state: Mutex<State>

  /// Nil where the mapping cannot be understood.
  init?(_ mapping: EventSourceMapping, _ source: Source, _ world: SourceWorld) {
    guard let plan = Plan(mapping, source: source), let arn = mapping.sourceARN else { return nil }
    id = mapping.id
    executor = CallExecutor.executor(shard: mapping.id.hashValue & 0x1F)
    origin = source
    queue = InstalledQueue(of: mapping.id, in: mapping.scope, client: world.client)
    self.world = world
    board = StatusBoard(mapping, words: .ofStreams, store: world.store, logger: world.logger)
    // What an earlier process knew of it holds until it is looked at.
    let known = try? world.installations.installation(of: mapping.id)
    state = Mutex(
      State(
        plan: plan,
        installation: known
          ?? SourceInstallation(
            mapping: mapping.id, scope: mapping.scope, function: mapping.function, sourceARN: arn, kind: mapping.kind,
            route: source.route.rawValue)))
    wishes.send(.apply(plan))
    // Before it runs: what is posted from now on is for it.
    world.pushed.add(self)
  }

  var source: ARN { origin.arn }
  var isOpen: Bool { state.withLock(\.plan.isEnabled) }

  // MARK: Wishes

  func apply(_ mapping: EventSourceMapping) {
    guard let plan = Plan(mapping, source: origin) else { return }
    wishes.send(.apply(plan))
  }

  func end() { wishes.send(.end) }

  func stop() { wishes.send(.stop) }

  // MARK: The loop

  /// One wish after the other: a new one cuts off what was being done for the one before.
  func run() async {
    var deed: Task<Void, Never>?
    while let wish = await wishes.next() {
      deed?.cancel()
      await deed?.value
      switch wish {
      case .apply(let plan):
        state.withLock { $0.plan = plan }
        deed = Task(executorPreference: executor) { await self.carryOut(plan) }
      case .end:
        deed = Task(executorPreference: executor) { await self.takeAway() }
      case .stop:
        // What is installed stays: the queue keeps what is sent until the next start.
        wishes.close()
      }
    }
    deed?.cancel()
    await deed?.value
    await stopPolling()
    world.pushed.remove(self)
  }

  private func carryOut(_ plan: Plan) async {
    if plan.isEnabled {
      _ = await persist(for: plan.revision) { () async throws(PushError) in try await self.install(plan) }
    } else {
      _ = await persist(for: plan.revision) { () async throws(PushError) in try await self.uninstall() }
    }
  }

  /// Tries until it succeeds or nobody wishes for it any more.
  /// - Returns: whether it has succeeded.
  func persist(for revision: Int64, _ body: () async throws(PushError) -> Void) async -> Bool {
    var backoff = Backoff(first: .milliseconds(500), limit: .seconds(30))
    while !Task.isCancelled {
      do throws(PushError) {
        try await body()
        await board.note(.source, nil)
        world.pushed.applied(revision, of: id)
        return true
      } catch {
        guard !error.isCancellation, !Task.isCancelled else { return false }
        await board.note(.source, "PROBLEM: \(error.problem)", reason: error.problem)
        // Whoever waits is told no later: the mapping says what is wrong.
        world.pushed.applied(revision, of: id)
        try? await Task.sleep(for: backoff.next(spread: .random(in: 0...1)))
      }
    }
    return false
  }

  // MARK: Events

  func take(_ bodies: [[UInt8]]) async throws(IntakeFailure) -> Int {
    try await accept(bodies, skippingMalformed: false)
  }

  /// - Parameter skippingMalformed: whether what cannot be read is only told of: it would come for ever.
  func accept(_ bodies: [[UInt8]], skippingMalformed: Bool) async throws(IntakeFailure) -> Int {
    let (plan, installation) = state.withLock { ($0.plan, $0.installation) }
    var payloads: [[UInt8]] = []
    for body in bodies {
      do throws(IntakeError) {
        payloads += try origin.payloads(in: body, plan.selection, installation)
      } catch {
        guard skippingMalformed else { throw .malformed(error) }
        world.logger.warning(
          "what a source sent is no event", metadata: ["mapping": "\(id)", "reason": "\(error)"])
      }
    }
    guard !payloads.isEmpty else { return 0 }
    let now = Milliseconds.now()
    let events = payloads.map { payload in
      AsynchronousEvent(
        mapping: id, function: plan.function, sourceARN: source.description, payload: payload, acceptedAt: now,
        destinations: plan.destinations)
    }
    do throws(MappingError) { try await world.asynchronous.accept(events) } catch { throw .store(error) }
    return events.count
  }

  func confirm(_ token: String) -> Bool { origin.confirm(token) }

  func note(
    _ side: StatusBoard.Side, _ problem: String?, reason: String, outcome: DeliveryRecord.Outcome?
  ) async {
    await board.note(side, problem, reason: reason, outcome: outcome)
  }
}
