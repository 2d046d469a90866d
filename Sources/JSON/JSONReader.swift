/// Reads a document once, from its first byte to its last, and makes nothing of what is passed over. For large answers of
/// which most is handed on as it was written; what is looked at twice is better read as `JSONFragment`.
///
/// All is checked but the form of numbers and the escapes and encoding of strings.
public struct JSONReader {
  private var scanner: JSONScanner

  /// Reads a document.
  /// - Parameter body: reads its value.
  public static func read<Result>(
    _ document: [UInt8], _ body: (inout JSONReader) throws -> Result
  ) throws -> Result {
    try document.withUnsafeBufferPointer { bytes in
      var reader = JSONReader(scanner: JSONScanner(bytes, from: 0))
      reader.scanner.skipWhitespace()
      let result = try body(&reader)
      try reader.scanner.end()
      return result
    }
  }

  /// Whether the value that comes next is an object.
  public var isAtObject: Bool { isAt(UInt8(ascii: "{")) }

  /// Whether the value that comes next is an array.
  public var isAtArray: Bool { isAt(UInt8(ascii: "[")) }

  private func isAt(_ byte: UInt8) -> Bool {
    scanner.offset < scanner.bytes.count && scanner.bytes[scanner.offset] == byte
  }

  /// The value that comes next, as it was written.
  public mutating func value() throws(JSONParseError) -> JSONToken { token(try scanner.value()) }

  /// Reads the members of an object in their order. A value that the body does not read is passed over; what is no object
  /// is an error.
  public mutating func members(_ body: (_ name: JSONToken, inout JSONReader) throws -> Void) throws {
    guard isAtObject else { throw scanner.error(.unexpectedByte(try scanner.current())) }
    if try scanner.enter(before: UInt8(ascii: "}")) {
      repeat {
        let name = token(try scanner.name())
        let start = scanner.offset
        try body(name, &self)
        if scanner.offset == start { _ = try scanner.value() }
      } while try scanner.anotherFollows(before: UInt8(ascii: "}"))
    }
    scanner.leave()
  }

  /// Reads the elements of an array in their order, as `members` does.
  public mutating func elements(_ body: (inout JSONReader) throws -> Void) throws {
    guard isAtArray else { throw scanner.error(.unexpectedByte(try scanner.current())) }
    if try scanner.enter(before: UInt8(ascii: "]")) {
      repeat {
        let start = scanner.offset
        try body(&self)
        if scanner.offset == start { _ = try scanner.value() }
      } while try scanner.anotherFollows(before: UInt8(ascii: "]"))
    }
    scanner.leave()
  }

  private func token(_ range: Range<Int>) -> JSONToken {
    JSONToken(bytes: UnsafeBufferPointer(rebasing: scanner.bytes[range]))
  }
}

/// A value as its document wrote it. Valid as long as the document is read.
public struct JSONToken {
  /// The bytes as written: a string with its quotation marks and escapes.
  public let bytes: UnsafeBufferPointer<UInt8>

  /// Whether this is a string.
  public var isString: Bool { bytes[0] == UInt8(ascii: "\"") }

  /// Whether this is `null`.
  public var isNull: Bool { bytes[0] == UInt8(ascii: "n") }

  /// Whether this is an object.
  public var isObject: Bool { bytes[0] == UInt8(ascii: "{") }

  /// Whether this is the string `text`, written without escapes.
  public func isString(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count == count + 2, isString else { return false }
    for index in 0..<count where bytes[index + 1] != text.utf8Start[index] { return false }
    return true
  }

  /// A string without its quotation marks, its escapes as they are.
  public var inner: UnsafeBufferPointer<UInt8> {
    guard isString else { return bytes }
    return UnsafeBufferPointer(rebasing: bytes[1..<(bytes.count - 1)])
  }

  /// A string's text, its escapes resolved; nil for what is no string or no valid text.
  public var text: String? {
    guard isString else { return nil }
    // Almost every string is written without escapes.
    if !inner.contains(UInt8(ascii: "\\")) { return String(validating: inner, as: UTF8.self) }
    guard case .string(let text)? = try? JSONValue(parsing: bytes) else { return nil }
    return text
  }
}
