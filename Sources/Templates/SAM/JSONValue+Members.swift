import JSON

extension JSONValue {
  /// The members of an object; none where this is none.
  var members: [JSONMember] {
    guard case .object(let members) = self else { return [] }
    return members
  }

  /// The object with a member of that name set in its place, added at the end, or without it where the value is nil.
  func setting(_ name: String, to value: JSONValue?) -> JSONValue {
    var members = members
    let index = members.lastIndex { $0.name == name }
    switch (index, value) {
    case (let index?, let value?): members[index].value = value
    case (let index?, nil): members.remove(at: index)
    case (nil, let value?): members.append(JSONMember(name, value))
    case (nil, nil): break
    }
    return .object(members)
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
}
