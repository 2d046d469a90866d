/// The place of a record in its shard: a decimal number of up to 128 digits, given by the source.
///
/// Compared as numbers: sources pad with zeros, or do not.
public struct SequenceNumber: Sendable, CustomStringConvertible {
  /// As the source wrote it.
  public let description: String

  /// A number as the source wrote it.
  public init(_ text: String) {
    description = text
  }

  private var digits: Substring.UTF8View { description[...].utf8.drop { $0 == UInt8(ascii: "0") } }
}

extension SequenceNumber: Comparable, Hashable {
  public static func == (left: SequenceNumber, right: SequenceNumber) -> Bool {
    left.digits.elementsEqual(right.digits)
  }

  public static func < (left: SequenceNumber, right: SequenceNumber) -> Bool {
    let (left, right) = (left.digits, right.digits)
    return left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
  }

  public func hash(into hasher: inout Hasher) {
    for digit in digits { hasher.combine(digit) }
  }
}
