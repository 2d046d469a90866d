import AWSClient
import Delivery
import Mappings
import Synchronization

/// What is put beside the source, and taken away again.
extension PushWorker {
  func install(_ plan: Plan) async throws(PushError) {
    var installation = try await known()
    if installation.route != origin.route.rawValue { installation = try await reroute(installation) }
    if origin.route == .sqs { try await queue.create(for: source) }
    try await origin.install(
      plan.selection, installation, queueARN: origin.route == .sqs ? queue.arn : nil
    ) { (made) async throws(PushError) in try await self.keep(made) }
    if origin.route == .sqs { startPolling() }
  }

  /// What was installed before, or a note that something is about to be.
  func known() async throws(PushError) -> SourceInstallation {
    let fresh = state.withLock(\.installation)
    do throws(MappingError) {
      if let known = try world.installations.installation(of: id) { return known }
      if origin.route != .webhook { try await world.installations.save(fresh) }
    } catch { throw .store(error) }
    return fresh
  }

  /// Events are to come in another way than an earlier process had them come.
  func reroute(_ old: SourceInstallation) async throws(PushError) -> SourceInstallation {
    try await takeAway(old)
    var new = old
    (new.route, new.subscription, new.endpoint) = (origin.route.rawValue, nil, nil)
    if origin.route != .webhook { try await keep(new) }
    return new
  }

  func keep(_ installation: SourceInstallation) async throws(PushError) {
    let isNews = state.withLock { state in
      defer { state.installation = installation }
      return state.installation != installation
    }
    guard isNews, origin.route != .webhook else { return }
    do throws(MappingError) { try await world.installations.save(installation) } catch { throw .store(error) }
  }

  /// The queue stays: SQS lets nobody make one of a name that was just deleted.
  func uninstall() async throws(PushError) {
    guard let installation = try installed() else { return }
    try await origin.uninstall(installation)
    var left = installation
    (left.subscription, left.endpoint) = (nil, nil)
    try await keep(left)
  }

  func installed() throws(PushError) -> SourceInstallation? {
    do throws(MappingError) { return try world.installations.installation(of: id) } catch { throw .store(error) }
  }

  /// The mapping is gone, and all goes with it that was there for it alone.
  func takeAway() async {
    let isDone = await persist(for: .max) { () async throws(PushError) in
      guard let installation = try self.installed() else { return }
      try await self.takeAway(installation)
      do throws(MappingError) { try await self.world.installations.removeInstallation(of: self.id) } catch {
        throw .store(error)
      }
    }
    if isDone { wishes.close() }
  }

  func takeAway(_ installation: SourceInstallation) async throws(PushError) {
    try await origin.uninstall(installation)
    guard installation.route == PushRoute.sqs.rawValue else { return }
    await stopPolling()
    // What came before the source was told to send nothing more.
    while let messages = try? await queue.receive(waitSeconds: 0), !messages.bodies.isEmpty { try await take(messages) }
    try await queue.delete()
  }
}
