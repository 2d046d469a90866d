/// Where asynchronous events are kept.
public protocol AsynchronousEventStore: Sendable {
  /// Adds events; they are on disk when this returns.
  /// - Returns: their places in the queue.
  func append(_ events: [AsynchronousEvent]) async throws(MappingError) -> [Int64]

  /// One event, or nil where it is gone.
  func asynchronousEvent(_ sequence: Int64) throws(MappingError) -> AsynchronousEvent?

  /// All that wait, without what they hold, in the order in which they are due.
  func waitingEvents() throws(MappingError) -> [WaitingEvent]

  /// Keeps what has changed of an event; one that is gone is no error. It survives the process, and not always the
  /// machine: then an event may be tried once more.
  func update(_ event: AsynchronousEvent) async throws(MappingError)

  /// Forgets an event that is done with; as durable as an update.
  func removeAsynchronousEvent(_ sequence: Int64) async throws(MappingError)
}

/// What is known of an event that waits without reading it.
public struct WaitingEvent: Equatable, Sendable {
  public var sequence: Int64
  public var function: FunctionARN
  public var dueAt: Milliseconds

  /// An event that waits.
  public init(sequence: Int64, function: FunctionARN, dueAt: Milliseconds) {
    self.sequence = sequence
    self.function = function
    self.dueAt = dueAt
  }
}
