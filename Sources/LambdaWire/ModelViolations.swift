/// Collects what a request violates of the service model: AWS answers all of it in one `ValidationException`.
///
/// The texts are recorded ones, of other Lambda operations where those of event source mappings were not recorded.
public struct ModelViolations: Sendable {
  private var violations: [String] = []

  /// No violation yet.
  public init() {}

  /// Throws what was collected.
  public func validate() throws(LambdaError) {
    guard !violations.isEmpty else { return }
    let noun = violations.count == 1 ? "error" : "errors"
    throw LambdaError(
      .validation, "\(violations.count) validation \(noun) detected: \(violations.joined(separator: "; "))")
  }

  /// A member that must be there.
  public mutating func require(_ value: (some Any)?, at path: String) {
    if value == nil {
      violations.append("Value null at '\(path)' failed to satisfy constraint: Member must not be null")
    }
  }

  /// A number within a range.
  public mutating func check(_ value: Int?, at path: String, in range: ClosedRange<Int>) {
    guard let value, !range.contains(value) else { return }
    let bound =
      value < range.lowerBound
      ? "greater than or equal to \(range.lowerBound)" : "less than or equal to \(range.upperBound)"
    add("\(value)", path, "Member must have value \(bound)")
  }

  /// A text with a length, in characters, and a pattern.
  public mutating func check(
    _ value: String?, at path: String, length: ClosedRange<Int>? = nil, _ pattern: ModelPattern? = nil
  ) {
    guard let value else { return }
    if let length, !Self.fits(value, length) {
      add(value, path, "Member must have length \(Self.bound(value.unicodeScalars.count, length))")
    }
    // A text far too long is not worth the matching, and AWS's patterns are not made for it.
    let isMatchable = length.map { value.unicodeScalars.count <= $0.upperBound } ?? true
    if isMatchable, let pattern, !pattern.matches(value) {
      add(value, path, "Member must satisfy regular expression pattern: \(pattern.text)")
    }
  }

  /// A text out of a set.
  public mutating func check(_ value: String?, at path: String, among set: [String]) {
    guard let value, !set.contains(value) else { return }
    add(value, path, "Member must satisfy enum value set: [\(set.joined(separator: ", "))]")
  }

  /// How many elements a list has.
  public mutating func check(
    count: Int?, of value: @autoclosure () -> String, at path: String, in range: ClosedRange<Int>
  ) {
    guard let count, !range.contains(count) else { return }
    add(value(), path, "Member must have length \(Self.bound(count, range))")
  }

  /// The elements of a list of texts; AWS prints the whole list and all rules of its elements.
  public mutating func check(
    each list: [String]?, at path: String, length: ClosedRange<Int>, _ pattern: ModelPattern
  ) {
    guard let list, !list.allSatisfy({ Self.fits($0, length) && pattern.matches($0) }) else { return }
    add(
      Self.print(list), path,
      "Member must satisfy constraint: [Member must have length less than or equal to \(length.upperBound), "
        + "Member must have length greater than or equal to \(length.lowerBound), "
        + "Member must satisfy regular expression pattern: \(pattern.text)]")
  }

  /// The elements of a list out of a set.
  public mutating func check(each list: [String]?, at path: String, among set: [String]) {
    guard let list, !list.allSatisfy(set.contains) else { return }
    let rule = "Member must satisfy enum value set: [\(set.joined(separator: ", "))]"
    add(Self.print(list), path, "Member must satisfy constraint: [\(rule)]")
  }

  /// The keys of a map out of a set.
  public mutating func check(keys map: [String: [String]]?, at path: String, among set: [String]) {
    guard let map, !map.keys.allSatisfy(set.contains) else { return }
    let rule = "Member must satisfy enum value set: [\(set.joined(separator: ", "))]"
    add(Self.print(map), path, "Map keys must satisfy constraint: [\(rule)]")
  }

  /// A list as AWS's messages print it.
  static func print(_ list: [String]) -> String { "[\(list.joined(separator: ", "))]" }

  /// A map as AWS's messages print it.
  static func print(_ map: [String: [String]]) -> String {
    "{\(map.sorted { $0.key < $1.key }.map { "\($0.key)=\(print($0.value))" }.joined(separator: ", "))}"
  }

  private mutating func add(_ value: String, _ path: String, _ constraint: String) {
    violations.append("Value '\(value)' at '\(path)' failed to satisfy constraint: \(constraint)")
  }

  private static func fits(_ value: String, _ length: ClosedRange<Int>) -> Bool {
    length.contains(value.unicodeScalars.count)
  }

  private static func bound(_ count: Int, _ range: ClosedRange<Int>) -> String {
    count < range.lowerBound
      ? "greater than or equal to \(range.lowerBound)" : "less than or equal to \(range.upperBound)"
  }
}
