import JSON

/// One element of the list that a pattern gives for a field. A field passes when one of its rules does.
enum ValueRule: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(ExactNumber)
  case string([UInt8])
  case prefix([UInt8])
  case suffix([UInt8])
  case prefixIgnoringCase(CaseInsensitiveText)
  case suffixIgnoringCase(CaseInsensitiveText)
  case equalsIgnoringCase(CaseInsensitiveText)
  case wildcard(Wildcard)
  case anythingBut(Exclusion)
  case numeric(NumericRange)
  case cidr(CIDRBlock)
  case exists(Bool)
  /// `exists: true` where neither `null` nor the empty text is a value.
  case existsNotEmpty

  /// Whether a value that is there passes. Rules of one type of value never pass for another: the text
  /// `"300"` is no number.
  func matches(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (.null, .null): true
    case (.bool(let expected), .bool(let value)): expected == value
    case (.number(let expected), .number(let value)): expected.matches(value)
    case (.numeric(let range), .number(let value)): value.comparable.map(range.contains) ?? false
    case (.string(let expected), .string(let value)): value.withBytes { $0.elementsEqual(expected) }
    case (.prefix(let prefix), .string(let value)): value.withBytes { $0.starts(with: prefix) }
    case (.suffix(let suffix), .string(let value)): value.withBytes { $0.ends(with: suffix) }
    case (.prefixIgnoringCase(let prefix), .string(let value)): prefix.isPrefix(of: value)
    case (.suffixIgnoringCase(let suffix), .string(let value)): suffix.isSuffix(of: value)
    case (.equalsIgnoringCase(let expected), .string(let value)): expected.equals(value)
    case (.wildcard(let wildcard), .string(let value)): wildcard.matches(value)
    case (.cidr(let block), .string(let value)): block.contains(value)
    case (.anythingBut(let exclusion), _): !exclusion.excludes(value)
    case (.exists(let exists), _): exists
    case (.existsNotEmpty, .null): false
    case (.existsNotEmpty, .string(let value)): !value.isEmpty
    case (.existsNotEmpty, _): true
    default: false
    }
  }

  /// Whether an absent field passes. `anything-but` asks for a value, too.
  var acceptsAbsence: Bool { self == .exists(false) }
}

/// A number given as an exact value: it matches the numbers equal to it, and, where it is too large or
/// too fine to be compared (a long account number, say), the same text.
struct ExactNumber: Sendable, Equatable {
  private let number: JSONNumber
  private let comparable: ComparableNumber?

  init(_ number: JSONNumber) {
    self.number = number
    comparable = number.comparable
  }

  func matches(_ value: JSONNumber) -> Bool {
    if value == number { return true }
    guard let comparable else { return false }
    return value.comparable == comparable
  }
}

/// What `anything-but` excludes. A value of another type than that of the list is never excluded.
enum Exclusion: Sendable, Equatable {
  case strings([[UInt8]])
  case numbers([ComparableNumber])
  case prefixes([[UInt8]])
  case suffixes([[UInt8]])
  case equalsIgnoringCase([CaseInsensitiveText])
  case wildcards([Wildcard])

  func excludes(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (.strings(let texts), .string(let value)):
      value.withBytes { bytes in texts.contains { bytes.elementsEqual($0) } }
    case (.prefixes(let texts), .string(let value)):
      value.withBytes { bytes in texts.contains { bytes.starts(with: $0) } }
    case (.suffixes(let texts), .string(let value)):
      value.withBytes { bytes in texts.contains { bytes.ends(with: $0) } }
    case (.equalsIgnoringCase(let texts), .string(let value)): texts.contains { $0.equals(value) }
    case (.wildcards(let wildcards), .string(let value)): wildcards.contains { $0.matches(value) }
    case (.numbers(let numbers), .number(let value)): value.comparable.map(numbers.contains) ?? false
    default: false
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func ends(with bytes: [UInt8]) -> Bool {
    count >= bytes.count && suffix(bytes.count).elementsEqual(bytes)
  }
}
