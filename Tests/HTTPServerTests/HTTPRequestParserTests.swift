import HTTPTypes
import Testing

@testable import HTTPServer

/// A request as the tables write it, with what it must become.
struct AcceptedRequest: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: String
  var method = HTTPRequest.Method.get
  var path = "/"
  var query = ""
  var body = ""
  var keepsAlive = true

  var testDescription: String { name }

  static let all: [AcceptedRequest] = [
    .init(name: "the smallest", bytes: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(name: "an empty host", bytes: "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    .init(name: "a host with a port", bytes: "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
    .init(name: "one empty line before", bytes: "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(
      name: "path and query", bytes: "GET /a%2Fb?c=d?e HTTP/1.1\r\nHost: a\r\n\r\n", path: "/a%2Fb", query: "c=d?e"),
    .init(name: "absolute form", bytes: "GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n", path: "/b", query: "c"),
    .init(name: "absolute form without a path", bytes: "GET HTTP://a HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(name: "absolute form with a bare query", bytes: "GET https://a?b HTTP/1.1\r\nHost: a\r\n\r\n", query: "b"),
    .init(name: "asterisk", bytes: "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", method: .options, path: "*"),
    .init(name: "white space around a value", bytes: "GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n"),
    .init(name: "an empty value", bytes: "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n"),
    .init(
      name: "a body with a length", bytes: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", method: .put,
      body: "abc"),
    .init(
      name: "leading zeros in the length", bytes: "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabc",
      method: .put, body: "abc"),
    .init(
      name: "chunks",
      bytes: "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
      method: .put, body: "abc0123456789"),
    .init(
      name: "chunks with extensions and trailers",
      bytes:
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n01;a=\"b\";c\r\nx\r\n000;d\r\nE: f\r\n\r\n",
      method: .put, body: "x"),
    .init(name: "close", bytes: "GET / HTTP/1.1\r\nHost: a\r\nConnection: x , Close\r\n\r\n", keepsAlive: false),
    .init(name: "HTTP/1.0", bytes: "GET / HTTP/1.0\r\n\r\n", keepsAlive: false),
    .init(name: "HTTP/1.0 kept alive", bytes: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
    .init(
      name: "an expectation", bytes: "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
      method: .put, body: "x"),
  ]
}

/// Bytes that must not become a request.
struct RefusedRequest: Sendable, CustomTestStringConvertible {
  var bytes: String
  var error: HTTPRequestError

  init(_ error: HTTPRequestError, _ bytes: String) {
    self.bytes = bytes
    self.error = error
  }

  var testDescription: String { "\(error): \(bytes.debugDescription)" }

  private static func withBody(_ fields: String, _ body: String = "") -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
  }

  static let all: [RefusedRequest] = [
    // Request lines.
    .init(.malformedRequestLine, "GET /\r\n\r\n"),
    .init(.malformedRequestLine, "GET\r\n\r\n"),
    .init(.malformedRequestLine, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedRequestLine, "GET / http/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedRequestLine, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
    .init(.malformedRequestLine, "GET / HTTP/1.\r\nHost: a\r\n\r\n"),
    .init(.malformedRequestLine, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
    .init(.malformedRequestLine, "G@T / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedRequestLine, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedTarget, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedTarget, "GET / x HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedTarget, "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedTarget, "GET /\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedTarget, "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedTarget, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedTarget, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.malformedTarget, "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.unsupportedVersion, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    .init(.unsupportedVersion, "GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
    .init(.targetTooLong, "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n"),
    // Lines.
    .init(.bareLineFeed, "GET / HTTP/1.1\nHost: a\n\n"),
    .init(.bareLineFeed, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    .init(.bareLineFeed, "GET / HTTP/1.1\r\nHost: a\n\r\n"),
    .init(.bareLineFeed, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    .init(.bareCarriageReturn, "GET / HTTP/1.1\rX: a\r\nHost: a\r\n\r\n"),
    .init(.bareCarriageReturn, "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
    .init(.bareCarriageReturn, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"),
    // Fields.
    .init(.whitespaceBeforeColon, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
    .init(.whitespaceBeforeColon, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length\t: 0\r\n\r\n"),
    .init(.obsoleteLineFolding, "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"),
    .init(.obsoleteLineFolding, "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n"),
    .init(.malformedHeaderField, "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"),
    .init(.malformedHeaderField, "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"),
    .init(.malformedHeaderField, "GET / HTTP/1.1\r\nHost: a\r\nX(: x\r\n\r\n"),
    .init(.malformedHeaderField, "GET / HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n"),
    .init(.malformedHeaderField, "GET / HTTP/1.1\r\nHost: a\r\nX: \u{7F}\r\n\r\n"),
    .init(.headerTooLarge, "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 17_000))\r\n\r\n"),
    .init(.headerTooLarge, "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: 101))\r\n"),
    // Hosts.
    .init(.missingHost, "GET / HTTP/1.1\r\n\r\n"),
    .init(.repeatedHost, "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"),
    .init(.malformedHost, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    .init(.malformedHost, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    .init(.malformedHost, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    // Lengths.
    .init(.malformedContentLength, withBody("Content-Length: +1", "x")),
    .init(.malformedContentLength, withBody("Content-Length: -1", "x")),
    .init(.malformedContentLength, withBody("Content-Length: 1, 1", "x")),
    .init(.malformedContentLength, withBody("Content-Length: 0x1", "x")),
    .init(.malformedContentLength, withBody("Content-Length: 1 1", "x")),
    .init(.malformedContentLength, withBody("Content-Length:", "x")),
    .init(.malformedContentLength, withBody("Content-Length: \u{661}", "x")),
    .init(.malformedContentLength, withBody("Content-Length: 99999999999999999999", "x")),
    .init(.repeatedContentLength, withBody("Content-Length: 1\r\nContent-Length: 1", "x")),
    .init(.repeatedContentLength, withBody("Content-Length: 1\r\ncontent-length: 2", "x")),
    .init(.conflictingLengths, withBody("Content-Length: 3\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
    .init(.conflictingLengths, withBody("Transfer-Encoding: chunked\r\nContent-Length: 3", "0\r\n\r\n")),
    .init(.unsupportedTransferCoding, withBody("Transfer-Encoding: gzip, chunked", "0\r\n\r\n")),
    .init(.unsupportedTransferCoding, withBody("Transfer-Encoding: identity")),
    .init(.unsupportedTransferCoding, withBody("Transfer-Encoding: chunked, chunked", "0\r\n\r\n")),
    .init(
      .unsupportedTransferCoding, withBody("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
    .init(.malformedHeaderField, withBody("Transfer-Encoding: \u{B}chunked", "0\r\n\r\n")),
    .init(.unsupportedTransferCoding, withBody("Transfer-Encoding: xchunked", "0\r\n\r\n")),
    .init(.unsupportedTransferCoding, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    .init(.bodyTooLarge, withBody("Content-Length: 9000000")),
    .init(.unsupportedExpectation, withBody("Expect: 200-ok\r\nContent-Length: 0")),
    // Chunks.
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "x\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "+1\r\nx\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "0x1\r\nx\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "1 \r\nx\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", " 1\r\nx\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", ";a\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "1;\u{0}\r\nx\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "10000000000000000\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "8000000000000000\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "1\r\nxy\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "1\r\nx\n0\r\n\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "1\r\nx\r0\r\n\r\n")),
    .init(.malformedChunk, withBody("Transfer-Encoding: chunked", "1;\(String(repeating: "a", count: 300))")),
    .init(.bareLineFeed, withBody("Transfer-Encoding: chunked", "1\nx\r\n0\r\n\r\n")),
    .init(.bareLineFeed, withBody("Transfer-Encoding: chunked", "0\r\n\n")),
    .init(.bareCarriageReturn, withBody("Transfer-Encoding: chunked", "1;a\rb\r\nx\r\n0\r\n\r\n")),
    .init(.bodyTooLarge, withBody("Transfer-Encoding: chunked", "900000\r\n")),
    .init(.obsoleteLineFolding, withBody("Transfer-Encoding: chunked", "0\r\nA: b\r\n c\r\n\r\n")),
    .init(.headerTooLarge, withBody("Transfer-Encoding: chunked", "0\r\nA: \(String(repeating: "a", count: 17_000))")),
  ]
}

@Suite struct HTTPRequestParserTests {
  @Test(arguments: AcceptedRequest.all) func acceptsWhole(expected: AcceptedRequest) throws {
    var parser = HTTPRequestParser()
    parser.receive(expected.bytes.utf8)
    let parsed = try parser.next()
    try expect(parsed, is: expected)
    #expect(parser.phase == .idle)
    #expect(try parser.next() == nil)
  }

  @Test(arguments: AcceptedRequest.all) func acceptsSplitAtEveryByte(expected: AcceptedRequest) throws {
    let bytes = Array(expected.bytes.utf8)
    for split in 1..<bytes.count {
      var parser = HTTPRequestParser()
      parser.receive(bytes[..<split])
      #expect(try parser.next() == nil, "complete after \(split) of \(bytes.count) bytes")
      parser.receive(bytes[split...])
      try expect(try parser.next(), is: expected)
    }
  }

  @Test(arguments: AcceptedRequest.all) func acceptsByteByByteAndPipelined(expected: AcceptedRequest) throws {
    var parser = HTTPRequestParser()
    for _ in 0..<3 {
      var parsed: Request?
      for byte in expected.bytes.utf8 {
        #expect(parsed == nil)
        parser.receive(CollectionOfOne(byte))
        parsed = try parser.next()
      }
      try expect(parsed, is: expected)
    }
    for _ in 0..<3 { parser.receive(expected.bytes.utf8) }
    for _ in 0..<3 { try expect(try parser.next(), is: expected) }
    #expect(parser.phase == .idle)
  }

  private func expect(_ parsed: Request?, is expected: AcceptedRequest) throws {
    let request = try #require(parsed)
    #expect(request.method == expected.method)
    #expect(request.path == expected.path)
    #expect(request.query == expected.query)
    #expect(request.body == Array(expected.body.utf8))
    #expect(request.keepsAlive == expected.keepsAlive)
  }

  @Test(arguments: RefusedRequest.all) func refuses(expected: RefusedRequest) {
    var parser = HTTPRequestParser()
    parser.receive(expected.bytes.utf8)
    #expect(throws: expected.error) { try parser.next() }
    #expect(throws: expected.error, "a failed parser stays failed") { try parser.next() }
  }

  @Test(arguments: RefusedRequest.all.filter { $0.bytes.utf8.count < 2000 }) func refusesByteByByte(
    expected: RefusedRequest
  ) {
    var parser = HTTPRequestParser()
    var refusal: HTTPRequestError?
    for byte in expected.bytes.utf8 where refusal == nil {
      parser.receive(CollectionOfOne(byte))
      do throws(HTTPRequestError) {
        let request = try parser.next()
        #expect(request == nil, "accepted as a request")
      } catch {
        refusal = error
      }
    }
    #expect(refusal == expected.error)
  }

  @Test func headerTooLargeIsRefusedBeforeItEnds() {
    var limits = HTTPLimits()
    limits.maximumHeaderBytes = 100
    var parser = HTTPRequestParser(limits: limits)
    parser.receive("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8)
    parser.receive(repeatElement(UInt8(ascii: "a"), count: 100))
    #expect(throws: HTTPRequestError.headerTooLarge) { try parser.next() }
  }

  @Test func targetTooLongIsRefusedBeforeItEnds() {
    var parser = HTTPRequestParser()
    parser.receive("GET /".utf8)
    parser.receive(repeatElement(UInt8(ascii: "a"), count: 9000))
    #expect(throws: HTTPRequestError.targetTooLong) { try parser.next() }
  }

  @Test func continueIsOwedOnceAndOnlyWhileTheBodyIsMissing() throws {
    let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    var parser = HTTPRequestParser()
    parser.receive(head.utf8)
    #expect(try parser.next() == nil)
    let owed = [parser.takeContinueExpectation(), parser.takeContinueExpectation()]
    #expect(owed == [true, false])
    parser.receive("ab".utf8)
    let request = try parser.next()
    #expect(request?.body == Array("ab".utf8))

    parser.receive((head + "a").utf8)
    #expect(try parser.next() == nil)
    let isOwedStill = parser.takeContinueExpectation()
    #expect(!isOwedStill, "the peer did not wait")
  }

  @Test func phaseTellsWhatIsAwaited() throws {
    var parser = HTTPRequestParser()
    #expect(parser.phase == .idle)
    parser.receive("G".utf8)
    _ = try parser.next()
    #expect(parser.phase == .head)
    parser.receive("ET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n".utf8)
    _ = try parser.next()
    #expect(parser.phase == .body)
    parser.receive("x".utf8)
    _ = try parser.next()
    #expect(parser.phase == .idle)
  }

  @Test func everyErrorHasAnErrorStatusAndAReason() {
    for error in HTTPRequestError.allCases {
      #expect(error.status.kind != .successful)
      #expect(error.reason.hasSuffix("."))
    }
  }
}
