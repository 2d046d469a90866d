import EventPatterns
import JSON

/// What SNS has less of than EventBridge's language.
///
/// Documented: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
enum FilterPolicyLimits {
  static let maximumBytes = 256 * 1024
  static let maximumKeys = 5
  static let maximumCombinations = 150
  static let maximumWildcards = 3
  static let maximumWildcardPoints = 100
  /// In millionths.
  private static let largestNumber: Int64 = 1_000_000_000_000_000

  /// - Parameter combinations: what must match together, with every `$or` multiplied out.
  static func check(_ combinations: [[PatternField]], scope: FilterPolicy.Scope) throws(FilterPolicyError) {
    var fields: [PatternField] = []
    for field in combinations.joined() where !fields.contains(field) { fields.append(field) }
    for element in fields.flatMap(\.elements) { try checkRule(element) }
    guard scope == .messageBody || fields.allSatisfy({ $0.level == 1 }) else { throw .nested }
    // "For a nested policy, only leaf keys are counted". A key in two branches of an `$or` is one (assumed).
    guard Set(fields.map { $0.path.map { Array($0.utf8) } }).count <= maximumKeys else {
      throw .tooManyKeys(limit: maximumKeys)
    }
    guard count(combinations) <= maximumCombinations, wildcardPoints(fields) <= maximumWildcardPoints else {
      throw .tooComplex
    }
  }

  /// "The product of the number of match operators and the nested level for each key", and the sum of these over the
  /// combinations of `$or` (recorded: 152 and 160 are too many, 150 are not).
  private static func count(_ combinations: [[PatternField]]) -> Int {
    combinations.reduce(0) { sum, fields in
      let product = fields.reduce(1) { product, field in
        // Larger products stay too large, and need not be computed.
        min(product * field.elements.count * field.level, maximumCombinations + 1)
      }
      return sum + product
    }
  }
}

// MARK: - Rules

extension FilterPolicyLimits {
  /// Refuses what SNS does not document and EventBridge has: other operators inside `prefix` and `suffix`, and inside
  /// `anything-but` all but a prefix or a wildcard (recorded for a suffix).
  private static func checkRule(_ element: JSONValue) throws(FilterPolicyError) {
    guard case .object(let members) = element, let member = members.first else { return }
    switch (member.name, member.value) {
    case ("prefix", .object), ("suffix", .object): throw .language(.operandNotString(of: member.name))
    case ("wildcard", .string(let text)): try checkWildcard(text)
    case ("anything-but", .object(let members)):
      guard let inner = members.first else { return }
      guard inner.name == "prefix" || inner.name == "wildcard" else {
        throw .language(.unsupportedOperator(inner.name, in: member.name))
      }
      guard case .string(let text) = inner.value else { throw .language(.operandNotString(of: inner.name)) }
      if inner.name == "wildcard" { try checkWildcard(text) }
    case ("anything-but", let operand), ("numeric", let operand): try checkNumbers(operand)
    default: return
    }
  }

  private static func checkWildcard(_ text: String) throws(FilterPolicyError) {
    guard wildcards(in: text) <= maximumWildcards else { throw .tooComplex }
  }

  /// "The value can range from -10⁹ to 10⁹, with five digits of accuracy after the decimal point".
  private static func checkNumbers(_ operand: JSONValue) throws(FilterPolicyError) {
    switch operand {
    case .array(let elements): for element in elements { try checkNumbers(element) }
    case .number(let number):
      // The language was checked before: it has six decimals and 5·10⁹, so that a Double holds the millionths exactly.
      let millionths = Int64(((Double(number.text) ?? 0) * 1_000_000).rounded())
      guard abs(millionths) <= largestNumber else { throw .numberOutOfRange(number.text) }
      guard millionths % 10 == 0 else { throw .tooManyDecimals(number.text) }
    default: return
    }
  }
}

// MARK: - Wildcards

extension FilterPolicyLimits {
  /// For each key "(sum of pattern points) × (number of patterns)": one point for a single wildcard, three for each of
  /// several, and one for `anything-but`. Policies without wildcards have none.
  private static func wildcardPoints(_ fields: [PatternField]) -> Int {
    guard fields.contains(where: { $0.elements.contains { points($0).wildcards > 0 } }) else { return 0 }
    return fields.reduce(0) { sum, field in
      let patterns = field.elements.map { points($0).all }.filter { $0 > 0 }
      return sum + patterns.reduce(0, +) * patterns.count
    }
  }

  private static func points(_ element: JSONValue) -> (wildcards: Int, all: Int) {
    if case .string(let text)? = element["wildcard"] {
      let count = wildcards(in: text)
      let points = count > 1 ? 3 * count : count
      return (points, points)
    }
    guard let operand = element["anything-but"] else { return (0, 0) }
    let inner = points(operand)
    return (inner.wildcards, inner.all + 1)
  }

  /// How many stars stand for any text; those after a backslash do not.
  private static func wildcards(in text: String) -> Int {
    var count = 0
    var isEscaped = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "*"), !isEscaped { count += 1 }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
    }
    return count
  }
}
