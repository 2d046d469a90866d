import HTTPTypes

/// Gathers the header fields that decide where a request ends and whether the connection stays.
///
/// Everything that two servers could read differently is refused (RFC 9112 sections 6.1 to 6.3 and 11.2).
struct HTTPFraming {
  let isHTTP11: Bool
  private var host: String?
  private var contentLength: Int?
  private var isChunked = false
  private var expectsContinue = false
  private var closes = false
  private var keepsAlive = false

  init(isHTTP11: Bool) {
    self.isHTTP11 = isHTTP11
  }

  mutating func note(_ field: HTTPField) throws(HTTPRequestError) {
    switch field.name.canonicalName {
    case "host":
      guard host == nil else { throw .repeatedHost }
      guard field.value.utf8.allSatisfy(\.isHostByte) else { throw .malformedHost }
      host = field.value
    case "content-length":
      guard contentLength == nil else { throw .repeatedContentLength }
      contentLength = try Self.parseContentLength(field.value)
    case "transfer-encoding":
      guard isHTTP11, !isChunked, field.value.lowercased() == "chunked" else { throw .unsupportedTransferCoding }
      isChunked = true
    case "expect":
      guard field.value.lowercased() == "100-continue" else { throw .unsupportedExpectation }
      expectsContinue = true
    case "connection":
      for option in field.value.lowercased().split(separator: ",") {
        switch option.trimmed {
        case "close": closes = true
        case "keep-alive": keepsAlive = true
        default: break
        }
      }
    default: break
    }
  }

  func head(for request: Request, limits: HTTPLimits) throws(HTTPRequestError) -> HTTPRequestHead {
    if isHTTP11, host == nil { throw .missingHost }
    if isChunked, contentLength != nil { throw .conflictingLengths }
    if let contentLength, contentLength > limits.maximumBodyBytes { throw .bodyTooLarge }
    var request = request
    request.keepsAlive = !closes && (isHTTP11 || keepsAlive)
    return HTTPRequestHead(
      request: request,
      bodyLength: isChunked ? .chunked : .bytes(contentLength ?? 0),
      // RFC 9110 section 10.1.1: a server ignores the expectation of an HTTP/1.0 request.
      expectsContinue: expectsContinue && isHTTP11)
  }

  /// RFC 9110 section 8.6: `1*DIGIT`: no sign, no list, no overflow.
  private static func parseContentLength(_ value: String) throws(HTTPRequestError) -> Int {
    guard !value.isEmpty, value.utf8.allSatisfy(\.isDigit), let length = Int(value) else {
      throw .malformedContentLength
    }
    return length
  }
}

extension UInt8 {
  /// A byte that `uri-host [ ":" port ]` may hold (RFC 3986 section 3.2.2).
  fileprivate var isHostByte: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"),
      UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: "="),
      UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
      true
    default: false
    }
  }
}

extension Substring {
  /// Without optional white space (RFC 9110 section 5.6.3) at both ends.
  fileprivate var trimmed: Substring {
    var text = self
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
