import Delivery
import Mappings

/// An invocation that has ended, with what its journal entry needs.
struct MadeInvocation: Sendable {
  var mapping: MappingID
  var function: FunctionARN
  var payload: [UInt8]
  var result: InvocationResult
  var startedAt: Milliseconds
  var duration: Duration
}

extension SourceWorld {
  /// Invokes a mapping's function, where the event is not too large for any.
  /// - Parameter isWanted: asked before a function gets the event.
  func invoke(
    _ function: FunctionARN, _ payload: [UInt8], for mapping: MappingID, isWanted: @escaping @Sendable () -> Bool
  ) async -> MadeInvocation {
    let (started, clock) = (Milliseconds.now(), ContinuousClock.now)
    let result: InvocationResult
    if payload.count > Invocation.maximumPayloadBytes {
      result = .tooLarge("the event of \(payload.count) bytes is over \(Invocation.maximumPayloadBytes) bytes")
    } else {
      result = await functions.invoke(
        Invocation(function: function, payload: payload, mapping: mapping, isWanted: isWanted))
    }
    return MadeInvocation(
      mapping: mapping, function: function, payload: payload, result: result, startedAt: started,
      duration: clock.duration(to: .now))
  }

  /// Notes an invocation in the journal, where one is kept.
  func note(
    _ made: MadeInvocation, attempt: Int, batchSize: Int, outcome: DeliveryRecord.Outcome, error: String?, source: ARN
  ) {
    guard journal.isKept else { return }
    journal.note(
      DeliveryRecord(
        mapping: made.mapping, function: made.function, sourceARN: source.description, startedAt: made.startedAt,
        durationMicroseconds: made.duration.microseconds, attempt: attempt, batchSize: batchSize, outcome: outcome,
        error: error, event: JournaledPayload(made.payload, limit: journal.payloadLimit),
        answer: JournaledPayload(made.result.answer, limit: journal.payloadLimit)))
  }
}

extension InvocationResult {
  /// What the function answered, its error document included.
  fileprivate var answer: [UInt8] {
    switch self {
    case .answered(let answer): answer
    case .functionError(let error): error.payload
    case .throttled, .unreachable, .timedOut, .tooLarge, .withdrawn: []
    }
  }
}

extension Duration {
  fileprivate var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}
