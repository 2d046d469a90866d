public import Mappings

/// What becomes of a batch of a queue's messages after its invocation: which of them are deleted, what is told.
///
/// A pure function of the function's answer. Source: recorded-facts, section 8. What is not deleted comes back by
/// itself when its visibility timeout ends, and how often is the queue's own matter.
public struct QueueBatchFate: Equatable, Sendable {
  /// The places of the messages that are done with.
  public var deleted: [Int]
  /// The word of the journal.
  public var outcome: DeliveryRecord.Outcome
  /// What went wrong, for the journal and the log; nil where nothing did.
  public var error: String?
  /// What `LastProcessingResult` says; nil where all is well, as was recorded for queues.
  public var problem: String?
  /// What the mapping does to its concurrency.
  public var pressure: Pressure

  /// How a batch's end acts on the next ones.
  public enum Pressure: Equatable, Sendable {
    case none
    /// The function fails: fewer at once.
    case failing
    /// The function has no room or is not there: fewer at once, and a pause.
    case overloaded
  }

  /// - Parameters:
  ///   - identifiers: the message ids of the batch, in their order.
  ///   - reportsItemFailures: whether the mapping has `ReportBatchItemFailures`.
  public init(_ result: InvocationResult, identifiers: [String], reportsItemFailures: Bool) {
    let all = Array(identifiers.indices)
    switch result {
    case .answered(let answer) where reportsItemFailures:
      switch BatchItemFailures(answer: answer, identifiers: identifiers) {
      case .none:
        self.init(deleted: all, outcome: .success)
      case .some(let failed):
        let failed = Set(failed)
        self.init(
          deleted: all.filter { !failed.contains($0) }, outcome: .partialFailure,
          error: "\(failed.count) of \(all.count) messages failed")
      case .all(let reason):
        self.init(deleted: [], outcome: .invalidAnswer, error: reason, problem: reason)
      }
    case .answered:
      self.init(deleted: all, outcome: .success)
    case .functionError(let error):
      self.init(deleted: [], outcome: .functionError, error: error.summary, problem: "", pressure: .failing)
    case .throttled(let reason):
      self.init(deleted: [], outcome: .throttled, error: reason, problem: reason, pressure: .overloaded)
    case .unreachable(let reason):
      self.init(deleted: [], outcome: .unreachable, error: reason, problem: reason, pressure: .overloaded)
    case .timedOut(let reason):
      self.init(deleted: [], outcome: .timedOut, error: reason, problem: reason, pressure: .failing)
    case .tooLarge(let reason):
      self.init(deleted: [], outcome: .tooLarge, error: reason, problem: reason)
    case .withdrawn:
      self.init(deleted: [], outcome: .withdrawn)
    }
  }

  /// - Parameter problem: the detail behind AWS's words, which may be empty.
  private init(
    deleted: [Int], outcome: DeliveryRecord.Outcome, error: String? = nil, problem: String? = nil,
    pressure: Pressure = .none
  ) {
    self.deleted = deleted
    self.outcome = outcome
    self.error = error.map(ProcessingResult.limited)
    self.problem = problem.map { ProcessingResult.functionCallFailed(ProcessingResult.limited($0)) }
    self.pressure = pressure
  }
}
