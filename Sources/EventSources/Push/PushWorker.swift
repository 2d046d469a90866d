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
    /// Something is not as it was left.
    case repair
    case end
    case stop
  }

  struct State {
    var plan: Plan
    var installation: SourceInstallation
    /// What reads the queue: it outlives changes of the mapping, since what a cut receive was given is not seen again
    /// for a while.
    var polling: Task<Void, Never>?
    /// Whether the mapping is gone.
    var isEnding = false
    /// Whether nobody wants to know of it any more, as after a reset.
    var isForgotten = false
  }

  /// How often it is looked whether all is still there.
  private static var inspectionInterval: Duration { .seconds(60) }

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
    executor = CallExecutor.executor(shard: mapping.id.connectionShard)
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
  var isOpen: Bool { state.withLock { $0.plan.isEnabled && !$0.isEnding } }

  // MARK: Wishes

  func apply(_ mapping: EventSourceMapping) {
    guard let plan = Plan(mapping, source: origin) else { return }
    wishes.send(.apply(plan))
  }

  func end() { wishes.send(.end) }

  func repair() { wishes.send(.repair) }

  func forget() { state.withLock { $0.isForgotten = true } }

  func stop() { wishes.send(.stop) }

  // MARK: The loop

  /// One wish after the other: a new one ends what was being done for the one before, between two calls.
  func run() async {
    var applying: Int64?
    var deed: Task<Void, Never>?
    while let wish = await wishes.next() {
      // Changes are told more than once.
      if case .apply(let plan) = wish, plan.revision == applying { continue }
      if state.withLock(\.isEnding) {
        guard case .stop = wish else { continue }
      }
      deed?.cancel()
      await deed?.value
      deed = begin(wish)
      if case .apply(let plan) = wish { applying = plan.revision }
    }
    deed?.cancel()
    await deed?.value
    await stopPolling()
    // One that only stops still takes what is posted until the last moment: it is on disk then, for the next process.
    if state.withLock(\.isEnding) { world.pushed.remove(self) }
  }

  private func begin(_ wish: Wish) -> Task<Void, Never>? {
    switch wish {
    case .apply(let plan):
      state.withLock { $0.plan = plan }
      return Task(executorPreference: executor) { await self.carryOut(plan) }
    case .repair:
      let plan = state.withLock(\.plan)
      return Task(executorPreference: executor) { await self.carryOut(plan) }
    case .end:
      state.withLock { $0.isEnding = true }
      return Task(executorPreference: executor) {
        if await self.persist(for: .max, { () async throws(PushError) in try await self.takeAway() }) {
          self.wishes.close()
        }
      }
    case .stop:
      // What is installed stays, where there is a next process: the queue keeps what is sent until then.
      guard world.push.isTransient else {
        wishes.close()
        return nil
      }
      return Task(executorPreference: executor) {
        try? await self.takeAway()
        self.wishes.close()
      }
    }
  }

  private func carryOut(_ plan: Plan) async {
    guard plan.isEnabled else {
      _ = await persist(for: plan.revision) { () async throws(PushError) in try await self.uninstall() }
      return
    }
    while await persist(for: plan.revision, { () async throws(PushError) in try await self.install(plan) }),
      origin.route != .webhook
    {
      // Others may take away what is there, or make the source anew.
      guard (try? await Task.sleep(for: Self.inspectionInterval)) != nil else { return }
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

  func events(in body: [UInt8]) throws(IntakeError) -> [AsynchronousEvent] {
    let state = state.withLock { $0 }
    guard !state.isForgotten else { return [] }
    let now = Milliseconds.now()
    return try origin.payloads(in: body, state.plan.selection, state.installation).map { payload in
      AsynchronousEvent(
        mapping: id, function: state.plan.function, sourceARN: source.description, payload: payload, acceptedAt: now,
        destinations: state.plan.destinations)
    }
  }

  func confirm(_ token: String) -> Bool { origin.confirm(token) }

  func note(
    _ side: StatusBoard.Side, _ problem: String?, reason: String, outcome: DeliveryRecord.Outcome?
  ) async {
    await board.note(side, problem, reason: reason, outcome: outcome)
  }
}
