import JSON

extension JSONValue {
  /// The members of an object; none where this is none.
  var members: [JSONMember] {
    guard case .object(let members) = self else { return [] }
    return members
  }

  /// The object with one member of that name, in the place of the last one or at the end; with none where the value is
  /// nil.
  func setting(_ name: String, to value: JSONValue?) -> JSONValue {
    let last = members.lastIndex { $0.name == name }
    var kept: [JSONMember] = []
    for (index, member) in members.enumerated() {
      if member.name != name {
        kept.append(member)
      } else if let value, index == last {
        kept.append(JSONMember(name, value))
      }
    }
    if let value, last == nil { kept.append(JSONMember(name, value)) }
    return .object(kept)
  }

  /// An object of the members that there are.
  static func object(present members: [(name: String, value: JSONValue?)]) -> JSONValue {
    .object(members.compactMap { member in member.value.map { JSONMember(member.name, $0) } })
  }

  /// Whether this is a function of CloudFormation, which stands for one value.
  var isIntrinsic: Bool {
    guard case .object(let members) = self, members.count == 1, let name = members.first?.name else { return false }
    return name == "Ref" || name == "Condition" || name.hasPrefix("Fn::")
  }

  static func ref(_ logicalID: String) -> JSONValue { ["Ref": .string(logicalID)] }

  static func attribute(_ name: String, of logicalID: String) -> JSONValue {
    ["Fn::GetAtt": [.string(logicalID), .string(name)]]
  }

  /// The text, where this is a string.
  var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The elements, where this is an array.
  var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The value in an error's sentence: whole where it is short.
  var summary: String {
    let text = text
    return text.utf8.count <= 80 ? text : "\(text.prefix(77))..."
  }
}
