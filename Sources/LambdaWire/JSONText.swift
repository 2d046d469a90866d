/// Writes a JSON object member by member. For the few answers that are written often; the rest is left to `Codable`.
public struct JSONText: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Nothing yet, with room for an answer of `capacity` bytes.
  public init(capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
  }

  /// `{`
  public mutating func beginObject() {
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  /// `}`
  public mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// A member with a text.
  public mutating func member(_ name: StaticString, _ text: String) {
    key(name)
    string(text)
  }

  /// A member with milliseconds written as seconds: AWS writes points in time with three decimals.
  public mutating func member(_ name: StaticString, secondsOf milliseconds: Int64) {
    key(name)
    bytes.append(contentsOf: String(milliseconds / 1000).utf8)
    let fraction = String(1000 + milliseconds % 1000).utf8.dropFirst()
    bytes.append(UInt8(ascii: "."))
    bytes.append(contentsOf: fraction)
  }

  /// A member whose value was written before.
  public mutating func member(_ name: StaticString, json: some Collection<UInt8>) {
    key(name)
    bytes.append(contentsOf: json)
  }

  /// All members of an object that was written before.
  public mutating func members(of object: some Collection<UInt8>) {
    let inner = object.dropFirst().dropLast()
    guard !inner.isEmpty else { return }
    comma()
    bytes.append(contentsOf: inner)
  }

  private mutating func key(_ name: StaticString) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// RFC 8259 section 7: quotation mark, reverse solidus and the control characters are escaped.
  private mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    // Almost every text is written as it is, and at once.
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    guard !isPlain else { return bytes.append(contentsOf: text.utf8) }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
        bytes.append(contentsOf: digits.utf8)
      default: bytes.append(byte)
      }
    }
  }
}
