import JSON

/// A number as EventBridge compares numbers: from -5,000,000,000 to 5,000,000,000, with six decimals.
///
/// Held as a whole number of millionths, so that 0.1 + 0.2 is no question and every comparison is exact.
struct ComparableNumber: Sendable, Hashable, Comparable {
  enum Unrepresentable: Error {
    case outOfRange
    case tooManyDecimals
  }

  static let decimals = 6
  static let smallest = ComparableNumber(millionths: -5_000_000_000_000_000)
  static let largest = ComparableNumber(millionths: 5_000_000_000_000_000)

  let millionths: Int64

  init(millionths: Int64) {
    self.millionths = millionths
  }

  /// Reads a text of JSON's grammar for numbers. One pass, whatever the number of digits or the exponent.
  init(_ text: String) throws(Unrepresentable) {
    var digits = SignificantDigits()
    var isNegative = false
    var exponent = 0
    var exponentIsNegative = false
    var part = Part.whole
    for byte in text.utf8 {
      switch (byte, part) {
      case (UInt8(ascii: "-"), .whole): isNegative = true
      case (UInt8(ascii: "-"), _): exponentIsNegative = true
      case (UInt8(ascii: "+"), _): break
      case (UInt8(ascii: "."), _): part = .fraction
      case (UInt8(ascii: "e"), _), (UInt8(ascii: "E"), _): part = .exponent
      case (_, .exponent):
        // A larger exponent than this one cannot be made up for by any number of digits in memory.
        exponent = min(exponent * 10 + Int(byte - UInt8(ascii: "0")), 1 << 40)
      default: digits.append(byte - UInt8(ascii: "0"), isFraction: part == .fraction)
      }
    }
    guard digits.value != 0 else {
      millionths = 0
      return
    }
    let scale = (exponentIsNegative ? -exponent : exponent) + digits.exponent + Self.decimals
    guard scale >= 0 else { throw .tooManyDecimals }
    // The largest number has sixteen digits in millionths.
    guard !digits.haveOverflowed, digits.count + scale <= 16 else { throw .outOfRange }
    var magnitude = digits.value
    for _ in 0..<scale { magnitude *= 10 }
    guard magnitude <= Self.largest.millionths else { throw .outOfRange }
    millionths = isNegative ? -magnitude : magnitude
  }

  private enum Part {
    case whole, fraction, exponent
  }

  static func < (left: ComparableNumber, right: ComparableNumber) -> Bool {
    left.millionths < right.millionths
  }
}

/// The digits of a number without the zeros at either end, and the power of ten that those stood for.
private struct SignificantDigits {
  private(set) var value: Int64 = 0
  private(set) var count = 0
  private(set) var exponent = 0
  private(set) var haveOverflowed = false
  private var waitingZeros = 0

  mutating func append(_ digit: UInt8, isFraction: Bool) {
    if isFraction { exponent -= 1 }
    if digit == 0 {
      // Zeros count only once another digit follows. Until then they are the power of ten.
      guard count > 0 else { return }
      waitingZeros += 1
      exponent += 1
      return
    }
    exponent -= waitingZeros
    let added = waitingZeros + 1
    waitingZeros = 0
    count += added
    guard count <= 18 else {
      haveOverflowed = true
      value = 1
      return
    }
    for _ in 0..<added { value *= 10 }
    value += Int64(digit)
  }
}

extension JSONNumber {
  /// The number as rules compare it; nil where it is too large or too fine for that.
  var comparable: ComparableNumber? {
    try? ComparableNumber(text)
  }
}
