/// Ends transitional states when their time has come: only needed where transitions last (`--transition-delay`).
public struct TransitionTimer: Sendable {
  private let service: MappingService
  private let interval: Duration
  private let failed: @Sendable (MappingError) -> Void

  /// - Parameters:
  ///   - interval: how exactly transitions end.
  ///   - failed: told of a store that fails; the next round tries again.
  public init(
    _ service: MappingService, interval: Duration = .milliseconds(20),
    failed: @escaping @Sendable (MappingError) -> Void
  ) {
    self.service = service
    self.interval = interval
    self.failed = failed
  }

  /// Settles what is due, again and again, until the task is cancelled.
  public func run() async {
    while !Task.isCancelled {
      do throws(MappingError) { try await service.settle() } catch { failed(error) }
      try? await Task.sleep(for: interval)
    }
  }
}
