/// Takes the messages out of an `application/vnd.amazon.eventstream`
/// (https://smithy.io/2.0/aws/amazon-eventstream.html#wire-format), however its bytes are cut.
///
/// After an error the place of the next message is unknown: every further `next` throws the same error.
struct EventStreamDecoder {
  /// What a message may have at most, its framing included. The limit is our own, so that no length can fill the memory;
  /// the specification's, which are for the senders, are 24 MB of payload and 128 kB of headers.
  static let maximumMessageBytes = 16 << 20

  /// Both lengths and their checksum.
  private static let preludeBytes = 12
  /// The prelude, and the checksum of the whole.
  private static let framingBytes = 16

  private var buffer: [UInt8] = []
  /// Where in the buffer the next message begins.
  private var start = 0

  /// Whether all that was appended has been given as messages.
  var isBetweenMessages: Bool { start == buffer.count }

  /// Takes the next bytes of the stream.
  mutating func append(_ bytes: [UInt8]) {
    if isBetweenMessages {
      buffer = bytes
    } else {
      buffer.removeFirst(start)
      buffer += bytes
    }
    start = 0
  }

  /// The next message; nil where more bytes are needed for it.
  mutating func next() throws(EventStreamError) -> EventStreamMessage? {
    guard buffer.count - start >= Self.preludeBytes else { return nil }
    guard CRC32.checksum(buffer[start..<(start + 8)]) == buffer.bigEndian32(at: start + 8) else {
      throw .preludeChecksum
    }
    let length = Int(buffer.bigEndian32(at: start))
    let headersLength = Int(buffer.bigEndian32(at: start + 4))
    guard length >= Self.framingBytes, headersLength <= length - Self.framingBytes else {
      throw .lengths(message: length, headers: headersLength)
    }
    guard length <= Self.maximumMessageBytes else {
      throw .tooLong(bytes: length, limit: Self.maximumMessageBytes)
    }
    guard buffer.count - start >= length else { return nil }
    let end = start + length - 4
    guard CRC32.checksum(buffer[start..<end]) == buffer.bigEndian32(at: end) else { throw .messageChecksum }
    let headersEnd = start + Self.preludeBytes + headersLength
    var reader = HeaderReader(buffer[(start + Self.preludeBytes)..<headersEnd])
    let message = EventStreamMessage(headers: try reader.headers(), payload: Array(buffer[headersEnd..<end]))
    start += length
    return message
  }
}

/// Reads the headers of a message, whose number is known only by where they end.
private struct HeaderReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  mutating func headers() throws(EventStreamError) -> [String: EventStreamHeaderValue] {
    var headers: [String: EventStreamHeaderValue] = [:]
    while !rest.isEmpty {
      let name = try name()
      let value = try value(of: name)
      guard headers.updateValue(value, forKey: name) == nil else { throw .repeatedHeader(name: name) }
    }
    return headers
  }

  private mutating func name() throws(EventStreamError) -> String {
    let bytes = try take(Int(try integer(UInt8.self)))
    guard !bytes.isEmpty, let name = String(validating: bytes, as: UTF8.self) else { throw .headerName }
    return name
  }

  private mutating func value(of name: String) throws(EventStreamError) -> EventStreamHeaderValue {
    let type = try integer(UInt8.self)
    switch type {
    case 0: return .bool(true)
    case 1: return .bool(false)
    case 2: return .byte(try integer(Int8.self))
    case 3: return .short(try integer(Int16.self))
    case 4: return .integer(try integer(Int32.self))
    case 5: return .long(try integer(Int64.self))
    case 6: return .bytes(Array(try take(Int(try integer(UInt16.self)))))
    case 7:
      let bytes = try take(Int(try integer(UInt16.self)))
      guard let text = String(validating: bytes, as: UTF8.self) else { throw .headerText(name: name) }
      return .string(text)
    case 8: return .timestamp(milliseconds: try integer(Int64.self))
    case 9: return .uuid(Array(try take(16)))
    default: throw .headerType(type)
    }
  }

  /// A number, the most significant byte first.
  private mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) throws(EventStreamError) -> Integer {
    var bits: UInt64 = 0
    for byte in try take(Integer.bitWidth / 8) { bits = bits << 8 | UInt64(byte) }
    return Integer(truncatingIfNeeded: bits)
  }

  private mutating func take(_ count: Int) throws(EventStreamError) -> ArraySlice<UInt8> {
    guard rest.count >= count else { throw .truncatedHeader }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}

extension [UInt8] {
  /// The unsigned number of four bytes that begins there, the most significant byte first.
  fileprivate func bigEndian32(at offset: Int) -> UInt32 {
    self[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
