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
    let value = try bytes.withUnsafeBufferPointer { (bytes) throws(JSONParseError) in
      var scanner = JSONScanner(bytes, from: 0)
      scanner.skipWhitespace()
      let value = try scanner.value()
      try scanner.end()
      return value
    }
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
    try bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer, from: range.lowerBound)
      guard try scanner.enter(before: UInt8(ascii: "}")) else { return }
      repeat {
        let (name, value) = try scanner.member()
        try body(JSONFragment(bytes, name), JSONFragment(bytes, value))
      } while try scanner.anotherFollows(before: UInt8(ascii: "}"))
    }
  }

  /// Visits the elements of an array in their order; of anything else there are none.
  public func forEachElement(_ body: (JSONFragment) throws -> Void) throws {
    guard isArray else { return }
    try bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer, from: range.lowerBound)
      guard try scanner.enter(before: UInt8(ascii: "]")) else { return }
      repeat {
        let element = try scanner.value()
        try body(JSONFragment(bytes, element))
      } while try scanner.anotherFollows(before: UInt8(ascii: "]"))
    }
  }

  /// The value of the first member of that name, written without escapes; nil where there is none.
  public func member(_ name: StaticString) throws(JSONParseError) -> JSONFragment? {
    guard isObject else { return nil }
    return try bytes.withUnsafeBufferPointer { (buffer) throws(JSONParseError) in
      var scanner = JSONScanner(buffer, from: range.lowerBound)
      guard try scanner.enter(before: UInt8(ascii: "}")) else { return nil }
      repeat {
        let (found, value) = try scanner.member()
        if JSONFragment(bytes, found).isString(name) { return JSONFragment(bytes, value) }
      } while try scanner.anotherFollows(before: UInt8(ascii: "}"))
      return nil
    }
  }
}
