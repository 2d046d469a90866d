/// Characters, and what stands for them.
extension XMLScanner {
  /// The whole document must be UTF-8, of characters that XML has (https://www.w3.org/TR/xml/#charsets).
  func checkCharacters() throws(XMLError) {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        guard Self.isAllowed(scalar) else { throw XMLError(offset: offset, reason: .forbiddenCharacter(scalar.value)) }
        offset += encoded.count
      case .error: throw XMLError(offset: offset, reason: .invalidUTF8)
      case .emptyInput: return
      }
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD: true
    case 0..<0x20, 0xFFFE, 0xFFFF: false
    default: true
    }
  }

  mutating func characters(into text: inout [UInt8]) throws(XMLError) {
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "<") {
      if bytes[offset] == UInt8(ascii: "&") {
        try reference(into: &text)
      } else if starts(with: "]]>") {
        throw error(.unexpectedByte(bytes[offset]))
      } else {
        take(into: &text)
      }
    }
  }

  mutating func section(into text: inout [UInt8]) throws(XMLError) {
    try expect("<![CDATA[")
    while !starts(with: "]]>") {
      guard offset < bytes.count else { throw error(.unexpectedEnd) }
      take(into: &text)
    }
    offset += 3
  }

  /// Takes a byte; each of the ends of a line that XML knows is one line feed (https://www.w3.org/TR/xml/#sec-line-ends).
  mutating func take(into text: inout [UInt8]) {
    let byte = bytes[offset]
    offset += 1
    if byte != UInt8(ascii: "\r") {
      text.append(byte)
    } else if !starts(with: "\n") {
      text.append(UInt8(ascii: "\n"))
    }
  }

  private static let entities: [String: UInt8] = [
    "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "amp": UInt8(ascii: "&"), "quot": UInt8(ascii: "\""),
    "apos": UInt8(ascii: "'"),
  ]

  /// `&lt;` and the four like it, `&#60;` and `&#x3C;`.
  mutating func reference(into text: inout [UInt8]) throws(XMLError) {
    // The longest is that of the last character, with a few zeros before it.
    let end = bytes[offset...].prefix(16).firstIndex(of: UInt8(ascii: ";"))
    guard let end else { throw error(.unknownEntity) }
    let name = String(decoding: bytes[(offset + 1)..<end], as: UTF8.self)
    if let byte = Self.entities[name] {
      text.append(byte)
    } else {
      guard let scalar = Self.scalar(name) else { throw error(.unknownEntity) }
      guard Self.isAllowed(scalar) else { throw error(.forbiddenCharacter(scalar.value)) }
      text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
    offset = end + 1
  }

  private static func scalar(_ name: String) -> Unicode.Scalar? {
    let isHexadecimal = name.hasPrefix("#x")
    let digits = name.dropFirst(isHexadecimal ? 2 : 1)
    // `UInt32` would also read a sign.
    guard name.hasPrefix("#"), digits.first?.isHexDigit == true else { return nil }
    return UInt32(digits, radix: isHexadecimal ? 16 : 10).flatMap(Unicode.Scalar.init)
  }
}
