import HTTPTypes

/// Writes the head of an answer (RFC 9112 sections 4 to 6).
struct ResponseEncoder {
  enum Framing: Equatable {
    case length(Int)
    case chunked
    /// The end of the connection is the end of the body (HTTP/1.0).
    case untilClose
    /// RFC 9110 section 15.3.5: 204 and 304 have no body and no length.
    case none
  }

  /// The head as bytes, with room for a body behind it.
  static func head(
    of response: Response, framing: Framing, closes: Bool, date: [UInt8], bodyCapacity: Int = 0
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 + bodyCapacity)
    bytes.append(contentsOf: "HTTP/1.1 ".utf8)
    bytes.append(decimal: response.status.code)
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: response.status.reasonPhrase.utf8)
    bytes.append(contentsOf: "\r\nDate: ".utf8)
    bytes.append(contentsOf: date)
    bytes.append(contentsOf: "\r\n".utf8)
    for field in response.fields {
      bytes.append(contentsOf: field.name.rawName.utf8)
      bytes.append(contentsOf: ": ".utf8)
      field.withUnsafeBytesOfValue { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: "\r\n".utf8)
    }
    switch framing {
    case .length(let length):
      bytes.append(contentsOf: "Content-Length: ".utf8)
      bytes.append(decimal: length)
      bytes.append(contentsOf: "\r\n".utf8)
    case .chunked:
      bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
    case .untilClose, .none:
      break
    }
    if closes { bytes.append(contentsOf: "Connection: close\r\n".utf8) }
    bytes.append(contentsOf: "\r\n".utf8)
    return bytes
  }

  /// One chunk of a chunked body; an empty one would end the body and is left out.
  static func chunk(_ data: [UInt8]) -> [UInt8] {
    guard !data.isEmpty else { return [] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(data.count + 20)
    bytes.append(contentsOf: String(data.count, radix: 16).utf8)
    bytes.append(contentsOf: "\r\n".utf8)
    bytes.append(contentsOf: data)
    bytes.append(contentsOf: "\r\n".utf8)
    return bytes
  }

  static let lastChunk = Array("0\r\n\r\n".utf8)
  static let continueHead = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
}

extension [UInt8] {
  mutating func append(decimal number: Int) {
    append(contentsOf: String(number).utf8)
  }
}
