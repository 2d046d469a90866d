public import FoundationEssentials

/// The id of a mapping: a random UUID (version 4) in lower case.
public struct MappingID: Hashable, Sendable, CustomStringConvertible {
  /// As text.
  public let description: String

  /// A new one.
  public static func random() -> MappingID { MappingID(UUID()) }

  /// An id made from a UUID.
  public init(_ uuid: UUID) {
    description = uuid.uuidString.lowercased()
  }

  /// Parses an id; nil where the text is no UUID. By hand, since every request that names a mapping does it.
  public init?(_ text: String) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    for byte in text.utf8 {
      switch (bytes.count, byte) {
      case (8, UInt8(ascii: "-")), (13, UInt8(ascii: "-")), (18, UInt8(ascii: "-")), (23, UInt8(ascii: "-")):
        bytes.append(byte)
      case (8, _), (13, _), (18, _), (23, _), (36..., _): return nil
      case (_, UInt8(ascii: "0")...UInt8(ascii: "9")), (_, UInt8(ascii: "a")...UInt8(ascii: "f")): bytes.append(byte)
      case (_, UInt8(ascii: "A")...UInt8(ascii: "F")): bytes.append(byte | 0x20)
      default: return nil
      }
    }
    guard bytes.count == 36 else { return nil }
    description = String(decoding: bytes, as: UTF8.self)
  }

  /// An id as the store wrote it.
  public init(stored text: String) {
    description = text
  }
}

/// Whose mappings a request is about. Those of one account and region are invisible to any other.
public struct Scope: Hashable, Sendable {
  /// Twelve digits.
  public var account: String
  /// Such as `us-east-1`.
  public var region: String

  /// An account in a region.
  public init(account: String, region: String) {
    self.account = account
    self.region = region
  }

  /// The partition that the region belongs to (the endpoints of the AWS SDKs).
  public var partition: String {
    switch region {
    case _ where region.hasPrefix("cn-"): "aws-cn"
    case _ where region.hasPrefix("us-gov-"): "aws-us-gov"
    case _ where region.hasPrefix("us-iso-"): "aws-iso"
    case _ where region.hasPrefix("us-isob-"): "aws-iso-b"
    case _ where region.hasPrefix("eu-isoe-"): "aws-iso-e"
    case _ where region.hasPrefix("us-isof-"): "aws-iso-f"
    case _ where region.hasPrefix("eusc-"): "aws-eusc"
    default: "aws"
    }
  }
}

/// Milliseconds since the epoch.
public struct Milliseconds: Hashable, Comparable, Sendable {
  public var count: Int64

  /// A point in time.
  public init(_ count: Int64) {
    self.count = count
  }

  /// This moment.
  public static func now() -> Milliseconds {
    Milliseconds(Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }

  /// Later than any.
  public static let distantFuture = Milliseconds(.max)

  public static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.count < right.count }

  public static func + (time: Milliseconds, duration: Duration) -> Milliseconds {
    let (seconds, attoseconds) = duration.components
    return Milliseconds(time.count + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }
}
