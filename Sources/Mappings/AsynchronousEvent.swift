/// An event that a function gets while nobody waits for its answer: accepted when it is on disk, tried until the
/// function has had it or it is given up
/// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html).
public struct AsynchronousEvent: Equatable, Sendable {
  /// Its place in the queue; 0 before it is there.
  public var sequence: Int64
  /// The id that destinations and the log know it by.
  public var requestID: String
  /// The mapping whose source it came from; nil for an invocation of somebody else.
  public var mapping: MappingID?
  public var function: FunctionARN
  public var sourceARN: String?
  /// A JSON document.
  public var payload: [UInt8]
  public var acceptedAt: Milliseconds
  /// When it is tried next.
  public var dueAt: Milliseconds
  /// How often it was tried.
  public var attempts: Int
  /// How often the function failed at it.
  public var failures: Int
  /// How often in a row it was put off for what is not the function's failure.
  public var delays: Int
  /// What the function left: when it failed last, or when it had the event and somebody is told of that.
  public var lastAnswer: [UInt8]
  /// Why it is not tried any more; then it is kept until its destinations know.
  public var ended: Ending?
  /// Who is to be told of its end.
  public var destinations: Destinations

  /// Why an event is not tried any more, in the words of Lambda's invocation records.
  public enum Ending: String, CaseIterable, Sendable {
    /// The function has had it.
    case success = "Success"
    case retriesExhausted = "RetriesExhausted"
    case eventAgeExceeded = "EventAgeExceeded"
  }

  /// Who is told of an event that is not tried any more: those who do not know yet.
  public struct Destinations: Equatable, Sendable {
    /// The ARN of a queue that gets the event itself.
    public var deadLetterQueue: String?
    /// The ARN of what gets a record of the invocation where it was given up.
    public var onFailure: String?
    /// The ARN of what gets a record of the invocation where the function has had it.
    public var onSuccess: String?

    /// Some destinations, or none.
    public init(deadLetterQueue: String? = nil, onFailure: String? = nil, onSuccess: String? = nil) {
      self.deadLetterQueue = deadLetterQueue
      self.onFailure = onFailure
      self.onSuccess = onSuccess
    }

    /// Whether nobody is to be told.
    public var isEmpty: Bool { deadLetterQueue == nil && onFailure == nil && onSuccess == nil }
  }

  /// An event that nobody has tried yet.
  public init(
    mapping: MappingID? = nil, function: FunctionARN, sourceARN: String? = nil, payload: [UInt8],
    acceptedAt: Milliseconds, destinations: Destinations = Destinations()
  ) {
    self.init(
      sequence: 0, requestID: MappingID.random().description, mapping: mapping, function: function,
      sourceARN: sourceARN, payload: payload, acceptedAt: acceptedAt, dueAt: acceptedAt, attempts: 0, failures: 0,
      delays: 0, lastAnswer: [], ended: nil, destinations: destinations)
  }

  /// An event, made whole.
  public init(
    sequence: Int64, requestID: String, mapping: MappingID?, function: FunctionARN, sourceARN: String?,
    payload: [UInt8], acceptedAt: Milliseconds, dueAt: Milliseconds, attempts: Int, failures: Int, delays: Int,
    lastAnswer: [UInt8], ended: Ending?, destinations: Destinations
  ) {
    self.sequence = sequence
    self.requestID = requestID
    self.mapping = mapping
    self.function = function
    self.sourceARN = sourceARN
    self.payload = payload
    self.acceptedAt = acceptedAt
    self.dueAt = dueAt
    self.attempts = attempts
    self.failures = failures
    self.delays = delays
    self.lastAnswer = lastAnswer
    self.ended = ended
    self.destinations = destinations
  }
}
