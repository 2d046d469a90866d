import AWSClient

/// Where a function runs.
public enum FunctionTarget: Hashable, Sendable, CustomStringConvertible {
  /// Behind a Lambda endpoint.
  case lambda
  /// An HTTP endpoint that takes the event as the body of a POST.
  case http(url: String)
  /// A process that runs a Lambda runtime and asks Headrace for work.
  /// - Parameter port: a port of its own for runtimes that take no path; nil for the path alone.
  case runtime(port: Int?)

  /// Why a text is no target, for whoever wrote it.
  public struct ParsingError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// Parses `lambda`, `http://…`, `https://…`, `runtime` or `runtime:PORT`.
  public init(parsing text: String) throws(ParsingError) {
    if text == "lambda" {
      self = .lambda
    } else if text == "runtime" {
      self = .runtime(port: nil)
    } else if text.hasPrefix("runtime:") {
      let digits = text.dropFirst("runtime:".count)
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
        (1...65_535).contains(port)
      else {
        throw ParsingError(description: "'\(text)' does not name a port between 1 and 65535")
      }
      self = .runtime(port: port)
    } else if text.hasPrefix("http://") || text.hasPrefix("https://") {
      guard HTTPAddress(url: text) != nil else { throw ParsingError(description: "'\(text)' is not a URL") }
      self = .http(url: text)
    } else {
      throw ParsingError(description: "'\(text)' is not lambda, runtime, runtime:PORT, http://… or https://…")
    }
  }

  public var description: String {
    switch self {
    case .lambda: "lambda"
    case .http(let url): url
    case .runtime(nil): "runtime"
    case .runtime(let port?): "runtime:\(port)"
    }
  }

  /// Whether it is an endpoint of the Runtime Interface Emulator, by the path that only that has.
  var isRuntimeInterfaceEmulator: Bool {
    guard case .http(let url) = self else { return false }
    return url.hasSuffix("/2015-03-31/functions/function/invocations")
  }
}

/// Host and port of a URL.
public struct HTTPAddress: Hashable, Sendable {
  public var host: String
  public var port: Int

  /// An address.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Nil where the text is no `http` or `https` URL with a host.
  public init?(url: String) {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }),
      let scheme = url.firstRange(of: "://"),
      let end = url[scheme.upperBound...].firstIndex(where: { "/?#".contains($0) }) ?? Optional(url.endIndex),
      let endpoint = AWSEndpoint(parsing: String(url[..<end]))
    else { return nil }
    host = endpoint.host.lowercased()
    port = endpoint.port ?? endpoint.scheme.defaultPort
  }
}
