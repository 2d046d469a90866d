public import Logging
public import Mappings
import Synchronization

/// Keeps a mapping's `LastProcessingResult` true, and the log with it.
///
/// A change is written once; that all is as it was costs a look under a lock and nothing else.
public final class StatusBoard: Sendable {
  /// What can go wrong, independently of each other. The first that does is what the mapping tells.
  public enum Side: Sendable {
    case source, function
  }

  private struct State {
    var sourceProblem: String?
    var functionProblem: String?
    var written: String?
    var isWriting = false

    var wished: String? { sourceProblem ?? functionProblem }
  }

  private let mapping: MappingID
  private let scope: Scope
  private let store: any MappingStore
  private let logger: Logger
  private let state: Mutex<State>

  /// - Parameter mapping: with the result that is on disk.
  public init(_ mapping: EventSourceMapping, store: any MappingStore, logger: Logger) {
    self.mapping = mapping.id
    scope = mapping.scope
    self.store = store
    self.logger = logger
    state = Mutex(State(written: mapping.lastProcessingResult))
  }

  /// Notes how one side is; nil where it is well. Returns when a change is on disk, unless another call writes it.
  ///
  /// - Parameters:
  ///   - reason: for the log.
  ///   - outcome: for the log: the word that the journal has for it.
  public func note(
    _ side: Side, _ problem: String?, reason: String = "", outcome: DeliveryRecord.Outcome? = nil
  ) async {
    let (isNews, writes) = state.withLock { state -> (Bool, Bool) in
      let before: String?
      switch side {
      case .source: (before, state.sourceProblem) = (state.sourceProblem, problem)
      case .function: (before, state.functionProblem) = (state.functionProblem, problem)
      }
      guard state.wished != state.written, !state.isWriting else { return (before != problem, false) }
      state.isWriting = true
      return (before != problem, true)
    }
    if isNews { log(side, problem, reason, outcome) }
    if writes { await write() }
  }

  private func write() async {
    while true {
      let next: String?? = state.withLock { state in
        guard state.wished != state.written else {
          state.isWriting = false
          return nil
        }
        return .some(state.wished)
      }
      guard let wished = next else { return }
      do throws(MappingError) {
        try await store.setLastProcessingResult(wished, of: mapping, in: scope)
        state.withLock { $0.written = wished }
      } catch {
        logger.error("cannot note a processing result", metadata: ["mapping": "\(mapping)", "reason": "\(error)"])
        // The next delivery or receive tries again.
        state.withLock { $0.isWriting = false }
        return
      }
    }
  }

  private func log(_ side: Side, _ problem: String?, _ reason: String, _ outcome: DeliveryRecord.Outcome?) {
    let message: Logger.Message =
      switch (side, problem) {
      case (.source, .some): "source unreachable"
      case (.source, nil): "source recovered"
      case (.function, .some): "function failed"
      case (.function, nil): "function recovered"
      }
    var metadata: Logger.Metadata = ["mapping": "\(mapping)"]
    if problem != nil, let outcome { metadata["outcome"] = "\(outcome.rawValue)" }
    if !reason.isEmpty { metadata["reason"] = "\(reason)" }
    logger.log(level: problem == nil ? .info : .warning, message, metadata: metadata)
  }
}
