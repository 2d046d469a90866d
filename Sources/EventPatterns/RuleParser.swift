import JSON

/// Reads the list of a field: exact values, and objects with one operator each.
enum RuleParser {
  static func rules(_ elements: [JSONValue]) throws(EventPatternError) -> [ValueRule] {
    guard !elements.isEmpty else { throw .emptyArray }
    var rules: [ValueRule] = []
    for element in elements { rules.append(try rule(element)) }
    return rules
  }

  private static func rule(_ element: JSONValue) throws(EventPatternError) -> ValueRule {
    switch element {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .number(let number): return .number(ExactNumber(number))
    case .string(let text): return .string(Array(text.utf8))
    case .array: throw .nestedArray
    case .object(let members):
      guard let member = members.first else { throw .ruleWithoutOperator }
      guard let name = Operator(rawValue: member.name) else { throw .unknownOperator(member.name) }
      let rule = try rule(name, member.value)
      guard members.count == 1 else { throw .severalOperators }
      return rule
    }
  }

  private static func rule(_ name: Operator, _ operand: JSONValue) throws(EventPatternError) -> ValueRule {
    switch name {
    case .prefix:
      if let folded = try ignoringCase(operand, in: name) { return .prefixIgnoringCase(folded) }
      return .prefix(Array(try text(operand, of: name).utf8))
    case .suffix:
      if let folded = try ignoringCase(operand, in: name) { return .suffixIgnoringCase(folded) }
      return .suffix(Array(try text(operand, of: name).utf8))
    case .equalsIgnoreCase: return .equalsIgnoringCase(CaseInsensitiveText(try text(operand, of: name)))
    case .wildcard: return .wildcard(try Wildcard(try text(operand, of: name)))
    case .cidr: return .cidr(try CIDRBlock(try text(operand, of: name)))
    case .numeric: return .numeric(try range(operand))
    case .anythingBut: return .anythingBut(try exclusion(operand))
    case .exists:
      guard case .bool(let exists) = operand else { throw .existsOperand }
      return .exists(exists)
    }
  }

  enum Operator: String {
    case prefix
    case suffix
    case equalsIgnoreCase = "equals-ignore-case"
    case anythingBut = "anything-but"
    case numeric
    case exists
    case cidr
    case wildcard
  }

  private static func text(_ operand: JSONValue, of name: Operator) throws(EventPatternError) -> String {
    guard case .string(let text) = operand else { throw .operandNotString(of: name.rawValue) }
    return text
  }

  /// The text of `{"equals-ignore-case": text}`; nil for an operand that is no object.
  private static func ignoringCase(
    _ operand: JSONValue, in name: Operator
  ) throws(EventPatternError) -> CaseInsensitiveText? {
    guard case .object(let members) = operand else { return nil }
    guard let member = members.first else { throw .ruleWithoutOperator }
    guard Operator(rawValue: member.name) == .equalsIgnoreCase else {
      throw .unsupportedOperator(member.name, in: name.rawValue)
    }
    let text = try text(member.value, of: .equalsIgnoreCase)
    guard members.count == 1 else { throw .severalOperators }
    return CaseInsensitiveText(text)
  }
}

// MARK: - anything-but

extension RuleParser {
  private static func exclusion(_ operand: JSONValue) throws(EventPatternError) -> Exclusion {
    switch operand {
    case .object(let members):
      guard let member = members.first else { throw .ruleWithoutOperator }
      let exclusion = try exclusion(member)
      guard members.count == 1 else { throw .severalOperators }
      return exclusion
    case .string(let text): return .strings([Array(text.utf8)])
    case .number(let number): return .numbers([try comparable(number)])
    case .array(let elements): return try exclusion(elements)
    case .null, .bool: throw .anythingButOperand
    }
  }

  private static func exclusion(_ elements: [JSONValue]) throws(EventPatternError) -> Exclusion {
    var texts: [[UInt8]] = []
    var numbers: [ComparableNumber] = []
    for element in elements {
      switch element {
      case .string(let text): texts.append(Array(text.utf8))
      case .number(let number): numbers.append(try comparable(number))
      default: throw .anythingButElement
      }
    }
    guard texts.isEmpty != numbers.isEmpty else { throw .anythingButMixedOrEmpty }
    return numbers.isEmpty ? .strings(texts) : .numbers(numbers)
  }

  /// An exclusion by an operator: of one text, or of several.
  private static func exclusion(_ member: JSONMember) throws(EventPatternError) -> Exclusion {
    guard let name = Operator(rawValue: member.name) else {
      throw .unsupportedOperator(member.name, in: Operator.anythingBut.rawValue)
    }
    switch name {
    case .prefix: return .prefixes(try affixes(member.value))
    case .suffix: return .suffixes(try affixes(member.value))
    case .equalsIgnoreCase:
      let texts = try texts(member.value, otherwise: .anythingButIgnoreCaseElement)
      return .equalsIgnoringCase(texts.map(CaseInsensitiveText.init))
    case .wildcard:
      var wildcards: [Wildcard] = []
      for text in try texts(member.value, otherwise: .operandNotString(of: name.rawValue)) {
        wildcards.append(try Wildcard(text))
      }
      return .wildcards(wildcards)
    case .anythingBut, .numeric, .exists, .cidr:
      throw .unsupportedOperator(member.name, in: Operator.anythingBut.rawValue)
    }
  }

  /// An empty prefix would exclude every text. AWS takes it for a mistake here, though not outside.
  private static func affixes(_ operand: JSONValue) throws(EventPatternError) -> [[UInt8]] {
    let texts = try texts(operand, otherwise: .operandNotString(of: "prefix/suffix"))
    guard !texts.contains("") else { throw .emptyAffix }
    return texts.map { Array($0.utf8) }
  }

  private static func texts(
    _ operand: JSONValue, otherwise wrongElement: EventPatternError
  ) throws(EventPatternError) -> [String] {
    switch operand {
    case .string(let text): return [text]
    case .number: throw wrongElement
    case .null, .bool, .object: throw .anythingButOperand
    case .array(let elements):
      guard !elements.isEmpty else { throw .emptyArray }
      var texts: [String] = []
      for element in elements {
        guard case .string(let text) = element else { throw wrongElement }
        texts.append(text)
      }
      return texts
    }
  }
}

// MARK: - numeric

extension RuleParser {
  /// One comparison, or a lower bound followed by an upper one.
  private static func range(_ operand: JSONValue) throws(EventPatternError) -> NumericRange {
    guard case .array(let terms) = operand else { throw .numericOperand }
    guard case .string(let text)? = terms.first else { throw .notAComparison(Self.text(of: terms.first)) }
    guard let comparison = NumericRange.Comparison(rawValue: text) else { throw .unknownComparison(text) }
    var range = NumericRange()
    let bound = try bound(terms, at: 1, of: comparison)
    range.apply(comparison, bound)
    guard terms.count > 2 else { return range }

    guard comparison == .greater || comparison == .greaterOrEqual else { throw .tooManyNumericTerms }
    guard case .string(let text) = terms[2] else { throw .notASecondComparison(Self.text(of: terms[2])) }
    guard let comparison = NumericRange.Comparison(rawValue: text), comparison == .less || comparison == .lessOrEqual
    else { throw .notAnUpperBound(text) }
    let top = try self.bound(terms, at: 3, of: comparison)
    range.apply(comparison, top)
    guard terms.count == 4 else { throw .tooManyRangeTerms }
    guard bound < top else { throw .emptyNumericRange }
    return range
  }

  /// A term as messages show it: of a list or an object its bracket, and the list's own where nothing is left.
  private static func text(of term: JSONValue?) -> String {
    switch term {
    case nil: "]"
    case .array: "["
    case .object: "{"
    case let scalar?: scalar.text
    }
  }

  private static func bound(
    _ terms: [JSONValue], at index: Int, of comparison: NumericRange.Comparison
  ) throws(EventPatternError) -> ComparableNumber {
    guard index < terms.count, case .number(let number) = terms[index] else {
      throw .boundNotNumeric(comparison.nameInMessages)
    }
    return try comparable(number)
  }

  private static func comparable(_ number: JSONNumber) throws(EventPatternError) -> ComparableNumber {
    do throws(ComparableNumber.Unrepresentable) {
      return try ComparableNumber(number.text)
    } catch {
      switch error {
      case .outOfRange: throw .numberOutOfRange(number.text)
      case .tooManyDecimals: throw .tooManyDecimals(number.text)
      }
    }
  }
}
