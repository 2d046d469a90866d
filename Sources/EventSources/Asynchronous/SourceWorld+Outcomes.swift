import AWSClient
import Delivery
import Logging
public import Mappings

/// What becomes of the events of sources that send, beside their invocation: the journal, the mapping's result, the
/// destinations.
extension SourceWorld: AsynchronousOutcomes {
  public func note(_ attempt: AsynchronousAttempt) async {
    let event = attempt.event
    // An event alone ends as a batch of one message does.
    let fate = QueueBatchFate(attempt.result, identifiers: [event.requestID], reportsItemFailures: false)
    if let error = fate.error {
      logger.log(
        level: event.mapping == nil ? .warning : .debug, "asynchronous invocation failed",
        metadata: [
          "function": "\(event.function)", "requestID": "\(event.requestID)",
          "attempt": .stringConvertible(event.attempts + 1), "reason": "\(error)",
        ])
    }
    guard let mapping = event.mapping, let source = event.sourceARN.flatMap(ARN.init) else { return }
    let made = MadeInvocation(
      mapping: mapping, function: event.function, payload: event.payload, result: attempt.result,
      startedAt: attempt.startedAt, duration: attempt.duration)
    note(
      made, attempt: event.attempts + 1, batchSize: 1, outcome: fate.outcome, error: fate.error, source: source)
    await pushed.receiver(of: mapping)?
      .note(.function, fate.problem, reason: fate.error ?? "", outcome: fate.outcome)
  }

  public func tell(
    _ event: AsynchronousEvent, at time: Milliseconds
  ) async -> AsynchronousEvent.Destinations {
    var left = event.destinations
    if let queue = left.deadLetterQueue.flatMap(ARN.init) {
      let isTold = await tell("dead-letter queue", queue, of: event) { () async throws(AWSError) in
        try await DeadLetter(event: event).send(to: queue, client)
      }
      if isTold { left.deadLetterQueue = nil }
    }
    if let destination = FailureDestination(left.onFailure, in: event.scope, client: client) {
      let isTold = await tell("OnFailure destination", destination.arn, of: event) { () async throws(AWSError) in
        try await destination.send(InvocationRecord(event: event, time: time))
      }
      if isTold { left.onFailure = nil }
    }
    return left
  }

  private func tell(
    _ kind: String, _ destination: ARN, of event: AsynchronousEvent, _ body: () async throws(AWSError) -> Void
  ) async -> Bool {
    var problem: String?
    do throws(AWSError) { try await body() } catch {
      problem = "Error occurred while sending to the \(kind) \(destination). \(error)"
    }
    await event.mapping.flatMap(pushed.receiver(of:))?
      .note(.destination(of: ""), problem.map { "PROBLEM: \($0)" }, reason: problem ?? "", outcome: nil)
    return problem == nil
  }
}

extension AsynchronousEvent {
  /// Of its function.
  fileprivate var scope: Scope {
    let arn = ARN(function.description)
    return Scope(account: arn?.account ?? "", region: arn?.region ?? "")
  }
}
