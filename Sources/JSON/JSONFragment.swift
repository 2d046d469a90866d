/// A value inside JSON text, as the bytes in which it was written.
///
/// What is only handed on is never decoded: a string that an unknown source escaped in its own way, a number with more
/// digits than any type holds and a lone surrogate stay what they are, byte for byte. Arrays and objects are walked one
/// level at a time.
public struct JSONFragment: Sendable {
  private let bytes: [UInt8]
  private let range: Range<Int>

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
  }

  /// The whole of a document. All is checked but the form of numbers and the escapes and encoding of strings.
  public init(document bytes: [UInt8]) throws(JSONParseError) {
    var scanner = FragmentScanner(bytes, from: 0)
    scanner.skipWhitespace()
    let value = try scanner.value()
    scanner.skipWhitespace()
    guard scanner.offset == bytes.count else { throw scanner.error(.trailingBytes) }
    self.init(bytes, value)
  }

  /// The bytes as written: a string with its quotation marks and escapes.
  public var token: ArraySlice<UInt8> { bytes[range] }

  /// Whether this is a string, and not a number, word, array or object.
  public var isString: Bool { bytes[range.lowerBound] == UInt8(ascii: "\"") }

  /// Whether this is `null`.
  public var isNull: Bool { bytes[range.lowerBound] == UInt8(ascii: "n") }

  /// Whether this is an object.
  public var isObject: Bool { bytes[range.lowerBound] == UInt8(ascii: "{") }

  /// Whether this is an array.
  public var isArray: Bool { bytes[range.lowerBound] == UInt8(ascii: "[") }

  /// Whether this is the string `text`, written without escapes.
  public func isString(_ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount + 2, isString else { return false }
    return text.withUTF8Buffer { expected in
      bytes[(range.lowerBound + 1)..<(range.upperBound - 1)].elementsEqual(expected)
    }
  }

  /// A string's text, its escapes resolved; nil for what is no string or no valid text.
  public var text: String? {
    guard isString else { return nil }
    let inner = bytes[(range.lowerBound + 1)..<(range.upperBound - 1)]
    // Almost every string is written without escapes.
    if !inner.contains(UInt8(ascii: "\\")) { return String(validating: inner, as: UTF8.self) }
    guard case .string(let text)? = try? JSONValue(parsing: token) else { return nil }
    return text
  }

  /// An integer, written as a number or as a string of digits.
  public var integer: Int? {
    Int(String(decoding: isString ? token.dropFirst().dropLast() : token, as: UTF8.self))
  }

  /// Visits the members of an object in their order; of anything else there are none.
  public func forEachMember(_ body: (_ name: JSONFragment, _ value: JSONFragment) throws -> Void) throws {
    guard isObject else { return }
    var scanner = FragmentScanner(bytes, from: range.lowerBound + 1)
    scanner.skipWhitespace()
    while try scanner.current() != UInt8(ascii: "}") {
      let (name, value) = try scanner.member()
      try body(JSONFragment(bytes, name), JSONFragment(bytes, value))
      guard try scanner.anotherFollows(before: UInt8(ascii: "}")) else { return }
    }
  }

  /// Visits the elements of an array in their order; of anything else there are none.
  public func forEachElement(_ body: (JSONFragment) throws -> Void) throws {
    guard isArray else { return }
    var scanner = FragmentScanner(bytes, from: range.lowerBound + 1)
    scanner.skipWhitespace()
    while try scanner.current() != UInt8(ascii: "]") {
      try body(JSONFragment(bytes, try scanner.value()))
      guard try scanner.anotherFollows(before: UInt8(ascii: "]")) else { return }
    }
  }

  /// The value of the first member of that name, written without escapes; nil where there is none.
  public func member(_ name: StaticString) throws(JSONParseError) -> JSONFragment? {
    guard isObject else { return nil }
    var scanner = FragmentScanner(bytes, from: range.lowerBound + 1)
    scanner.skipWhitespace()
    while try scanner.current() != UInt8(ascii: "}") {
      let (found, value) = try scanner.member()
      if JSONFragment(bytes, found).isString(name) { return JSONFragment(bytes, value) }
      guard try scanner.anotherFollows(before: UInt8(ascii: "}")) else { return nil }
    }
    return nil
  }
}

/// Finds where values end. Recursion is bounded, as it is for the parser.
private struct FragmentScanner {
  private let bytes: [UInt8]
  private(set) var offset: Int
  private var depth = 0

  init(_ bytes: [UInt8], from offset: Int) {
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
    let start = offset
    guard try current() == UInt8(ascii: "\"") else { throw error(.unexpectedByte(bytes[offset])) }
    try string()
    let name = start..<offset
    skipWhitespace()
    guard try current() == UInt8(ascii: ":") else { throw error(.unexpectedByte(bytes[offset])) }
    offset += 1
    skipWhitespace()
    return (name, try value())
  }

  private mutating func container(
    _ closing: UInt8, _ item: (inout FragmentScanner) throws(JSONParseError) -> Void
  ) throws(JSONParseError) {
    guard depth < JSONValue.defaultMaximumDepth else {
      throw error(.nestedTooDeeply(limit: JSONValue.defaultMaximumDepth))
    }
    depth += 1
    offset += 1
    skipWhitespace()
    if try current() != closing {
      repeat { try item(&self) } while try anotherFollows(before: closing)
    }
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

  private mutating func string() throws(JSONParseError) {
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
    offset = bytes.withUnsafeBytes { bytes in
      var offset = offset
      while offset + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        // The high bit of each byte that is 0 after the exclusive or, or less than 0x20; behind the first such byte a
        // borrow may set others, which nobody looks at.
        let quotes = word ^ (ones &* 0x22)
        let escapes = word ^ (ones &* 0x5c)
        let special =
          ((quotes &- ones) & ~quotes | (escapes &- ones) & ~escapes | (word &- (ones &* 0x20)) & ~word) & highs
        guard special == 0 else { return offset + special.trailingZeroBitCount / 8 }
        offset += 8
      }
      return offset
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
    guard end <= bytes.count, word.withUTF8Buffer({ bytes[offset..<end].elementsEqual($0) }) else {
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

  func error(_ reason: JSONParseError.Reason) -> JSONParseError {
    JSONParseError(offset: offset, reason: reason)
  }
}
