/// Why a call of this library failed.
public enum HeadraceClientError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A parameter is out of its bounds, in a sentence; nothing was sent.
  case invalidParameter(String)
  /// The service answered with an error: `ResourceNotFoundException` and the like, its words, and whether the same call may
  /// succeed later.
  case service(code: String, status: Int, message: String, isRetryable: Bool)
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
    case .service(let code, let status, let message, _): "\(code) (\(status)): \(message)"
    case .cancelled: "cancelled"
    }
  }
}
