import Glibc

/// Why the server cannot start.
public enum HTTPServerError: Error, Sendable, Equatable {
  case unknownHost(String, reason: String)
  case addressInUse(String)
  case addressNotAvailable(String)
  case permissionDenied(String)
  case pathTooLong(String)
  case system(call: String, code: Int32)
}

extension HTTPServerError: CustomStringConvertible {
  /// One line for whoever started the server.
  public var description: String {
    switch self {
    case .unknownHost(let host, let reason): "cannot resolve host \(host): \(reason)"
    case .addressInUse(let address): "\(address) is already in use"
    case .addressNotAvailable(let address): "\(address) is not an address of this machine"
    case .permissionDenied(let address): "no permission to listen on \(address)"
    case .pathTooLong(let path): "the socket path \(path) is too long"
    case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
    }
  }
}
