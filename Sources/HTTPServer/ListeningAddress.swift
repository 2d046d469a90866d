/// Where the server listens.
public enum ListeningAddress: Sendable, Equatable {
  /// A host name or address, and a TCP port; port 0 takes a free one. `::` takes IPv4 too.
  case tcp(host: String, port: Int)
  /// The path of a Unix socket.
  case unix(path: String)
}

extension ListeningAddress: CustomStringConvertible {
  /// As people write it: a URL for TCP, `unix:` and the path otherwise.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
