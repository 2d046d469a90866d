import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

extension AWSError {
  /// Puts into words what the transport threw.
  init(transport error: any Error, endpoint: String, timeout: Duration) {
    switch error {
    case let error as AWSError: self = error
    case is CancellationError: self = .cancelled
    case let error as HTTPClientError: self.init(error, endpoint: endpoint, timeout: timeout)
    case HTTPParserError.invalidEOFState:
      self = .connection(endpoint: endpoint, reason: "connection closed before the answer")
    case let error as HTTPParserError: self = .invalidAnswer(endpoint: endpoint, reason: "not HTTP (\(error))")
    default: self = .connection(endpoint: endpoint, reason: Self.reason(error))
    }
  }

  private init(_ error: HTTPClientError, endpoint: String, timeout: Duration) {
    switch error {
    case .cancelled, .alreadyShutdown, .requestStreamCancelled:
      self = .cancelled
    case .deadlineExceeded, .readTimeout:
      self = .timeout(endpoint: endpoint, after: timeout)
    case .invalidURL, .emptyHost, .emptyScheme:
      self = .configuration("\(endpoint) is no URL that can be called")
    case .connectTimeout, .getConnectionFromPoolTimeout:
      self = .connection(endpoint: endpoint, reason: "no connection in time")
    case .tlsHandshakeTimeout:
      self = .connection(endpoint: endpoint, reason: "no TLS handshake in time")
    case .remoteConnectionClosed:
      self = .connection(endpoint: endpoint, reason: "connection closed before the answer")
    default:
      self = .connection(endpoint: endpoint, reason: error.shortDescription.lowercased())
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as ChannelError:
      switch error {
      case .connectTimeout: return "no connection in time"
      case .ioOnClosedChannel, .eof, .alreadyClosed: return "connection closed before the answer"
      default: return "\(error)"
      }
    case let error as IOError:
      return words(forErrno: error.errnoCode)
    case is SocketAddressError, is SocketAddressError.UnknownHost:
      return "host not found"
    case let error as NIOConnectionError:
      // A name may have addresses of one kind only: then it is the attempts that say what went wrong.
      guard let attempt = error.connectionErrors.last else { return "host not found" }
      return reason(attempt.error)
    default:
      // The errors of TLS are of many types, some of which the library does not tell.
      return String(reflecting: type(of: error)).contains("SSL") ? words(forTLS: "\(error)") : "\(error)"
    }
  }

  /// The usual reasons in words, by the names that OpenSSL has for them.
  private static func words(forTLS text: String) -> String {
    if text.contains("CERTIFICATE_VERIFY_FAILED") { return "TLS: the certificate is not trusted" }
    if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
      return "TLS: the other side does not speak it"
    }
    if text.contains("failedToValidateHostname") || text.contains("unableToValidateCertificate") {
      return "TLS: the certificate is for another host"
    }
    return "TLS: the handshake failed"
  }

  private static func words(forErrno code: CInt) -> String {
    switch code {
    case ECONNREFUSED: "connection refused"
    case ECONNRESET, EPIPE: "connection closed before the answer"
    case ETIMEDOUT: "no connection in time"
    case EHOSTUNREACH: "no route to the host"
    case ENETUNREACH: "network unreachable"
    case EMFILE, ENFILE: "too many open files"
    default: String(cString: strerror(code)).lowercased()
    }
  }
}
