/// A parsed JSON document (RFC 8259), kept as it was written: members in their order, repeated names
/// included, and numbers with their own text.
///
/// Text is compared byte for byte, unlike `String`, which takes canonically equivalent texts for equal:
/// a filter must not confuse two texts that the sender holds apart.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The value of the last member of that name; nil where there is none, or where this is no object.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name.hasSameBytes(as: name) }?.value
  }

  /// Whether this is neither an array nor an object.
  package var isScalar: Bool {
    switch self {
    case .null, .bool, .number, .string: true
    case .array, .object: false
    }
  }
}

/// One name and value of a JSON object.
public struct JSONMember: Sendable, Equatable {
  /// The member's name, its escapes resolved.
  public var name: String
  /// The member's value.
  public var value: JSONValue

  /// A member of that name and value.
  public init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }

  /// Names are equal when their bytes are.
  public static func == (left: JSONMember, right: JSONMember) -> Bool {
    left.name.hasSameBytes(as: right.name) && left.value == right.value
  }
}

extension JSONValue: Equatable {
  /// Whether two documents say the same in the same order; numbers are equal when their texts are.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
  /// An object with members in the order written.
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(members.map { JSONMember($0.0, $0.1) })
  }

  /// An array.
  public init(arrayLiteral elements: JSONValue...) {
    self = .array(elements)
  }

  /// A string.
  public init(stringLiteral text: String) {
    self = .string(text)
  }
}

// `nil` is no literal of `null`: where a `JSONValue?` is expected, it would quietly become `null` rather than
// nothing.
extension JSONValue: ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  /// A whole number.
  public init(integerLiteral number: Int64) {
    self = .number(JSONNumber(number))
  }

  /// `true` or `false`.
  public init(booleanLiteral value: Bool) {
    self = .bool(value)
  }
}
