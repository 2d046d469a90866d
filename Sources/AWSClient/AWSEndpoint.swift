/// Where a service is called: the parts of an `http` or `https` URL.
public struct AWSEndpoint: Sendable, Hashable {
  /// How it is spoken to.
  public enum Scheme: String, Sendable {
    case http, https

    /// The port where the URL names none.
    public var defaultPort: Int {
      switch self {
      case .http: 80
      case .https: 443
      }
    }
  }

  /// `http` or `https`.
  public let scheme: Scheme
  /// The host's name or address; an IPv6 address stands without its brackets.
  public let host: String
  /// The port, where the URL names one.
  public let port: Int?
  /// The path before that of every call: empty, or `/path` without a slash at its end; percent-encoded.
  public let basePath: String
  /// The whole as text, without a slash at its end.
  public let url: String
  /// The text of the header `Host`: with the port unless it is the scheme's own (RFC 9110, section 7.2).
  public let hostHeader: String

  /// The endpoint of those parts.
  public init(scheme: Scheme, host: String, port: Int? = nil, basePath: String = "") {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.basePath = basePath
    let bracketed = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    let authority = port.map { "\(bracketed):\($0)" } ?? bracketed
    url = "\(scheme.rawValue)://\(authority)\(basePath)"
    hostHeader = port == scheme.defaultPort ? bracketed : authority
  }

  /// Reads a URL; nil where it is no absolute `http` or `https` URL, or has a user, a query or a fragment, which an
  /// endpoint cannot have.
  public init?(parsing text: String) {
    guard let colon = text.firstRange(of: "://"),
      let scheme = Scheme(rawValue: text[..<colon.lowerBound].lowercased()),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains(where: { "?#@\\\"<>^`{|}".contains($0) })
    else { return nil }
    let rest = text[colon.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    guard let (host, port) = Self.hostAndPort(authority) else { return nil }
    var path = rest[authority.endIndex...]
    while path.last == "/" { path.removeLast() }
    self.init(scheme: scheme, host: host, port: port, basePath: String(path))
  }

  private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
    var host = authority
    var portText: Substring?
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let rest = authority[authority.index(after: close)...]
      guard rest.isEmpty || rest.first == ":" else { return nil }
      portText = rest.isEmpty ? nil : rest.dropFirst()
      guard host.contains(":") else { return nil }
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      portText = authority[authority.index(after: colon)...]
    }
    guard !host.isEmpty else { return nil }
    guard let portText else { return (String(host), nil) }
    guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(portText), (1...65535).contains(port)
    else { return nil }
    return (String(host), port)
  }
}

extension AWSEndpoint: CustomStringConvertible {
  /// The URL.
  public var description: String { url }
}
