import AWSClient
import Delivery
import Mappings
import Synchronization

/// What is put beside the source, and taken away again.
extension PushWorker {
  func install(_ plan: Plan) async throws(PushError) {
    var installation = try await known()
    if installation.route != origin.route.rawValue { installation = try await reroute(installation) }
    guard origin.route == .sqs else {
      return try await origin.install(plan.selection, installation, queueARN: nil) {
        (made) async throws(PushError) in try await self.keep(made)
      }
    }
    let queueARN = try await queue.create(for: source)
    startPolling()
    try await origin.install(plan.selection, installation, queueARN: queueARN) {
      (made) async throws(PushError) in try await self.keep(made)
    }
  }

  /// What was installed before, or a note that something is about to be.
  private func known() async throws(PushError) -> SourceInstallation {
    if let known = try installed() { return known }
    let fresh = state.withLock(\.installation)
    // Of what others have installed nothing is to be taken away.
    if origin.route != .webhook {
      do throws(MappingError) { try await world.installations.save(fresh) } catch { throw .store(error) }
    }
    return fresh
  }

  /// Events are to come in another way than an earlier process had them come.
  private func reroute(_ old: SourceInstallation) async throws(PushError) -> SourceInstallation {
    try await takeAway(old)
    var new = old
    (new.route, new.subscription, new.endpoint) = (origin.route.rawValue, nil, nil)
    try await keep(new)
    if origin.route == .webhook {
      do throws(MappingError) { try await world.installations.removeInstallation(of: id) } catch {
        throw .store(error)
      }
    }
    return new
  }

  private func keep(_ installation: SourceInstallation) async throws(PushError) {
    if origin.route != .webhook, state.withLock({ $0.installation != installation }) {
      do throws(MappingError) { try await world.installations.save(installation) } catch { throw .store(error) }
    }
    state.withLock { $0.installation = installation }
  }

  private func installed() throws(PushError) -> SourceInstallation? {
    do throws(MappingError) { return try world.installations.installation(of: id) } catch { throw .store(error) }
  }

  /// The queue stays: SQS lets nobody make one of a name that was just deleted.
  func uninstall() async throws(PushError) {
    guard let installation = try installed() else { return }
    try await origin.uninstall(installation)
    var left = installation
    (left.subscription, left.endpoint) = (nil, nil)
    try await keep(left)
  }

  /// The mapping is gone, and all goes with it that was there for it alone.
  func takeAway() async throws(PushError) {
    guard let installation = try installed() else { return }
    try await takeAway(installation)
    do throws(MappingError) { try await world.installations.removeInstallation(of: id) } catch { throw .store(error) }
  }

  private func takeAway(_ installation: SourceInstallation) async throws(PushError) {
    try await origin.uninstall(installation)
    guard installation.route == PushRoute.sqs.rawValue else { return }
    await stopPolling()
    try await drain()
    try await queue.delete()
  }
}
