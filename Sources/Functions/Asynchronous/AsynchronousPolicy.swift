import Mappings

/// How long and how often an asynchronous event is tried: what becomes of it after each try. Pure.
///
/// Lambda's rules (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html): a function that
/// fails is tried twice more, after one and after two minutes; what is throttled, or fails by the service's fault, is
/// put off for up to six hours, with pauses that grow from a second to five minutes.
public struct AsynchronousPolicy: Equatable, Sendable {
  /// The documented number: three tries in all.
  public static let maximumRetries = 2
  /// Documented, for throttling and for failures of the service.
  static let firstDelay = Duration.seconds(1)
  static let longestDelay = Duration.seconds(300)
  /// A function that is not there yet may be started a moment later: it is to be found soon (assumed).
  static let longestUnreachableDelay = Duration.seconds(5)
  /// For a destination that cannot be told.
  static let longestDestinationDelay = Duration.seconds(60)

  /// The pause before the first retry; the second is twice as long.
  public var retryDelay: Duration
  /// How old an event may get before it is given up.
  public var maximumEventAge: Duration
  /// How often an event is tried again at which the function failed.
  public var maximumRetries: Int
  /// The ARN of what gets a record of each event that the function has had.
  public var onSuccess: String?
  /// The ARN of what gets a record of each event that is given up and has no such destination of its own.
  public var onFailure: String?

  /// A policy; the defaults are Lambda's.
  public init(
    retryDelay: Duration = .seconds(60), maximumEventAge: Duration = .seconds(6 * 3600),
    maximumRetries: Int = Self.maximumRetries, onSuccess: String? = nil, onFailure: String? = nil
  ) {
    self.retryDelay = retryDelay
    self.maximumEventAge = maximumEventAge
    self.maximumRetries = maximumRetries
    self.onSuccess = onSuccess
    self.onFailure = onFailure
  }

  /// The policy for a function: what its configuration says, and this one's word on all else.
  func configured(by configuration: EventInvokeConfiguration?) -> AsynchronousPolicy {
    guard let configuration else { return self }
    var policy = self
    if let seconds = configuration.maximumEventAgeSeconds { policy.maximumEventAge = .seconds(seconds) }
    if let attempts = configuration.maximumRetryAttempts { policy.maximumRetries = attempts }
    policy.onSuccess = configuration.onSuccess
    policy.onFailure = configuration.onFailure
    return policy
  }

  /// What is to be done with an event.
  enum Verdict: Equatable {
    /// The function has had it.
    case done
    /// It is kept as it is now, and due again when it says.
    case keep(AsynchronousEvent)
    /// Nobody has seen it: it stays as it was.
    case untouched
  }

  /// Whether an event has got too old.
  func isExpired(_ event: AsynchronousEvent, at now: Milliseconds) -> Bool { now >= expiry(of: event) }

  /// When it gets too old.
  func expiry(of event: AsynchronousEvent) -> Milliseconds { event.acceptedAt + maximumEventAge }

  /// After a try.
  func verdict(on event: AsynchronousEvent, after result: InvocationResult, at now: Milliseconds) -> Verdict {
    var event = event
    event.attempts += 1
    switch result {
    case .answered(let answer):
      guard let onSuccess else { return .done }
      event.lastAnswer = answer
      event.destinations = .init(onSuccess: onSuccess)
      return .keep(ended(event, .success, at: now))
    case .withdrawn: return .untouched
    case .functionError(let error): return .keep(failed(event, error.payload, at: now))
    case .timedOut(let reason): return .keep(failed(event, Self.document("Sandbox.Timedout", reason), at: now))
    case .tooLarge(let reason):
      // Trying again makes no event smaller.
      event.lastAnswer = Self.document("RequestTooLargeException", reason)
      return .keep(ended(event, .retriesExhausted, at: now))
    case .throttled: return .keep(putOff(event, upTo: Self.longestDelay, at: now))
    case .unreachable: return .keep(putOff(event, upTo: Self.longestUnreachableDelay, at: now))
    }
  }

  /// An event that is not tried any more; its destinations are told at once.
  func ended(
    _ event: AsynchronousEvent, _ ending: AsynchronousEvent.Ending, at now: Milliseconds
  ) -> AsynchronousEvent {
    var event = event
    event.ended = ending
    if ending != .success { event.destinations.onFailure = event.destinations.onFailure ?? onFailure }
    event.delays = 0
    event.dueAt = now
    return event
  }

  /// An event that has ended, after its destinations were told as far as they could be: kept for those who could
  /// not, for as long again as it was tried; nil where it is done with.
  func told(
    _ event: AsynchronousEvent, except left: AsynchronousEvent.Destinations, at now: Milliseconds
  ) -> AsynchronousEvent? {
    var event = event
    event.destinations = left
    guard !left.isEmpty, now < expiry(of: event) + maximumEventAge else { return nil }
    event.delays += 1
    event.dueAt = now + Self.delay(event.delays, upTo: Self.longestDestinationDelay)
    return event
  }

  private func failed(_ event: AsynchronousEvent, _ error: [UInt8], at now: Milliseconds) -> AsynchronousEvent {
    var event = event
    event.failures += 1
    event.delays = 0
    event.lastAnswer = error
    guard event.failures <= maximumRetries else { return ended(event, .retriesExhausted, at: now) }
    // The last moment at which it is looked at is that of its maximum age.
    event.dueAt = min(now + retryDelay * event.failures, expiry(of: event))
    return event
  }

  private func putOff(_ event: AsynchronousEvent, upTo longest: Duration, at now: Milliseconds) -> AsynchronousEvent {
    var event = event
    event.delays += 1
    event.dueAt = min(now + Self.delay(event.delays, upTo: longest), expiry(of: event))
    return event
  }

  /// How long a function is left alone that was not there so many times in a row.
  static func rest(after absences: Int) -> Duration { delay(absences, upTo: longestUnreachableDelay) }

  private static func delay(_ number: Int, upTo longest: Duration) -> Duration {
    min(firstDelay * (1 << min(number - 1, 16)), longest)
  }

  private static func document(_ type: String, _ message: String) -> [UInt8] {
    FunctionError(errorType: type, errorMessage: message).payload
  }
}
