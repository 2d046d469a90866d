import JSON

/// The properties of a resource, read as CloudFormation reads them: a number may be written as text, and a text as a
/// number.
struct ResourceProperties {
  let document: JSONValue

  init(_ document: JSONValue) {
    self.document = document
  }

  /// A property as it stands; nil where it is not there.
  subscript(name: String) -> JSONValue? { document[name] }

  /// A scalar as text.
  func text(_ name: String) -> String? { document[name]?.scalarText }

  /// A whole number.
  func number(_ name: String) -> Int? { text(name).flatMap(Int.init) }

  /// Whether a boolean is there and true.
  func isTrue(_ name: String) -> Bool { text(name)?.lowercased() == "true" }

  /// An object or an array as JSON text; text is taken for JSON already.
  func json(_ name: String) -> String? {
    switch document[name] {
    case nil, .null?: nil
    case .string(let text)?: text
    case let value?: value.text
    }
  }

  /// The elements of an array; none where it is not there.
  func elements(_ name: String) -> [ResourceProperties] {
    guard case .array(let elements)? = document[name] else { return [] }
    return elements.map { ResourceProperties($0) }
  }

  /// An object within; nil where it is not there.
  func object(_ name: String) -> ResourceProperties? {
    guard case .object? = document[name] else { return nil }
    return document[name].map { ResourceProperties($0) }
  }

  /// Whether a scalar of both is the same, however it is written.
  func agrees(with other: ResourceProperties, on name: String) -> Bool {
    document[name]?.withoutScalarTypes == other.document[name]?.withoutScalarTypes
  }
}

extension JSONValue {
  /// A scalar as text; nil for null, and for what is no scalar.
  var scalarText: String? {
    switch self {
    case .string(let text): text
    case .number(let number): number.text
    case .bool(let value): value ? "true" : "false"
    case .null, .array, .object: nil
    }
  }

  /// The same with every scalar as text and the members of objects in the order of their names: what two templates that
  /// mean the same have in common.
  var withoutScalarTypes: JSONValue {
    switch self {
    case .null: .null
    case .string, .number, .bool: .string(scalarText ?? "")
    case .array(let elements): .array(elements.map(\.withoutScalarTypes))
    case .object(let members):
      .object(
        members.map { JSONMember($0.name, $0.value.withoutScalarTypes) }.sorted { $0.name < $1.name })
    }
  }
}
