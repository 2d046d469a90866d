public import Logging
public import Mappings
import Synchronization

/// Keeps a mapping's `LastProcessingResult` true, and the log with it.
///
/// A change is written once; that all is as it was costs a look under a lock and nothing else.
public final class StatusBoard: Sendable {
  /// What can go wrong, independently of each other. The first that does is what the mapping tells.
  public struct Side: Hashable, Comparable, Sendable {
    private enum Kind: Int, Sendable {
      case source, destination, function
    }

    private let kind: Kind
    /// The part of the source that it is about, such as a shard; empty for all of it.
    let part: String

    /// The source, where it has no parts.
    public static let source = source(of: "")
    /// The function, where the source has no parts.
    public static let function = function(of: "")
    /// A part of the source.
    public static func source(of part: String) -> Side { Side(kind: .source, part: part) }
    /// The failure destination, as a part of the source needs it.
    public static func destination(of part: String) -> Side { Side(kind: .destination, part: part) }
    /// The function, as a part of the source needs it.
    public static func function(of part: String) -> Side { Side(kind: .function, part: part) }

    public static func < (left: Side, right: Side) -> Bool {
      left.kind == right.kind ? left.part < right.part : left.kind.rawValue < right.kind.rawValue
    }

    var isFunction: Bool { kind == .function }

    fileprivate func message(isProblem: Bool) -> Logger.Message {
      switch (kind, isProblem) {
      case (.source, true): "source unreachable"
      case (.source, false): "source recovered"
      case (.destination, true): "failure destination unreachable"
      case (.destination, false): "failure destination recovered"
      case (.function, true): "function failed"
      case (.function, false): "function recovered"
      }
    }
  }

  /// What a mapping tells where nothing is wrong.
  public struct Words: Sendable {
    /// Before the function has done anything.
    var untried: String?
    /// When it has.
    var well: String?

    /// Recorded: queues tell nothing.
    public static let ofQueues = Words(untried: nil, well: nil)
    /// Recorded of Kinesis and DynamoDB streams.
    public static let ofStreams = Words(untried: "No records processed", well: "OK")
  }

  private struct State {
    var problems: [Side: String] = [:]
    /// What is told where there is no problem.
    var wellText: String?
    var written: String?
    var isWriting = false

    var wished: String? {
      // Almost always there is none.
      if problems.isEmpty { return wellText }
      return problems.min { $0.key < $1.key }?.value
    }

    /// - Returns: whether there is something to write and nobody who does.
    mutating func claimWriting() -> Bool {
      guard wished != written, !isWriting else { return false }
      isWriting = true
      return true
    }
  }

  private let mapping: MappingID
  private let words: Words
  private let scope: Scope
  private let store: any MappingStore
  private let logger: Logger
  private let state: Mutex<State>

  /// - Parameter mapping: with the result that is on disk.
  public init(_ mapping: EventSourceMapping, words: Words, store: any MappingStore, logger: Logger) {
    self.mapping = mapping.id
    self.words = words
    scope = mapping.scope
    self.store = store
    self.logger = logger
    var state = State(wellText: words.untried, written: mapping.lastProcessingResult)
    if let before = mapping.lastProcessingResult {
      if before == words.well { state.wellText = before }
      // What an earlier process saw of the function holds until the function is seen again.
      if before.hasPrefix(ProcessingResult.functionCallFailed("")) { state.problems[.function] = before }
    }
    self.state = Mutex(state)
  }

  /// Notes how one side is; nil where it is well. Returns when a change is on disk, unless another call writes it.
  ///
  /// - Parameters:
  ///   - reason: for the log.
  ///   - outcome: for the log: the word that the journal has for it.
  public func note(
    _ side: Side, _ problem: String?, reason: String = "", outcome: DeliveryRecord.Outcome? = nil
  ) async {
    if change(side, problem, reason: reason, outcome: outcome) { await write() }
  }

  /// As `note`, for whoever cannot wait.
  /// - Returns: whether `write` is to be called.
  public func change(
    _ side: Side, _ problem: String?, reason: String = "", outcome: DeliveryRecord.Outcome? = nil
  ) -> Bool {
    let (isNews, writes) = state.withLock { state -> (Bool, Bool) in
      let before = state.problems.isEmpty ? nil : state.problems[side]
      if before != problem { state.problems[side] = problem }
      if side.isFunction {
        if problem == nil { state.wellText = words.well }
        // What an earlier process saw of the function, whichever part it was.
        if side != .function, !state.problems.isEmpty { state.problems[.function] = nil }
      }
      return (before != problem, state.claimWriting())
    }
    if isNews { log(side, problem, reason, outcome) }
    return writes
  }

  /// A part of the source is gone, and its problems with it.
  public func forget(_ part: String) async {
    let writes = state.withLock { state in
      state.problems = state.problems.filter { $0.key.part != part }
      return state.claimWriting()
    }
    if writes { await write() }
  }

  /// Writes what has changed.
  public func write() async {
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
    var metadata: Logger.Metadata = ["mapping": "\(mapping)"]
    if !side.part.isEmpty { metadata["part"] = "\(side.part)" }
    if problem != nil, let outcome { metadata["outcome"] = "\(outcome.rawValue)" }
    if !reason.isEmpty { metadata["reason"] = "\(reason)" }
    logger.log(
      level: problem == nil ? .info : .warning, side.message(isProblem: problem != nil), metadata: metadata)
  }
}
