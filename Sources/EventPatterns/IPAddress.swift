/// An IP address literal, version 4 or 6, as its bytes.
struct IPAddress: Sendable, Equatable {
  let bytes: [UInt8]

  /// Reads four decimal numbers with dots, or RFC 4291's text forms of IPv6 without an embedded IPv4
  /// address, which the filter language does not know. Zones and prefixes are no part of an address.
  init?(_ text: String) {
    let bytes = text.utf8.contains(UInt8(ascii: ":")) ? Self.version6(text.utf8) : Self.version4(text.utf8)
    guard let bytes else { return nil }
    self.bytes = bytes
  }

  /// Whether a text has the outward form of an address although it may be none, as `10.0.0.256`.
  static func looksLikeAddress(_ text: String) -> Bool {
    if text.utf8.contains(UInt8(ascii: ":")) {
      return text.utf8.allSatisfy { $0 == UInt8(ascii: ":") || hexDigit($0) != nil }
    }
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { decimalDigit($0) != nil } }
  }

  private static func version4(_ text: String.UTF8View) -> [UInt8]? {
    let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count) else { return nil }
      var value = 0
      for byte in part {
        guard let digit = decimalDigit(byte) else { return nil }
        value = value * 10 + digit
      }
      guard let byte = UInt8(exactly: value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func version6(_ text: String.UTF8View) -> [UInt8]? {
    // The longest literal has eight groups of four digits. What is longer need not be looked at.
    guard text.count <= 39 else { return nil }
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var before: [UInt8] = []
    var after: [UInt8] = []
    var hasGap = false
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        // A lone colon may not begin or end an address, and `::` may stand in it once: at either end it
        // leaves two empty parts, of which the outer one says nothing.
        if index == 0 {
          guard parts.count > 2, parts[1].isEmpty else { return nil }
          continue
        }
        if index == parts.count - 1 {
          guard parts[index - 1].isEmpty else { return nil }
          continue
        }
        guard !hasGap else { return nil }
        hasGap = true
        continue
      }
      guard part.count <= 4 else { return nil }
      var value: UInt16 = 0
      for byte in part {
        guard let digit = hexDigit(byte) else { return nil }
        value = value << 4 | UInt16(digit)
      }
      let group = [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
      if hasGap { after += group } else { before += group }
    }
    let missing = 16 - before.count - after.count
    guard hasGap ? missing >= 2 : missing == 0 else { return nil }
    return before + Array(repeating: 0, count: missing) + after
  }

  private static func decimalDigit(_ byte: UInt8) -> Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
  }

  private static func hexDigit(_ byte: UInt8) -> Int? {
    switch byte | 0x20 {
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte | 0x20) - Int(UInt8(ascii: "a")) + 10
    default: decimalDigit(byte)
    }
  }
}
