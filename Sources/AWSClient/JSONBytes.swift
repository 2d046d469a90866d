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

  /// Appends an object, its members in the order of their names: one request is always the same bytes.
  mutating func appendObject<Value>(_ members: [String: Value], _ append: (inout [UInt8], Value) -> Void) {
    self.append(UInt8(ascii: "{"))
    for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
      if index > 0 { self.append(UInt8(ascii: ",")) }
      appendString(member.key.utf8)
      self.append(UInt8(ascii: ":"))
      append(&self, member.value)
    }
    self.append(UInt8(ascii: "}"))
  }

  /// Appends an object of texts.
  mutating func appendObject(_ members: [String: String]) {
    appendObject(members) { bytes, text in bytes.appendString(text.utf8) }
  }
}
