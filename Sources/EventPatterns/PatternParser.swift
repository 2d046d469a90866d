import JSON

/// Reads the structure of a pattern: objects, fields and `$or`. What stands in a field's list is
/// `RuleParser`'s business.
enum PatternParser {
  /// AWS names no depth. Lambda's 4,096 characters a pattern are room enough for this one, and matching
  /// descends as deep as the pattern does.
  static let maximumDepth = 256
  /// EventBridge refuses a pattern whose `$or`s make more than this many combinations.
  static let maximumCombinations = 1000

  /// All combinations of the pattern's `$or`s, each as the fields that must pass together.
  static func parse(_ text: String) throws(EventPatternError) -> [[FieldRules]] {
    let document: JSONValue
    do throws(JSONParseError) {
      document = try JSONValue(parsing: text, maximumDepth: maximumDepth)
    } catch {
      if case .nestedTooDeeply(let limit) = error.reason { throw .tooDeep(limit: limit) }
      throw .notJSON(error)
    }
    guard case .object(let members) = document else { throw .notAnObject }
    var combinations: [[FieldRules]] = [[]]
    try read(members, at: [], level: 1, insideOr: false, into: &combinations)
    return combinations
  }

  private static func read(
    _ members: [JSONMember], at path: [String], level: Int, insideOr: Bool,
    into combinations: inout [[FieldRules]]
  ) throws(EventPatternError) {
    guard !members.isEmpty else { throw .emptyObject }
    try refuseRepeatedNames(members, at: path)
    for member in members {
      if let branches = branches(of: member) {
        try read(branches, at: path, level: level, into: &combinations)
        continue
      }
      if insideOr, reservedNames.contains(member.name) { throw .reservedNameInOr(member.name) }
      let path = path + segments(member.name)
      guard path.count <= maximumDepth else { throw .tooDeep(limit: maximumDepth) }
      switch member.value {
      case .object(let members):
        try read(members, at: path, level: level + 1, insideOr: insideOr, into: &combinations)
      case .array(let elements):
        let field = FieldRules(
          field: PatternField(path: path, level: level, elements: elements), rules: try RuleParser.rules(elements))
        for index in combinations.indices {
          guard !combinations[index].contains(where: { isSame($0.path, path) }) else {
            throw .repeatedPath(path.joined(separator: "."))
          }
          combinations[index].append(field)
        }
      default:
        throw .notAnObjectOrArray(member.name)
      }
    }
  }

  private static func refuseRepeatedNames(_ members: [JSONMember], at path: [String]) throws(EventPatternError) {
    var names: Set<[UInt8]> = []
    for member in members where !names.insert(Array(member.name.utf8)).inserted {
      throw .repeatedPath((path + [member.name]).joined(separator: "."))
    }
  }

  private static func segments(_ name: String) -> [String] {
    // Cut by bytes: for `String`, a dot and a combining mark after it are one character.
    name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { String(Substring($0)) }
  }

  private static func isSame(_ left: [String], _ right: [String]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.hasSameBytes(as: $1) }
  }
}

// MARK: - $or

extension PatternParser {
  private static func read(
    _ branches: [[JSONMember]], at path: [String], level: Int, into combinations: inout [[FieldRules]]
  ) throws(EventPatternError) {
    let before = combinations
    combinations = []
    for branch in branches {
      var forked = before
      try read(branch, at: path, level: level, insideOr: true, into: &forked)
      combinations += forked
      guard combinations.count <= maximumCombinations else {
        throw .tooManyCombinations(limit: maximumCombinations)
      }
    }
  }

  /// The branches of a `$or`; nil for every other member. `$or` is an ordinary name unless a list of at
  /// least two objects follows that name no operator as a field, as EventBridge documents it: events that
  /// have always had such a field could not be filtered otherwise.
  private static func branches(of member: JSONMember) -> [[JSONMember]]? {
    guard member.name == "$or", case .array(let elements) = member.value, elements.count >= 2 else { return nil }
    var branches: [[JSONMember]] = []
    for element in elements {
      guard case .object(let members) = element,
        !members.contains(where: { reservedNames.contains($0.name) })
      else { return nil }
      branches.append(members)
    }
    return branches
  }

  /// Names that cannot be fields within a `$or`: EventBridge's operators, and those it keeps for later.
  private static let reservedNames: Set<String> = [
    "exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr",
    "html", "=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case", "date-after",
    "date-on-or-after", "date-before", "date-on-or-before", "in-date-range", "ip-address-in-range",
    "ip-address-not-in-range",
  ]
}
