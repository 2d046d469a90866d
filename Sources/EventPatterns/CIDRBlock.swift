/// A block of IP addresses that agree in their first bits.
struct CIDRBlock: Sendable, Equatable {
  private let network: [UInt8]
  private let maskBits: Int

  /// Reads `address/bits`, with the bounds and in the order of AWS's own checks. A block of one address is
  /// refused as AWS refuses it: an exact value says the same.
  init(_ text: String) throws(EventPatternError) {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else { throw .cidrWithoutSlash }
    guard let bits = Int(String(parts[1]) ?? "") else { throw .cidrMaskNotInteger }
    guard bits >= 0 else { throw .cidrMaskNegative }
    let literal = String(parts[0]) ?? ""
    guard let address = IPAddress(literal) else {
      throw IPAddress.looksLikeAddress(literal) ? .invalidIPAddress(literal) : .nonstandardIPAddress(literal)
    }
    guard bits < address.bytes.count * 8 else {
      throw .cidrMaskTooLong(version: address.bytes.count == 4 ? 4 : 6, limit: address.bytes.count * 8)
    }
    maskBits = bits
    network = Self.masked(address.bytes, bits)
  }

  func contains(_ text: String) -> Bool {
    // A text longer than any literal is not worth parsing; event values may be megabytes.
    guard text.utf8.count <= 39, let address = IPAddress(text), address.bytes.count == network.count else {
      return false
    }
    return Self.masked(address.bytes, maskBits) == network
  }

  private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
    var masked = bytes
    for index in bytes.indices {
      let kept = min(max(bits - index * 8, 0), 8)
      masked[index] &= kept == 0 ? 0 : UInt8.max << UInt8(8 - kept)
    }
    return masked
  }
}
