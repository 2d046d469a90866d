import HTTPTypes

/// A request's line and header fields, checked, with what they say about the body.
struct HTTPRequestHead: Sendable {
  /// How the body ends (RFC 9112 section 6.3).
  enum BodyLength: Sendable, Equatable {
    case bytes(Int)
    case chunked
  }

  var request: Request
  var bodyLength: BodyLength
  var expectsContinue: Bool
}

/// Reads one header block: pure, strict, and in one pass over its lines.
///
/// What RFC 9112 lets a server repair or guess is refused, since another hop may guess differently (section 11.2).
struct HTTPRequestHeadParser {
  let limits: HTTPLimits

  /// - Parameter block: the request line and the field lines, each ended by CRLF, without the empty line.
  func parse(_ block: UnsafeBufferPointer<UInt8>) throws(HTTPRequestError) -> HTTPRequestHead {
    var lines = HTTPLines(block)
    guard let requestLine = try lines.next() else { throw .malformedRequestLine }
    var (request, version) = try parseRequestLine(requestLine)
    var framing = HTTPFraming(isHTTP11: version == .http11)
    while let line = try lines.next() {
      let field = try Self.parseField(line)
      try framing.note(field)
      guard request.fields.count < limits.maximumHeaderFields else { throw .headerTooLarge }
      request.fields.append(field)
    }
    return try framing.head(for: request, limits: limits)
  }

  private enum Version { case http10, http11 }

  /// RFC 9112 section 3: `method SP request-target SP HTTP-version`, single spaces.
  private func parseRequestLine(
    _ line: UnsafeBufferPointer<UInt8>
  ) throws(HTTPRequestError) -> (Request, Version) {
    guard let methodEnd = line.firstIndex(of: UInt8(ascii: " ")), let targetEnd = line.lastIndex(of: UInt8(ascii: " ")),
      methodEnd < targetEnd
    else { throw .malformedRequestLine }
    let methodBytes = line[..<methodEnd]
    let target = line[(methodEnd + 1)..<targetEnd]
    guard !methodBytes.isEmpty, methodBytes.allSatisfy(\.isTokenByte),
      let method = HTTPRequest.Method(String(decoding: methodBytes, as: UTF8.self))
    else { throw .malformedRequestLine }
    let version = try Self.parseVersion(line[(targetEnd + 1)...])
    guard target.count <= limits.maximumTargetBytes else { throw .targetTooLong }
    let (path, query) = try Self.parseTarget(target)
    return (Request(method: method, path: path, query: query, isHTTP11: version == .http11), version)
  }

  private static func parseVersion(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws(HTTPRequestError) -> Version {
    let prefix = "HTTP/".utf8
    guard bytes.count == 8, bytes.starts(with: prefix) else { throw .malformedRequestLine }
    let digits = bytes.dropFirst(prefix.count)
    guard let major = digits.first, let minor = digits.last, digits.dropFirst().first == UInt8(ascii: "."),
      major.isDigit, minor.isDigit
    else { throw .malformedRequestLine }
    switch (major, minor) {
    case (UInt8(ascii: "1"), UInt8(ascii: "1")): return .http11
    case (UInt8(ascii: "1"), UInt8(ascii: "0")): return .http10
    default: throw .unsupportedVersion
    }
  }

  /// RFC 9112 section 3.2: the origin form, the absolute form (which a server must take), and `*`.
  private static func parseTarget(
    _ target: Slice<UnsafeBufferPointer<UInt8>>
  ) throws(HTTPRequestError) -> (path: String, query: String) {
    guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else { throw .malformedTarget }
    var origin = target
    if target.first != UInt8(ascii: "/") {
      if target.count == 1, target.first == UInt8(ascii: "*") { return ("*", "") }
      let text = String(decoding: target.prefix(8), as: UTF8.self).lowercased()
      guard text.hasPrefix("http://") || text.hasPrefix("https://") else { throw .malformedTarget }
      let authority = target.dropFirst(text.hasPrefix("https://") ? 8 : 7)
      guard let first = authority.first, first != UInt8(ascii: "/") else { throw .malformedTarget }
      guard let slash = authority.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else {
        return ("/", "")
      }
      origin = authority[slash...]
    }
    guard let mark = origin.firstIndex(of: UInt8(ascii: "?")) else {
      return (String(decoding: origin, as: UTF8.self), "")
    }
    let path = origin[..<mark]
    return (
      path.isEmpty ? "/" : String(decoding: path, as: UTF8.self),
      String(decoding: origin[(mark + 1)...], as: UTF8.self)
    )
  }

  /// RFC 9112 section 5: `field-name ":" OWS field-value OWS`. Trailers are held to the same rules.
  static func parseField(_ line: UnsafeBufferPointer<UInt8>) throws(HTTPRequestError) -> HTTPField {
    guard let first = line.first, first != UInt8(ascii: " "), first != UInt8(ascii: "\t") else {
      throw .obsoleteLineFolding
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformedHeaderField }
    let name = line[..<colon]
    if let last = name.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { throw .whitespaceBeforeColon }
    guard !name.isEmpty, let fieldName = HTTPField.Name(String(decoding: name, as: UTF8.self)) else {
      throw .malformedHeaderField
    }
    var value = line[(colon + 1)...]
    while let byte = value.first, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { value.removeFirst() }
    while let byte = value.last, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { value.removeLast() }
    guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
      throw .malformedHeaderField
    }
    return HTTPField(name: fieldName, lenientValue: value)
  }
}
