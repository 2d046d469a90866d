import AWSClient
import Mappings

extension SourceInspection {
  /// Whoever makes a mapping is not to wait for an endpoint that does not answer.
  static let patience = Duration.seconds(5)

  /// Looks, for as long as patience lasts; what is not known then is taken for usable.
  static func patiently(
    for patience: Duration = patience, _ look: @escaping @Sendable () async -> SourceInspection
  ) async -> SourceInspection {
    await withTaskGroup(of: SourceInspection.self) { group in
      group.addTask { await look() }
      group.addTask {
        try? await Task.sleep(for: patience)
        return .usable()
      }
      defer { group.cancelAll() }
      return await group.next() ?? .usable()
    }
  }

  /// What a call tells of a source: that the service refuses it, in the recorded form of queues, or nothing against it.
  static func looking(
    _ action: String, of service: String, _ body: @escaping @Sendable () async throws(AWSError) -> Void
  ) async -> SourceInspection {
    await patiently {
      do throws(AWSError) {
        try await body()
        return .usable()
      } catch {
        // An endpoint that is not there now may be there later; the mapping tells then.
        guard case .service(let refusal) = error, !refusal.isRetryable else { return .usable() }
        return .refused(error.problem(while: action, of: service))
      }
    }
  }
}
