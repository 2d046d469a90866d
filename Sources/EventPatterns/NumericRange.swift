/// The numbers between two bounds. Numbers are whole millionths here, so an open bound is the closed one
/// beside it, and a range may well be empty.
struct NumericRange: Sendable, Equatable {
  private(set) var lowest = ComparableNumber.smallest.millionths
  private(set) var highest = ComparableNumber.largest.millionths

  mutating func apply(_ comparison: Comparison, _ bound: ComparableNumber) {
    switch comparison {
    case .equal:
      lowest = bound.millionths
      highest = bound.millionths
    case .less: highest = bound.millionths - 1
    case .lessOrEqual: highest = bound.millionths
    case .greater: lowest = bound.millionths + 1
    case .greaterOrEqual: lowest = bound.millionths
    }
  }

  func contains(_ number: ComparableNumber) -> Bool {
    lowest <= number.millionths && number.millionths <= highest
  }

  enum Comparison: String {
    case equal = "="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// The comparison's name in AWS's messages.
    var nameInMessages: String { self == .equal ? "equals" : rawValue }
  }
}
