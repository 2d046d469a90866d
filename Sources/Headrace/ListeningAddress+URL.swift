import HTTPServer

extension ListeningAddress {
  /// The URL under which others on this machine reach it; nil for a Unix socket.
  var urlOfThisMachine: String? {
    guard case .tcp(let host, let port) = self else { return nil }
    switch host {
    // All addresses: this machine's own is one of them.
    case "0.0.0.0", "": return "http://127.0.0.1:\(port)"
    case "::", "[::]": return "http://[::1]:\(port)"
    case _ where host.contains(":") && !host.hasPrefix("["): return "http://[\(host)]:\(port)"
    default: return "http://\(host):\(port)"
    }
  }
}
