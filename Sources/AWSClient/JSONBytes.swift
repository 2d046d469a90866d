/// JSON written straight into bytes.
extension [UInt8] {
  /// Appends text as it stands.
  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends UTF-8 bytes as a JSON string (RFC 8259, section 7).
  mutating func appendString(_ bytes: some Sequence<UInt8>) {
    append(UInt8(ascii: "\""))
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case UInt8(ascii: "\n"): append(#"\n"#)
      case 0..<0x20:
        append(#"\u00"#)
        append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
        append(Array("0123456789abcdef".utf8)[Int(byte & 0xF)])
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }

  /// Appends a whole number.
  mutating func appendNumber(_ number: Int) {
    append(contentsOf: String(number).utf8)
  }
}
