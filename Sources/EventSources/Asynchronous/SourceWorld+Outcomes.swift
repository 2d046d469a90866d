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
    var problems: [String] = []
    if let queue = left.deadLetterQueue.flatMap(ARN.init) {
      let problem = await problem(of: "dead-letter queue", queue) { () async throws(AWSError) in
        try await DeadLetter(event: event).send(to: queue, client)
      }
      if let problem { problems.append(problem) } else { left.deadLetterQueue = nil }
    }
    let record = InvocationRecord(event: event, time: time)
    if let destination = left.onFailure {
      let problem = await problem(of: "OnFailure destination", destination, record)
      if let problem { problems.append(problem) } else { left.onFailure = nil }
    }
    if let destination = left.onSuccess {
      let problem = await problem(of: "OnSuccess destination", destination, record)
      if let problem { problems.append(problem) } else { left.onSuccess = nil }
    }
    // Once for all: one that was told does not make up for the other.
    await event.mapping.flatMap(pushed.receiver(of:))?.note(
      .destination(of: ""), problems.first.map { "PROBLEM: \($0)" }, reason: problems.joined(separator: " "),
      outcome: nil)
    return left
  }

  private func problem(of kind: String, _ destination: String, _ record: InvocationRecord) async -> String? {
    if let arn = ARN(destination), arn.service == "lambda" {
      // Accepted is on disk. That function's events have settings and destinations of their own.
      let event = AsynchronousEvent(
        function: FunctionARN(stored: destination), payload: record.document(hasPayload: true),
        acceptedAt: record.time)
      do throws(MappingError) {
        try await asynchronous.accept([event])
        return nil
      } catch { return Self.problem(of: kind, destination, "\(error)") }
    }
    guard let known = FailureDestination(destination, in: record.event.scope, client: client) else {
      return Self.problem(of: kind, destination, "No record can be sent there.")
    }
    return await problem(of: kind, known.arn) { () async throws(AWSError) in try await known.send(record) }
  }

  private static func problem(of kind: String, _ destination: String, _ reason: String) -> String {
    "Error occurred while sending to the \(kind) \(destination). \(reason)"
  }

  private func problem(
    of kind: String, _ destination: ARN, _ send: () async throws(AWSError) -> Void
  ) async -> String? {
    do throws(AWSError) {
      try await send()
      return nil
    } catch { return Self.problem(of: kind, destination.description, "\(error)") }
  }
}

extension AsynchronousEvent {
  /// Of its function.
  fileprivate var scope: Scope {
    let arn = ARN(function.description)
    return Scope(account: arn?.account ?? "", region: arn?.region ?? "")
  }
}
