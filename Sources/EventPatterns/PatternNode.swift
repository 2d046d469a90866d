import JSON

/// The fields that a pattern asks for at one place of an event and below it; all of them must pass.
///
/// A path is the names on the way joined with dots, and a name with a dot in it is no different from two
/// names (recorded from AWS): names are cut at their dots here, and names of events are while they match.
struct PatternNode: Sendable, Equatable {
  /// What the value here must be. Empty where the pattern asks only for what is below.
  private var rules: [ValueRule] = []
  private var children: [Child] = []

  fileprivate struct Child: Sendable, Equatable {
    let name: String
    var node: PatternNode
  }

  /// A tree of fields; the paths must differ.
  init(_ fields: [FieldRules]) {
    for field in fields { insert(field.rules, at: field.path[...]) }
  }

  private init() {}

  private mutating func insert(_ rules: [ValueRule], at path: ArraySlice<String>) {
    guard let name = path.first else {
      self.rules = rules
      return
    }
    if let index = children.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
      children[index].node.insert(rules, at: path.dropFirst())
    } else {
      var node = PatternNode()
      node.insert(rules, at: path.dropFirst())
      children.append(Child(name: name, node: node))
    }
  }

  func matches(_ members: [JSONMember]) -> Bool {
    verdict(on: CollectionOfOne(members), Scalars()) != .mismatch
  }
}

/// What a pattern asks of one path.
struct FieldRules: Sendable, Equatable {
  let field: PatternField
  var rules: [ValueRule]

  var path: [String] { field.path }
}

// MARK: - Matching

extension PatternNode {
  private enum Verdict {
    case mismatch
    /// Everything passes, and only because nothing is there (`exists: false`).
    case passesByAbsence
    case passes
  }

  /// What the scalars at a node's own path say about the node's rules.
  private struct Scalars {
    var areThere = false
    var match = false
  }

  /// Judges what stands at the node's path: nothing, one value, or several where the event spells the path
  /// in more than one way.
  ///
  /// An array offers each of its elements. Scalars of an array speak for themselves, but all that a pattern
  /// asks of objects in an array must be found in one and the same element, and `exists: false` alone
  /// passes only when it does for every element. Each element is visited once, so the work is bounded by
  /// the size of the event, however it is nested.
  private func verdict(on values: some Collection<JSONValue>, _ inherited: Scalars) -> Verdict {
    var scalars = inherited
    var objects: [[JSONMember]] = []
    var elements: [JSONValue] = []
    for value in values {
      switch value {
      case .object(let members): objects.append(members)
      case .array(let array):
        for element in array {
          if element.isScalar { note(element, in: &scalars) } else { elements.append(element) }
        }
      default: note(value, in: &scalars)
      }
    }
    guard !elements.isEmpty else { return verdict(on: objects, scalars) }

    var everyVerdictIsAbsence = true
    if !objects.isEmpty {
      switch verdict(on: objects, scalars) {
      case .passes: return .passes
      case .passesByAbsence: break
      case .mismatch: everyVerdictIsAbsence = false
      }
    }
    for element in elements {
      switch verdict(on: CollectionOfOne(element), scalars) {
      case .passes: return .passes
      case .passesByAbsence: break
      case .mismatch: everyVerdictIsAbsence = false
      }
    }
    return everyVerdictIsAbsence ? .passesByAbsence : .mismatch
  }

  private func note(_ scalar: JSONValue, in scalars: inout Scalars) {
    guard !rules.isEmpty else { return }
    scalars.areThere = true
    scalars.match = scalars.match || rules.contains { $0.matches(scalar) }
  }

  /// Judges the objects at the node's path, whose members count as those of one object.
  private func verdict(on objects: some Collection<[JSONMember]>, _ scalars: Scalars) -> Verdict {
    var verdict = Verdict.passesByAbsence
    if scalars.areThere {
      guard scalars.match else { return .mismatch }
      verdict = .passes
    } else if !rules.isEmpty {
      // An object or an empty array at the path is no value of it: rules only see scalars (recorded).
      guard rules.contains(where: \.acceptsAbsence) else { return .mismatch }
    }
    for child in children {
      switch child.node.verdict(on: child.values(in: objects), Scalars()) {
      case .mismatch: return .mismatch
      case .passesByAbsence: break
      case .passes: verdict = .passes
      }
    }
    return verdict
  }
}

extension PatternNode.Child {
  fileprivate func values(in objects: some Collection<[JSONMember]>) -> [JSONValue] {
    var values: [JSONValue] = []
    for members in objects {
      for member in members {
        if let value = value(of: member) { values.append(value) }
      }
    }
    return values
  }

  /// The member's value where it has the child's name; where that is what its name begins with up to a dot,
  /// an object with the rest of the name.
  private func value(of member: JSONMember) -> JSONValue? {
    let length = name.utf8.count
    let memberName = member.name.utf8
    if memberName.count == length { return member.name.hasSameBytes(as: name) ? member.value : nil }
    guard memberName.count > length else { return nil }
    // The one byte is looked at before the many.
    let dot = memberName.index(memberName.startIndex, offsetBy: length)
    guard memberName[dot] == UInt8(ascii: "."), memberName.starts(with: name.utf8) else { return nil }
    let rest = member.name[memberName.index(after: dot)...]
    return .object([JSONMember(String(rest), member.value)])
  }
}
