import JSON

/// What a property of a resource has to be. CloudFormation takes scalars in each other's clothes: `"10"` where a number
/// is meant, `true` where a string is (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
/// gives every parameter as a string).
indirect enum PropertyShape: Sendable {
  case string
  /// A whole number.
  case integer
  /// Any number.
  case number
  case boolean
  case list(PropertyShape)
  case object([Member])
  /// A JSON document that the API takes as text.
  case jsonText
  /// `[{Key, Value}]`, which the API takes as an object.
  case tags
  /// Whatever it is, the API does not get it.
  case unread

  /// A member of an object.
  struct Member: Sendable {
    /// As CloudFormation spells it.
    let name: String
    /// As the API spells it.
    let wireName: String
    let shape: PropertyShape
    let isRequired: Bool

    init(_ name: String, as wireName: String? = nil, _ shape: PropertyShape, isRequired: Bool = false) {
      self.name = name
      self.wireName = wireName ?? name
      self.shape = shape
      self.isRequired = isRequired
    }
  }

  /// A value as the API takes it: checked, in the API's spelling, its members in the order of the shape.
  /// - Parameter path: where the value stands, for the error.
  func wire(_ value: JSONValue, at path: String = "") throws(TemplateError) -> JSONValue {
    switch (self, value) {
    case (.string, .string): return value
    case (.string, .number(let number)): return .string(number.text)
    case (.string, .bool(let flag)): return .string(flag ? "true" : "false")
    case (.integer, .number(let number)):
      guard let whole = Int64(number.text) else { break }
      return .number(JSONNumber(whole))
    case (.integer, .string(let text)):
      guard let whole = Int64(text) else { break }
      return .number(JSONNumber(whole))
    case (.number, .number): return value
    case (.number, .string(let text)):
      guard let number = try? JSONValue(parsing: Array(text.utf8)), case .number = number else { break }
      return number
    case (.boolean, .bool): return value
    case (.boolean, .string(let text)):
      guard let flag = Bool(text.lowercased()) else { break }
      return .bool(flag)
    case (.list(let shape), .array(let elements)):
      return .array(
        try elements.enumerated().map { (entry) throws(TemplateError) in
          try shape.wire(entry.element, at: "\(path)[\(entry.offset)]")
        })
    case (.object(let shapes), .object(let members)): return try Self.object(shapes, members, at: path)
    case (.jsonText, .string): return value
    case (.jsonText, .object): return .string(value.text)
    case (.tags, .array(let tags)): return try Self.tags(tags, at: path)
    default: break
    }
    throw TemplateError("\(path) has to be \(name), not \(value.summary)")
  }

  private static func object(
    _ shapes: [Member], _ members: [JSONMember], at path: String
  ) throws(TemplateError) -> JSONValue {
    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    if let stranger = members.first(where: { member in !shapes.contains { $0.name == member.name } }) {
      throw TemplateError("\(place(stranger.name)) is not a property here")
    }
    var wire: [JSONMember] = []
    for shape in shapes {
      guard let member = members.last(where: { $0.name == shape.name }) else {
        guard !shape.isRequired else { throw TemplateError("\(place(shape.name)) is missing") }
        continue
      }
      if case .unread = shape.shape { continue }
      wire.append(JSONMember(shape.wireName, try shape.shape.wire(member.value, at: place(shape.name))))
    }
    return .object(wire)
  }

  private static func tags(_ tags: [JSONValue], at path: String) throws(TemplateError) -> JSONValue {
    let shape = list(.object([.init("Key", .string, isRequired: true), .init("Value", .string, isRequired: true)]))
    guard case .array(let pairs) = try shape.wire(.array(tags), at: path) else { return .object([]) }
    var members: [JSONMember] = []
    for pair in pairs {
      guard let key = pair["Key"]?.string, let value = pair["Value"] else { continue }
      guard !members.contains(where: { $0.name == key }) else {
        throw TemplateError("\(path) has the key '\(key)' twice")
      }
      members.append(JSONMember(key, value))
    }
    return .object(members)
  }

  private var name: String {
    switch self {
    case .string: "a string"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .list, .tags: "a list"
    case .object: "an object"
    case .jsonText: "an object, or its JSON text"
    case .unread: "anything"
    }
  }
}
