/// Finds where values end. Recursion is bounded, as it is for the parser.
struct JSONScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var offset: Int
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, from offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  /// The place of the value that begins at `offset`, which is left behind it.
  mutating func value() throws(JSONParseError) -> Range<Int> {
    let start = offset
    switch try current() {
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "{"):
      try container(UInt8(ascii: "}")) { (scanner) throws(JSONParseError) in _ = try scanner.member() }
    case UInt8(ascii: "["):
      try container(UInt8(ascii: "]")) { (scanner) throws(JSONParseError) in _ = try scanner.value() }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      while offset < bytes.count, isPartOfNumber(bytes[offset]) { offset += 1 }
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    case let byte: throw error(.unexpectedByte(byte))
    }
    return start..<offset
  }

  /// A name, a colon and a value.
  mutating func member() throws(JSONParseError) -> (name: Range<Int>, value: Range<Int>) {
    let name = try name()
    return (name, try value())
  }

  /// A name and a colon, and what is blank around them.
  mutating func name() throws(JSONParseError) -> Range<Int> {
    let start = offset
    guard try current() == UInt8(ascii: "\"") else { throw error(.unexpectedByte(bytes[offset])) }
    try string()
    let name = start..<offset
    skipWhitespace()
    guard try current() == UInt8(ascii: ":") else { throw error(.unexpectedByte(bytes[offset])) }
    offset += 1
    skipWhitespace()
    return name
  }

  private mutating func container(
    _ closing: UInt8, _ item: (inout JSONScanner) throws(JSONParseError) -> Void
  ) throws(JSONParseError) {
    if try enter(before: closing) {
      repeat { try item(&self) } while try anotherFollows(before: closing)
    }
    leave()
  }

  /// Steps over an opening bracket; false where the closing one follows, which is left.
  mutating func enter(before closing: UInt8) throws(JSONParseError) -> Bool {
    guard depth < JSONValue.defaultMaximumDepth else {
      throw error(.nestedTooDeeply(limit: JSONValue.defaultMaximumDepth))
    }
    depth += 1
    offset += 1
    skipWhitespace()
    return try current() != closing
  }

  /// Steps over a closing bracket.
  mutating func leave() {
    depth -= 1
    offset += 1
  }

  /// Steps over a comma and what is blank around it; false at the closing bracket, which is left.
  mutating func anotherFollows(before closing: UInt8) throws(JSONParseError) -> Bool {
    skipWhitespace()
    let byte = try current()
    if byte == closing { return false }
    guard byte == UInt8(ascii: ",") else { throw error(.unexpectedByte(byte)) }
    offset += 1
    skipWhitespace()
    return true
  }

  /// A string, its quotation marks included.
  mutating func string() throws(JSONParseError) {
    offset += 1
    while true {
      skipPlainBytes()
      switch try current() {
      case UInt8(ascii: "\""):
        offset += 1
        return
      case UInt8(ascii: "\\"): offset += 2
      case let byte where byte < 0x20: throw error(.controlCharacterInString(byte))
      default: offset += 1
      }
    }
  }

  /// Steps over what is neither a quotation mark nor an escape nor a control character, eight bytes at a time: most of an
  /// answer lies inside long strings.
  private mutating func skipPlainBytes() {
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    let raw = UnsafeRawBufferPointer(bytes)
    while offset + 8 <= raw.count {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      // The high bit of each byte that is 0 after the exclusive or, or less than 0x20; behind the first such byte a borrow
      // may set others, which nobody looks at.
      let quotes = word ^ (ones &* 0x22)
      let escapes = word ^ (ones &* 0x5c)
      let special =
        ((quotes &- ones) & ~quotes | (escapes &- ones) & ~escapes | (word &- (ones &* 0x20)) & ~word) & highs
      guard special == 0 else {
        offset += special.trailingZeroBitCount / 8
        return
      }
      offset += 8
    }
  }

  func current() throws(JSONParseError) -> UInt8 {
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    return bytes[offset]
  }

  mutating func skipWhitespace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0a, 0x0d: offset += 1
      default: return
      }
    }
  }

  private mutating func word(_ word: StaticString) throws(JSONParseError) {
    let end = offset + word.utf8CodeUnitCount
    guard end <= bytes.count, word.withUTF8Buffer({ $0.elementsEqual(bytes[offset..<end]) }) else {
      throw error(.unknownWord)
    }
    offset = end
  }

  private func isPartOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  /// Nothing but blanks follow.
  mutating func end() throws(JSONParseError) {
    skipWhitespace()
    guard offset == bytes.count else { throw error(.trailingBytes) }
  }

  func error(_ reason: JSONParseError.Reason) -> JSONParseError {
    JSONParseError(offset: offset, reason: reason)
  }
}
