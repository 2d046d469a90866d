import AWSClient
import Delivery
import Logging
import Mappings

/// Keeps one stream and one function together: finds the stream's shards, and has each read when its parents are
/// finished.
final class StreamWorker: MappingWorker {
  private enum Wish: Sendable {
    case apply(StreamPlan)
    case release(shard: String)
    case end
  }

  /// The end of one of the loop's tasks.
  private enum Step: Sendable {
    case wish(Wish?)
    case listed(Result<[ShardLineage.Shard], AWSError>)
    case listingDue
    case ended(shard: String, ShardWorker.Flow.End)
    case done
  }

  /// Shards are looked for every so many poll intervals: a child is found when its parent ends, so that this is for what
  /// cannot be noticed otherwise.
  private static let listingInterval = 20

  let executor: any TaskExecutor
  private let mapping: EventSourceMapping
  private let source: any StreamSource
  private let world: SourceWorld
  private let board: StatusBoard
  private let plan: StreamPlan
  private let wishes = Mailbox<Wish>()

  /// Nil where the mapping cannot be understood.
  init?(
    _ mapping: EventSourceMapping, _ world: SourceWorld,
    _ source: (ARN, SourceWorld, _ shard: Int) -> any StreamSource
  ) {
    guard let arn = mapping.sourceARN.flatMap(ARN.init) else { return nil }
    let shard = mapping.id.connectionShard
    let source = source(arn, world, shard)
    guard let plan = StreamPlan(mapping, source: source, world: world) else { return nil }
    self.mapping = mapping
    self.source = source
    self.world = world
    self.plan = plan
    executor = CallExecutor.executor(shard: shard)
    board = StatusBoard(mapping, words: .ofStreams, store: world.store, logger: world.logger)
  }

  // MARK: Wishes

  func apply(_ mapping: EventSourceMapping) {
    guard let plan = StreamPlan(mapping, source: source, world: world) else { return }
    wishes.send(.apply(plan))
  }

  func end() { wishes.send(.end) }

  func stop() { wishes.send(.end) }

  // MARK: The loop

  func run() async {
    await withTaskGroup(of: Step.self) { group in
      var loop = Loop(plan: plan)
      group.addTask { .wish(await self.wishes.next()) }
      list(&loop, in: &group)
      while let step = await group.next() {
        switch step {
        case .wish(let wish):
          if wish != nil { group.addTask { .wish(await self.wishes.next()) } }
          hear(wish, &loop)
          if loop.isEnding { group.cancelAll() }
          list(&loop, in: &group)
        case .listed(let result):
          loop.isListing = false
          await take(result, &loop, in: &group)
        case .listingDue:
          loop.hasListingDue = false
          loop.lineage?.trust()
          list(&loop, in: &group)
        case .ended(let shard, let end):
          await take(end, of: shard, &loop, in: &group)
        case .done: break
        }
        if loop.isEnding, loop.workers.isEmpty { break }
        start(&loop, in: &group)
      }
      group.cancelAll()
    }
  }

  /// What the loop remembers.
  private struct Loop {
    var plan: StreamPlan
    /// Nil until the shards are known that an earlier process has finished.
    var lineage: ShardLineage?
    var workers: [String: ShardWorker] = [:]
    var backoff = Backoff()
    var isListing = false
    var hasListingDue = false
    var isEnding = false
  }

  private func hear(_ wish: Wish?, _ loop: inout Loop) {
    switch wish {
    case .release(let shard):
      loop.lineage?.release(shard)
      return
    case .apply(let plan):
      guard !loop.isEnding, !plan.isSame(as: loop.plan) else { return }
      loop.plan = plan
    case .end, nil:
      loop.isEnding = true
    }
    // A shard goes on after its checkpoint by the new plan, once what is in flight by the old one has ended.
    for worker in loop.workers.values { worker.stop() }
    // An invocation that no function has seen belongs to a wish that nobody has any more.
    world.functions.withdrawInvocations(of: mapping.id)
  }

  /// Begins with every shard whose turn it is.
  private func start(_ loop: inout Loop, in group: inout TaskGroup<Step>) {
    guard !loop.isEnding, loop.plan.isEnabled else { return }
    guard let startable = loop.lineage?.startable, !startable.isEmpty else { return }
    // Without checkpoints a shard would begin anew; the next list of the shards tries again.
    guard let checkpoints = storedCheckpoints() else { return }
    let stored = Dictionary(checkpoints.map { ($0.shard, $0) }) { first, _ in first }
    for shard in startable {
      let worker = ShardWorker(
        mapping.id, plan: loop.plan, checkpoint: stored[shard.id] ?? ShardCheckpoint(shard: shard.id), source: source,
        world: world, board: board, ranDry: { [wishes] in wishes.send(.release(shard: shard.id)) })
      loop.workers[shard.id] = worker
      loop.lineage?.begin(shard.id)
      if shard.isClosed { worker.noteClosed() }
      group.addTask(executorPreference: worker.executor) { .ended(shard: shard.id, await worker.run()) }
    }
  }

  private func take(
    _ end: ShardWorker.Flow.End, of shard: String, _ loop: inout Loop, in group: inout TaskGroup<Step>
  ) async {
    loop.workers[shard] = nil
    switch end {
    case .stopped:
      loop.lineage?.pause(shard)
    case .ended:
      loop.lineage?.end(shard)
      list(&loop, in: &group)
    case .vanished:
      loop.lineage?.deny(shard)
      await board.forget(shard)
      list(&loop, in: &group)
    }
  }

  // MARK: Shards

  private func list(_ loop: inout Loop, in group: inout TaskGroup<Step>) {
    guard !loop.isListing, !loop.isEnding, loop.plan.isEnabled else { return }
    loop.isListing = true
    group.addTask {
      .listed(await Result { () async throws(AWSError) in try await self.source.shards() })
    }
  }

  private func take(
    _ result: Result<[ShardLineage.Shard], AWSError>, _ loop: inout Loop, in group: inout TaskGroup<Step>
  ) async {
    let pause: Duration
    switch result {
    case .success(let shards):
      pause = await take(shards, &loop, in: &group)
    case .failure(let error):
      if case .cancelled = error { return }
      let problem = error.isMissingResource ? "Stream not found: \(source.arn)" : nil
      await board.note(.source, problem.map { "PROBLEM: \($0)" } ?? error.streamProblem, reason: "\(error)")
      pause = loop.backoff.next(spread: .random(in: 0...1))
    }
    guard !loop.hasListingDue else { return }
    loop.hasListingDue = true
    group.addTask {
      try? await Task.sleep(for: pause)
      return .listingDue
    }
  }

  /// - Returns: when the next list is due.
  private func take(
    _ shards: [ShardLineage.Shard], _ loop: inout Loop, in group: inout TaskGroup<Step>
  ) async -> Duration {
    guard !shards.isEmpty else {
      // A stream always has some: a list without any tells nothing, and is not to make anything be forgotten.
      let problem = "The stream lists no shards."
      await board.note(.source, "PROBLEM: \(problem)", reason: problem)
      return loop.backoff.next(spread: .random(in: 0...1))
    }
    for shard in shards where shard.isClosed { loop.workers[shard.id]?.noteClosed() }
    if loop.lineage == nil, let stored = storedCheckpoints() {
      let open = Set(shards.lazy.filter { !$0.isClosed }.map(\.id))
      loop.lineage = ShardLineage(
        finished: stored.lazy.filter { $0.isFinished && !open.contains($0.shard) }.map(\.shard))
    }
    if let changes = loop.lineage?.list(shards) { await take(changes, in: &group) }
    guard let denied = loop.lineage?.firstDoubted else {
      await board.note(.source, nil)
      loop.backoff.reset()
      return world.streamPollInterval * Self.listingInterval
    }
    // It is tried again, after a pause.
    let problem = "The stream lists shard \(denied), and denies it where it is read."
    await board.note(.source, "PROBLEM: \(problem)", reason: problem)
    return loop.backoff.next(spread: .random(in: 0...1))
  }

  private func take(_ changes: ShardLineage.Changes, in group: inout TaskGroup<Step>) async {
    for shard in changes.finished {
      await board.forget(shard)
      world.logger.info("shard finished", metadata: ["mapping": "\(mapping.id)", "shard": "\(shard)"])
    }
    for shard in changes.vanished {
      world.logger.warning(
        "shard is gone; what was left in it is not read", metadata: ["mapping": "\(mapping.id)", "shard": "\(shard)"])
    }
    if !changes.forgotten.isEmpty { group.addTask { await self.forget(changes.forgotten) } }
  }

  private func forget(_ shards: [String]) async -> Step {
    do throws(MappingError) {
      try await world.checkpoints.remove(shards: shards, of: mapping.id)
    } catch {
      world.logger.error("cannot forget shards", metadata: ["mapping": "\(mapping.id)", "reason": "\(error)"])
    }
    return .done
  }

  /// Nil where they cannot be read.
  private func storedCheckpoints() -> [ShardCheckpoint]? {
    do throws(MappingError) {
      return try world.checkpoints.checkpoints(of: mapping.id)
    } catch {
      world.logger.error("cannot read the checkpoints", metadata: ["mapping": "\(mapping.id)", "reason": "\(error)"])
      return nil
    }
  }
}
