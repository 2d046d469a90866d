public import HTTPTypes

/// Why a request could not be read. Each is answered with its status, and the connection closes.
public enum HTTPRequestError: Error, Hashable, Sendable, CaseIterable {
  // RFC 9112 section 3: the request line.
  case malformedRequestLine
  case malformedTarget
  case unsupportedVersion
  case targetTooLong
  // RFC 9112 sections 2.2 and 5: lines and header fields.
  case bareLineFeed
  case bareCarriageReturn
  case malformedHeaderField
  case obsoleteLineFolding
  case whitespaceBeforeColon
  case headerTooLarge
  // RFC 9112 section 3.2: the host.
  case missingHost
  case repeatedHost
  case malformedHost
  // RFC 9112 section 6: the length of a body.
  case malformedContentLength
  case repeatedContentLength
  case conflictingLengths
  case unsupportedTransferCoding
  case malformedChunk
  case bodyTooLarge
  case unsupportedExpectation
  // Time.
  case headerTimeout
  case bodyTimeout

  /// The status of the answer.
  public var status: HTTPResponse.Status {
    switch self {
    case .malformedRequestLine, .malformedTarget, .bareLineFeed, .bareCarriageReturn, .malformedHeaderField,
      .obsoleteLineFolding, .whitespaceBeforeColon, .missingHost, .repeatedHost, .malformedHost,
      .malformedContentLength, .repeatedContentLength, .conflictingLengths, .unsupportedTransferCoding,
      .malformedChunk:
      .badRequest
    case .unsupportedVersion: .httpVersionNotSupported
    case .targetTooLong: .uriTooLong
    case .headerTooLarge: .requestHeaderFieldsTooLarge
    case .bodyTooLarge: .contentTooLarge
    case .unsupportedExpectation: .expectationFailed
    case .headerTimeout, .bodyTimeout: .requestTimeout
    }
  }

  /// One sentence for the client: what was wrong, and the rule.
  public var reason: String {
    switch self {
    case .malformedRequestLine: "The request line is not METHOD SP TARGET SP VERSION."
    case .malformedTarget: "The request target is malformed."
    case .unsupportedVersion: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
    case .targetTooLong: "The request target is too long."
    case .bareLineFeed: "A line ends in LF without CR."
    case .bareCarriageReturn: "A line holds CR without LF."
    case .malformedHeaderField: "A header field is malformed."
    case .obsoleteLineFolding: "Folded header lines are obsolete."
    case .whitespaceBeforeColon: "White space stands between a header field's name and its colon."
    case .headerTooLarge: "The header fields are too large."
    case .missingHost: "An HTTP/1.1 request needs a Host header field."
    case .repeatedHost: "A request has one Host header field at most."
    case .malformedHost: "The Host header field is malformed."
    case .malformedContentLength: "Content-Length is not a decimal number that fits."
    case .repeatedContentLength: "A request has one Content-Length at most."
    case .conflictingLengths: "A request has Content-Length or Transfer-Encoding, never both."
    case .unsupportedTransferCoding: "The only transfer coding spoken here is chunked, over HTTP/1.1."
    case .malformedChunk: "A chunk of the body is malformed."
    case .bodyTooLarge: "The request body is too large."
    case .unsupportedExpectation: "The only expectation met here is 100-continue."
    case .headerTimeout: "The request's header took too long to arrive."
    case .bodyTimeout: "The request's body took too long to arrive."
    }
  }
}
