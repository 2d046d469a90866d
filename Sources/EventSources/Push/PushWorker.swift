import AWSClient
import Delivery
import Logging
import Mappings
import Synchronization

/// Keeps what is installed at one source as its mapping wishes, and takes the events that the source sends.
///
/// It invokes nothing: an event is done with here when it is in the queue of asynchronous invocations.
final class PushWorker<Source: PushSource>: MappingWorker, PushReceiver {
  private typealias Plan = PushPlan<Source.Selection>

  private enum Wish: Sendable {
    case apply(Plan)
    case end
    case stop
  }

  private struct State {
    var plan: Plan
    var installation: SourceInstallation
    /// What reads the queue: it outlives changes of the mapping, since what a cut receive was given is not seen again
    /// for a while.
    var polling: Task<Void, Never>?
  }

  let id: MappingID
  let executor: any TaskExecutor
  private let origin: Source
  private let queue: InstalledQueue
  private let world: SourceWorld
  private let board: StatusBoard
  private let wishes = Mailbox<Wish>()
  private let state: Mutex<State>

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
    world.pushed.add(self)
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
  private func persist(for revision: Int64, _ body: () async throws(PushError) -> Void) async -> Bool {
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

  // MARK: Installing

  private func install(_ plan: Plan) async throws(PushError) {
    var installation = try await known()
    if installation.route != origin.route.rawValue { installation = try await reroute(installation) }
    if origin.route == .sqs { try await queue.create(for: source) }
    try await origin.install(
      plan.selection, installation, queueARN: origin.route == .sqs ? queue.arn : nil
    ) { (made) async throws(PushError) in try await self.keep(made) }
    if origin.route == .sqs { startPolling() }
  }

  /// What was installed before, or a note that something is about to be.
  private func known() async throws(PushError) -> SourceInstallation {
    let fresh = state.withLock(\.installation)
    do throws(MappingError) {
      if let known = try world.installations.installation(of: id) { return known }
      if origin.route != .webhook { try await world.installations.save(fresh) }
    } catch { throw .store(error) }
    return fresh
  }

  /// Events are to come in another way than an earlier process had them come.
  private func reroute(_ old: SourceInstallation) async throws(PushError) -> SourceInstallation {
    try await takeAway(old)
    var new = old
    (new.route, new.subscription, new.endpoint) = (origin.route.rawValue, nil, nil)
    if origin.route != .webhook { try await keep(new) }
    return new
  }

  private func keep(_ installation: SourceInstallation) async throws(PushError) {
    let isNews = state.withLock { state in
      defer { state.installation = installation }
      return state.installation != installation
    }
    guard isNews, origin.route != .webhook else { return }
    do throws(MappingError) { try await world.installations.save(installation) } catch { throw .store(error) }
  }

  /// The queue stays: SQS lets nobody make one of a name that was just deleted.
  private func uninstall() async throws(PushError) {
    guard let installation = try installed() else { return }
    try await origin.uninstall(installation)
    var left = installation
    (left.subscription, left.endpoint) = (nil, nil)
    try await keep(left)
  }

  private func installed() throws(PushError) -> SourceInstallation? {
    do throws(MappingError) { return try world.installations.installation(of: id) } catch { throw .store(error) }
  }

  /// The mapping is gone, and all goes with it that was there for it alone.
  private func takeAway() async {
    let isDone = await persist(for: .max) { () async throws(PushError) in
      guard let installation = try self.installed() else { return }
      try await self.takeAway(installation)
      do throws(MappingError) { try await self.world.installations.removeInstallation(of: self.id) } catch {
        throw .store(error)
      }
    }
    if isDone { wishes.close() }
  }

  private func takeAway(_ installation: SourceInstallation) async throws(PushError) {
    try await origin.uninstall(installation)
    guard installation.route == PushRoute.sqs.rawValue else { return }
    await stopPolling()
    // What came before the source was told to send nothing more.
    while let messages = try? await queue.receive(waitSeconds: 0), !messages.bodies.isEmpty { try await take(messages) }
    try await queue.delete()
  }

  // MARK: The queue

  private func startPolling() {
    state.withLock { state in
      guard state.polling == nil else { return }
      state.polling = Task(executorPreference: executor) { await self.poll() }
    }
  }

  private func stopPolling() async {
    let polling = state.withLock { $0.polling.take() }
    polling?.cancel()
    await polling?.value
  }

  private func poll() async {
    var backoff = Backoff()
    while !Task.isCancelled {
      do throws(PushError) {
        let messages = try await queue.receive(waitSeconds: InstalledQueue.longPollSeconds)
        await board.note(.source, nil)
        if !messages.bodies.isEmpty { try await take(messages) }
        backoff.reset()
        if messages.bodies.isEmpty, isDrained() { return }
      } catch {
        guard !error.isCancellation, !Task.isCancelled else { return }
        await board.note(.source, "PROBLEM: \(error.problem)", reason: error.problem)
        try? await Task.sleep(for: backoff.next(spread: .random(in: 0...1)))
        // Somebody may have deleted it.
        let plan = state.withLock(\.plan)
        if error.isMissingQueue, plan.isEnabled { try? await install(plan) }
      }
    }
  }

  /// Whether nothing more comes: the mapping is disabled, and a whole receive has given nothing.
  private func isDrained() -> Bool {
    state.withLock { state in
      guard !state.plan.isEnabled else { return false }
      state.polling = nil
      return true
    }
  }

  /// A task of its own, which a new wish does not cut: what was accepted is to be deleted, or it comes twice.
  private func take(_ messages: InstalledQueue.Messages) async throws(PushError) {
    let taking = Task(executorPreference: executor) { () async -> PushError? in
      do throws(IntakeFailure) {
        _ = try await self.accept(messages.bodies, skippingMalformed: true)
      } catch {
        guard case .store(let error) = error else { return nil }
        return .store(error)
      }
      do throws(PushError) {
        try await self.queue.delete(messages)
        return nil
      } catch { return error }
    }
    if let error = await taking.value { throw error }
  }

  // MARK: Events

  func take(_ bodies: [[UInt8]]) async throws(IntakeFailure) -> Int {
    try await accept(bodies, skippingMalformed: false)
  }

  /// - Parameter skippingMalformed: whether what cannot be read is only told of: it would come for ever.
  private func accept(_ bodies: [[UInt8]], skippingMalformed: Bool) async throws(IntakeFailure) -> Int {
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

extension PushError {
  fileprivate var isMissingQueue: Bool {
    guard case .call(_, "SQS", let error) = self else { return false }
    return error.isMissingQueue
  }
}
