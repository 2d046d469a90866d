extension JSONValue {
  /// How deeply arrays and objects may be nested when the caller names no other limit.
  public static let defaultMaximumDepth = 512

  /// Parses one JSON document, strictly as RFC 8259 writes it, from UTF-8 bytes.
  ///
  /// An escaped half of a surrogate pair is refused: it stands for no text, and to replace it would let
  /// different texts look alike to a filter.
  public init(
    parsing bytes: some Collection<UInt8>, maximumDepth: Int = defaultMaximumDepth
  ) throws(JSONParseError) {
    // The closure gives a result back, since this function of the standard library cannot pass on the
    // type of an error.
    let inPlace = bytes.withContiguousStorageIfAvailable { JSONParser.parse($0, maximumDepth: maximumDepth) }
    if let inPlace {
      self = try inPlace.get()
    } else {
      let parsed = Array(bytes).withUnsafeBufferPointer { JSONParser.parse($0, maximumDepth: maximumDepth) }
      self = try parsed.get()
    }
  }

  /// Parses one JSON document; see `init(parsing:maximumDepth:)` for bytes.
  public init(parsing text: String, maximumDepth: Int = defaultMaximumDepth) throws(JSONParseError) {
    try self.init(parsing: text.utf8, maximumDepth: maximumDepth)
  }
}

/// One pass over the bytes of a document. Every function starts at `offset` and leaves it after what it read.
private struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let maximumDepth: Int
  private var offset = 0
  private var depth = 0

  static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int
  ) -> Result<JSONValue, JSONParseError> {
    Result { () throws(JSONParseError) in
      var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
      return try parser.document()
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
  }

  private mutating func document() throws(JSONParseError) -> JSONValue {
    let value = try value()
    skipWhitespace()
    guard offset == bytes.count else { throw error(.trailingBytes) }
    return value
  }

  private mutating func value() throws(JSONParseError) -> JSONValue {
    skipWhitespace()
    switch try current() {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case let byte: throw error(.unexpectedByte(byte))
    }
  }

  // MARK: Arrays and objects

  private mutating func members() throws(JSONParseError) -> [JSONMember] {
    try open()
    var members: [JSONMember] = []
    skipWhitespace()
    if try current() != UInt8(ascii: "}") {
      while true {
        skipWhitespace()
        let name = try string()
        skipWhitespace()
        try expect(UInt8(ascii: ":"))
        members.append(JSONMember(name, try value()))
        guard try anotherFollows(before: UInt8(ascii: "}")) else { break }
      }
    }
    close()
    return members
  }

  private mutating func elements() throws(JSONParseError) -> [JSONValue] {
    try open()
    var elements: [JSONValue] = []
    skipWhitespace()
    if try current() != UInt8(ascii: "]") {
      repeat {
        elements.append(try value())
      } while try anotherFollows(before: UInt8(ascii: "]"))
    }
    close()
    return elements
  }

  private mutating func open() throws(JSONParseError) {
    guard depth < maximumDepth else { throw error(.nestedTooDeeply(limit: maximumDepth)) }
    depth += 1
    offset += 1
  }

  private mutating func close() {
    depth -= 1
    offset += 1
  }

  /// Steps over a comma; false at the closing bracket, which is left to `close`.
  private mutating func anotherFollows(before closing: UInt8) throws(JSONParseError) -> Bool {
    skipWhitespace()
    let byte = try current()
    if byte == closing { return false }
    try expect(UInt8(ascii: ","))
    return true
  }

  // MARK: Strings

  private mutating func string() throws(JSONParseError) -> String {
    try expect(UInt8(ascii: "\""))
    let start = offset
    while true {
      switch try current() {
      case UInt8(ascii: "\""):
        let text = try text(start..<offset)
        offset += 1
        return text
      case UInt8(ascii: "\\"):
        return try stringWithEscapes(from: start)
      case let byte where byte < 0x20:
        throw error(.controlCharacterInString(byte))
      default:
        offset += 1
      }
    }
  }

  private mutating func stringWithEscapes(from start: Int) throws(JSONParseError) -> String {
    var result = try text(start..<offset)
    while true {
      let plain = offset
      scan: while true {
        switch try current() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): break scan
        case let byte where byte < 0x20: throw error(.controlCharacterInString(byte))
        default: offset += 1
        }
      }
      if plain < offset { result += try text(plain..<offset) }
      if bytes[offset] == UInt8(ascii: "\"") {
        offset += 1
        return result
      }
      result.unicodeScalars.append(try escape())
    }
  }

  /// The scalar of the escape that starts at the backslash under `offset`.
  private mutating func escape() throws(JSONParseError) -> Unicode.Scalar {
    let start = offset
    offset += 1
    let byte = try current()
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try escapedScalar(from: start)
    default: throw JSONParseError(offset: start, reason: .unknownEscape)
    }
  }

  /// The scalar of one `\uXXXX`, or of two that are a surrogate pair (RFC 8259, section 7).
  private mutating func escapedScalar(from start: Int) throws(JSONParseError) -> Unicode.Scalar {
    let first = try fourHexDigits(from: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    let second = offset
    guard first < 0xdc00, offset + 1 < bytes.count,
      bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
    else { throw JSONParseError(offset: start, reason: .loneSurrogate) }
    offset += 2
    let low = try fourHexDigits(from: second)
    guard (0xdc00..<0xe000).contains(low),
      let scalar = Unicode.Scalar(0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00))
    else { throw JSONParseError(offset: start, reason: .loneSurrogate) }
    return scalar
  }

  private mutating func fourHexDigits(from start: Int) throws(JSONParseError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch try current() {
      case let byte where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): digit = byte - UInt8(ascii: "0")
      case let byte where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte): digit = byte - UInt8(ascii: "a") + 10
      case let byte where (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte): digit = byte - UInt8(ascii: "A") + 10
      default: throw JSONParseError(offset: start, reason: .unknownEscape)
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }

  private func text(_ range: Range<Int>) throws(JSONParseError) -> String {
    do throws(UTF8.ValidationError) {
      return String(copying: try UTF8Span(validating: bytes.span.extracting(range)))
    } catch {
      throw JSONParseError(offset: range.lowerBound + error.byteOffsets.lowerBound, reason: .invalidUTF8)
    }
  }

  // MARK: Numbers and words

  /// RFC 8259, section 6: no leading zero, no bare point, no sign but minus.
  private mutating func number() throws(JSONParseError) -> JSONNumber {
    let start = offset
    if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") {
      offset += 1
    } else {
      try digits()
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      try digits()
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
        offset += 1
      }
      try digits()
    }
    if offset < bytes.count, isPartOfWord(bytes[offset]) { throw error(.malformedNumber) }
    return JSONNumber(checked: try text(start..<offset))
  }

  private mutating func digits() throws(JSONParseError) {
    let start = offset
    while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) { offset += 1 }
    guard offset > start else { throw error(offset < bytes.count ? .malformedNumber : .unexpectedEnd) }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONParseError) -> JSONValue {
    let end = offset + word.utf8CodeUnitCount
    let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard end <= bytes.count, bytes[offset..<end].elementsEqual(expected),
      end == bytes.count || !isPartOfWord(bytes[end])
    else { throw error(.unknownWord) }
    offset = end
    return value
  }

  /// Whether a byte would go on with a word or number, so that `nullx` and `01` are named as what they are.
  private func isPartOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  // MARK: Bytes

  private func current() throws(JSONParseError) -> UInt8 {
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    return bytes[offset]
  }

  private mutating func expect(_ expected: UInt8) throws(JSONParseError) {
    let byte = try current()
    guard byte == expected else { throw error(.unexpectedByte(byte)) }
    offset += 1
  }

  private mutating func skipWhitespace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0a, 0x0d: offset += 1
      default: return
      }
    }
  }

  private func error(_ reason: JSONParseError.Reason) -> JSONParseError {
    JSONParseError(offset: offset, reason: reason)
  }
}
