@testable import AWSClient

/// Writes the messages that the decoder reads.
enum EventStreamFrame {
  static func bytes(_ headers: [(String, EventStreamHeaderValue)], payload: [UInt8] = []) -> [UInt8] {
    sealed(headers: headers.flatMap { name, value in header(name, value) }, payload: payload)
  }

  /// A message with headers that need not be any.
  static func sealed(headers: [UInt8], payload: [UInt8] = []) -> [UInt8] {
    var frame = prelude(length: 16 + headers.count + payload.count, headersLength: headers.count)
    frame += headers + payload
    return frame + bigEndian(CRC32.checksum(frame[...]))
  }

  static func prelude(length: Int, headersLength: Int) -> [UInt8] {
    let lengths = bigEndian(UInt32(length)) + bigEndian(UInt32(headersLength))
    return lengths + bigEndian(CRC32.checksum(lengths[...]))
  }

  static func event(_ type: String, _ payload: String) -> [UInt8] {
    bytes(
      [
        (":message-type", .string("event")), (":event-type", .string(type)),
        (":content-type", .string("application/json")),
      ], payload: Array(payload.utf8))
  }

  static func exception(_ type: String, _ payload: String) -> [UInt8] {
    bytes(
      [(":message-type", .string("exception")), (":exception-type", .string(type))], payload: Array(payload.utf8))
  }

  static func header(_ name: String, _ value: EventStreamHeaderValue) -> [UInt8] {
    [UInt8(name.utf8.count)] + name.utf8 + encoded(value)
  }

  private static func encoded(_ value: EventStreamHeaderValue) -> [UInt8] {
    switch value {
    case .bool(let flag): [flag ? 0 : 1]
    case .byte(let number): [2] + bigEndian(number)
    case .short(let number): [3] + bigEndian(number)
    case .integer(let number): [4] + bigEndian(number)
    case .long(let number): [5] + bigEndian(number)
    case .bytes(let bytes): [6] + bigEndian(UInt16(bytes.count)) + bytes
    case .string(let text): [7] + bigEndian(UInt16(text.utf8.count)) + text.utf8
    case .timestamp(let milliseconds): [8] + bigEndian(milliseconds)
    case .uuid(let bytes): [9] + bytes
    }
  }

  private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
}
