/// Keys of objects as S3's events write them: "The key name is URL encoded in the event"
/// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html), as HTML forms encode, but
/// with slashes left alone.
///
/// Servers that play S3 differ: some encode slashes, some encode nothing.
enum S3ObjectKey {
  /// The key that an event means.
  ///
  /// A key with a space, with bytes that are not ASCII, or with an escape that is none was never encoded: it is taken as it
  /// is, and its plus signs and percent signs with it.
  static func decoded(_ key: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(key.utf8.count)
    var rest = key.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
          return key
        }
        bytes.append(high << 4 | low)
      case 0x21...0x7e: bytes.append(byte)
      default: return key
      }
    }
    // Keys are UTF-8, so that escapes of anything else are none.
    return String(validating: bytes, as: UTF8.self) ?? key
  }

  /// A key as S3 writes it: letters, digits and `.-*_/` as they are, a space as `+`, all other bytes of UTF-8 as `%XX`.
  static func encoded(_ key: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(key.utf8.count)
    for byte in key.utf8 {
      switch byte {
      case UInt8(ascii: " "): bytes.append(UInt8(ascii: "+"))
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "*"),
        UInt8(ascii: "_"), UInt8(ascii: "/"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 0x0f)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A key of an event in S3's own form. What has that form stays as it is, byte for byte.
  static func normalized(_ key: String) -> String { encoded(decoded(key)) }

  private static let hexDigits = Array("0123456789ABCDEF".utf8)

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
