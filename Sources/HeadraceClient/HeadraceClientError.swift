/// Why a call of this library failed.
public enum HeadraceClientError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A parameter is out of its bounds, in a sentence; nothing was sent.
  case invalidParameter(String)
  /// The service answered with an error.
  case service(ServiceError)
  /// Nobody answered, or the connection broke.
  case connection(String)
  /// The answer is not what Lambda's API is documented to send.
  case unexpectedAnswer(String)
  /// The endpoint, the region or the credentials are not configured, in a sentence that says what to do.
  case configuration(String)
  /// What was waited for did not come about in time.
  case timedOut(String)
  /// The task was cancelled, or the client was shut down.
  case cancelled

  public var description: String {
    switch self {
    case .invalidParameter(let text), .connection(let text), .unexpectedAnswer(let text), .configuration(let text),
      .timedOut(let text):
      text
    case .service(let error): error.description
    case .cancelled: "cancelled"
    }
  }
}

/// An error of Lambda's API, as the service put it.
public struct ServiceError: Equatable, Sendable, CustomStringConvertible {
  /// `ResourceNotFoundException` and the like.
  public let code: String
  /// The HTTP status.
  public let status: Int
  /// The service's words.
  public let message: String
  /// What the service calls the request; AWS's support asks for it.
  public let requestID: String?
  /// Whether the same call may succeed later.
  public let isRetryable: Bool

  public var description: String {
    "\(code) (\(status)): \(message)\(requestID.map { " (request \($0))" } ?? "")"
  }
}
