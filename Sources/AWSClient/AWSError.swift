/// Why a call got no answer that its caller wanted. A description is one line.
public enum AWSError: Error, Sendable, Equatable {
  /// The service answered with an error.
  case service(AWSServiceError)
  /// No connection, or one that ended before the answer had arrived; the reason is in words.
  case connection(endpoint: String, reason: String)
  /// No whole answer within the call's time limit.
  case timeout(endpoint: String, after: Duration)
  /// The answer is not what the service is documented to send.
  case invalidAnswer(endpoint: String, reason: String)
  /// The answer has more bytes than the caller takes.
  case answerTooLarge(endpoint: String, limit: Int)
  /// The call cannot be made as things are configured; the text says what to change.
  case configuration(String)
  /// The task was cancelled, or the client is shut down.
  case cancelled
}

/// An error as a service of AWS puts it.
public struct AWSServiceError: Sendable, Equatable {
  /// The HTTP status.
  public let status: Int
  /// The error's name, as `ResourceNotFoundException`; `Unknown` where the answer names none.
  public let code: String
  /// The name that the service's older query protocol has for it, as `AWS.SimpleQueueService.NonExistentQueue`: the
  /// part of `x-amzn-query-error` before the `;`.
  public let queryCode: String?
  /// The service's words; may be empty.
  public let message: String
  /// What the service calls the request; nil where it does not say.
  public let requestID: String?

  /// An error of a service.
  public init(status: Int, code: String, queryCode: String? = nil, message: String, requestID: String? = nil) {
    self.status = status
    self.code = code
    self.queryCode = queryCode
    self.message = message
    self.requestID = requestID
  }

  /// Whether the service asks for fewer calls.
  public var isThrottling: Bool {
    status == 429 || Self.throttlingCodes.contains(code) || queryCode.map(Self.throttlingCodes.contains) == true
  }

  /// Whether the same call may succeed later. Statuses of 500 and more are the service's own failures, except 501, which
  /// says that it will never know how.
  public var isRetryable: Bool {
    isThrottling || (status >= 500 && status != 501) || Self.transientCodes.contains(code)
  }

  /// What the SDKs take for throttling in their standard retry mode
  /// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
  static let throttlingCodes: Set<String> = [
    "BandwidthLimitExceeded", "EC2ThrottledException", "KMSThrottlingException", "LimitExceededException",
    "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
    "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
    "TooManyRequestsException", "TransactionInProgressException",
  ]

  /// What the SDKs retry though its status is below 500.
  static let transientCodes: Set<String> = ["RequestTimeout", "RequestTimeoutException", "InternalError"]
}

extension AWSError {
  /// Whether the same call may succeed later.
  public var isRetryable: Bool {
    switch self {
    case .service(let error): error.isRetryable
    case .connection, .timeout: true
    case .invalidAnswer, .answerTooLarge, .configuration, .cancelled: false
    }
  }

  /// Whether the service asks for fewer calls.
  public var isThrottling: Bool {
    guard case .service(let error) = self else { return false }
    return error.isThrottling
  }
}

extension AWSServiceError: CustomStringConvertible {
  /// `CODE (status 400): MESSAGE`, in one line.
  public var description: String {
    message.isEmpty ? "\(code) (status \(status))" : "\(code) (status \(status)): \(message.inOneLine)"
  }
}

extension AWSError: CustomStringConvertible {
  /// What happened, in one line.
  public var description: String {
    switch self {
    case .service(let error): error.description
    case .connection(let endpoint, let reason): "\(endpoint): \(reason.inOneLine)"
    case .timeout(let endpoint, let limit): "\(endpoint): no answer within \(limit.inSeconds)"
    case .invalidAnswer(let endpoint, let reason): "\(endpoint): invalid answer: \(reason.inOneLine)"
    case .answerTooLarge(let endpoint, let limit): "\(endpoint): the answer has more than \(limit) bytes"
    case .configuration(let text): text.inOneLine
    case .cancelled: "cancelled"
    }
  }
}

extension String {
  /// The text with a space for every control character: a peer's words may end a line of the log only where we do.
  var inOneLine: String {
    guard unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
  }
}

extension Duration {
  /// `30 s`, or `0.25 s`.
  var inSeconds: String {
    let (seconds, attoseconds) = components
    guard attoseconds != 0 else { return "\(seconds) s" }
    return "\(Double(seconds) + Double(attoseconds) / 1e18) s"
  }
}
