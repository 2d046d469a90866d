/// Bytes in, requests or a precise error out. Pure: no socket, no clock.
///
/// It is strict where requests could be smuggled (RFC 9112 section 11.2): what is ambiguous is an error, never a
/// guess. After an error the parser stays failed: what follows on the connection has no meaning any more.
public struct HTTPRequestParser: Sendable {
  /// Where the parser stands, for whoever keeps the time.
  public enum Phase: Sendable, Equatable {
    /// Nothing of the next request has arrived.
    case idle
    case head
    case body
  }

  private enum State {
    case head
    case fixedBody(HTTPRequestHead, length: Int)
    case chunkedBody(HTTPRequestHead, ChunkedBodyDecoder)
    case failed(HTTPRequestError)
  }

  private let limits: HTTPLimits
  private var state = State.head
  private var buffer: [UInt8] = []
  /// Bytes before this index are used up.
  private var start = 0
  /// The first byte that was not yet searched for the end of the head.
  private var scanned = 0
  /// Where the current line of the head begins.
  private var lineStart = 0
  /// Where the field lines begin: behind the request line, once that is complete.
  private var fieldsStart: Int?
  private var skippedEmptyLine = false
  private var owesContinue = false

  /// A parser for one connection.
  public init(limits: HTTPLimits = HTTPLimits()) {
    self.limits = limits
  }

  /// Where the parser stands.
  public var phase: Phase {
    switch state {
    case .head: buffer.count == start ? .idle : .head
    case .fixedBody, .chunkedBody: .body
    case .failed: .head
    }
  }

  /// Adds what the peer sent.
  public mutating func receive(_ bytes: some Sequence<UInt8>) {
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      (start, scanned, lineStart) = (0, 0, 0)
    }
    buffer.append(contentsOf: bytes)
  }

  /// True once for a request whose peer waits for `100 Continue` before it sends the body.
  public mutating func takeContinueExpectation() -> Bool {
    guard owesContinue, phase == .body, start == buffer.count else { return false }
    owesContinue = false
    return true
  }

  /// The next whole request, or nil where more bytes are needed.
  public mutating func next() throws(HTTPRequestError) -> Request? {
    do throws(HTTPRequestError) {
      return try advance()
    } catch {
      state = .failed(error)
      throw error
    }
  }

  private mutating func advance() throws(HTTPRequestError) -> Request? {
    if case .head = state { try parseHead() }
    switch state {
    case .head: return nil
    case .failed(let error): throw error
    case .fixedBody(let head, let length):
      guard buffer.count - start >= length else { return nil }
      return finish(head, body: Array(buffer[start..<(start + length)]), used: length)
    case .chunkedBody(let head, var decoder):
      // The decoder must not be held twice, or each call would copy what it decoded so far.
      state = .head
      let unread = start..<buffer.count
      let (used, isComplete) = try buffer.withUnsafeBufferPointer { (all) throws(HTTPRequestError) in
        try decoder.consume(UnsafeBufferPointer(rebasing: all[unread]))
      }
      guard isComplete else {
        start += used
        discardUsed()
        state = .chunkedBody(head, decoder)
        return nil
      }
      return finish(head, body: decoder.body, used: used)
    }
  }

  private mutating func finish(_ head: HTTPRequestHead, body: [UInt8], used: Int) -> Request {
    start += used
    discardUsed()
    state = .head
    owesContinue = false
    var request = head.request
    request.body = body
    return request
  }

  /// Keeps the buffer from growing with what is used up, without moving bytes at each request.
  private mutating func discardUsed() {
    if start > 64 * 1024 {
      buffer.removeFirst(start)
      start = 0
    }
    (scanned, lineStart) = (start, start)
  }

  /// Looks for the empty line that ends the head, and parses it when it is there.
  private mutating func parseHead() throws(HTTPRequestError) {
    guard let end = try findEndOfHead() else { return }
    let block = start..<end
    let head = try buffer.withUnsafeBufferPointer { (all) throws(HTTPRequestError) in
      try HTTPRequestHeadParser(limits: limits).parse(UnsafeBufferPointer(rebasing: all[block]))
    }
    start = end + 2
    (fieldsStart, skippedEmptyLine) = (nil, false)
    owesContinue = head.expectsContinue
    switch head.bodyLength {
    case .bytes(let length): state = .fixedBody(head, length: length)
    case .chunked: state = .chunkedBody(head, ChunkedBodyDecoder(limits: limits))
    }
  }

  /// - Returns: where the empty line that ends the head begins, or nil where it has not arrived.
  private mutating func findEndOfHead() throws(HTTPRequestError) -> Int? {
    while true {
      let searched = scanned..<buffer.count
      let found = buffer.withUnsafeBufferPointer { $0[searched].firstIndex(of: UInt8(ascii: "\n")) }
      guard let lineFeed = found else {
        scanned = buffer.count
        try checkSize(upTo: buffer.count)
        return nil
      }
      guard lineFeed > lineStart, buffer[lineFeed - 1] == UInt8(ascii: "\r") else { throw .bareLineFeed }
      scanned = lineFeed + 1
      let isEmpty = lineFeed - 1 == lineStart
      switch (isEmpty, fieldsStart) {
      case (false, nil):
        try checkSize(upTo: scanned)
        fieldsStart = scanned
      case (false, .some):
        try checkSize(upTo: scanned)
      case (true, nil):
        // RFC 9112 section 2.2: one empty line before the request line is read over.
        guard !skippedEmptyLine else { throw .malformedRequestLine }
        skippedEmptyLine = true
        start = scanned
      case (true, .some):
        return lineStart
      }
      lineStart = scanned
    }
  }

  /// A request line or a header block that is already too long is refused before it has ended.
  private func checkSize(upTo end: Int) throws(HTTPRequestError) {
    if let fieldsStart {
      guard end - fieldsStart <= limits.maximumHeaderBytes else { throw .headerTooLarge }
    } else {
      /// The method, two spaces and the version beside the target: more than any method needs.
      let surplus = 64
      guard end - start <= limits.maximumTargetBytes + surplus else { throw .targetTooLong }
    }
  }
}
