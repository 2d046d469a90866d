/// Whoever takes events for functions whose answers nobody waits for.
public protocol AsynchronousInvoker: Sendable {
  /// Takes events: they are on disk when this returns, and each reaches its function at least once, in no order.
  func accept(_ events: [AsynchronousEvent]) async throws(MappingError)
}

/// What becomes of asynchronous events beside their invocation.
public protocol AsynchronousOutcomes: Sendable {
  /// A try has ended.
  func note(_ attempt: AsynchronousAttempt) async

  /// Tells the destinations of an event how it has ended.
  /// - Returns: those that could not be told.
  func tell(_ event: AsynchronousEvent, at time: Milliseconds) async -> AsynchronousEvent.Destinations
}

/// One try of an event.
public struct AsynchronousAttempt: Sendable {
  /// As it was before the try.
  public var event: AsynchronousEvent
  public var result: InvocationResult
  public var startedAt: Milliseconds
  public var duration: Duration

  /// A try.
  public init(event: AsynchronousEvent, result: InvocationResult, startedAt: Milliseconds, duration: Duration) {
    self.event = event
    self.result = result
    self.startedAt = startedAt
    self.duration = duration
  }
}
