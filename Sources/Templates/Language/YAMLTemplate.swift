import JSON
import Yams

/// Reads YAML into the document that the same template in JSON would be.
///
/// Aliases are kept from Yams, which would copy and hash what they stand for without a limit: a character that the text does
/// not have takes the place of each asterisk, so that an alias is read as a scalar; everywhere else it is put back.
struct YAMLTemplate {
  /// Aliases repeat what they stand for: a few lines can mean more than any memory holds.
  static let maximumNodes = 500_000

  private static let asterisk: Unicode.Scalar = "*"

  /// What stands for an asterisk.
  private let mark: Unicode.Scalar
  private var nodes = 0
  private var anchors: [String: Anchored] = [:]

  private struct Anchored {
    var value: JSONValue
    var nodes: Int
  }

  static func parse(_ text: String) throws(TemplateError) -> JSONValue {
    guard let mark = unusedScalar(in: text) else {
      throw TemplateError("the template has every character for private use in it; leave one out")
    }
    let parser: Parser
    let root: Node?
    do {
      parser = try Parser(yaml: text.replacing(asterisk, with: mark))
      root = try parser.singleRoot()
    } catch {
      throw TemplateError("the template is not valid YAML: \("\(error)".replacing(mark, with: asterisk))")
    }
    guard let root else { throw TemplateError("the template is empty") }
    // Nodes refer to their anchors weakly: the parser is who keeps them.
    return try withExtendedLifetime(parser) { () throws(TemplateError) in
      var reader = YAMLTemplate(mark: mark)
      return try reader.value(root, depth: 0)
    }
  }

  private init(mark: Unicode.Scalar) { self.mark = mark }

  /// One of those characters that mean nothing by themselves.
  private static func unusedScalar(in text: String) -> Unicode.Scalar? {
    let used = Set(text.unicodeScalars.lazy.filter { (0xE000...0xF8FF).contains($0.value) })
    return (0xE000...0xF8FF).lazy.compactMap { Unicode.Scalar(UInt32($0)) }.first { !used.contains($0) }
  }

  private mutating func value(_ node: Node, depth: Int) throws(TemplateError) -> JSONValue {
    guard depth <= Template.maximumDepth else { throw Self.tooDeep(at: node.mark) }
    if case .scalar(let scalar) = node, let name = alias(scalar) { return try value(ofAlias: name, node, depth) }
    let before = nodes
    try count(1)
    let value = try written(node, depth: depth)
    if let anchor = node.anchor { anchors[anchor.rawValue] = Anchored(value: value, nodes: nodes - before) }
    return value
  }

  private mutating func count(_ more: Int) throws(TemplateError) {
    nodes += more
    guard nodes <= Self.maximumNodes else {
      throw TemplateError("the template has more than \(Self.maximumNodes) values, aliases counted as what they repeat")
    }
  }

  /// The name, where a scalar is an alias: nothing else without quotes can begin with an asterisk.
  private func alias(_ scalar: Node.Scalar) -> String? {
    guard scalar.style == .plain, scalar.string.unicodeScalars.first == mark else { return nil }
    return String(scalar.string.dropFirst())
  }

  private mutating func value(ofAlias name: String, _ node: Node, _ depth: Int) throws(TemplateError) -> JSONValue {
    guard let anchored = anchors[name] else {
      throw Self.error("there is no anchor '\(name)' before its alias", at: node.mark)
    }
    guard node.anchor == nil, !node.tag.description.hasPrefix("!") else {
      throw Self.error("an alias takes neither a tag nor an anchor", at: node.mark)
    }
    try count(anchored.nodes)
    guard anchored.value.isShallow(Template.maximumDepth - depth) else { throw Self.tooDeep(at: node.mark) }
    return anchored.value
  }

  private mutating func written(_ node: Node, depth: Int) throws(TemplateError) -> JSONValue {
    switch node {
    case .scalar(let scalar): return try value(scalar)
    case .sequence(let sequence):
      let elements = try sequence.map { (element) throws(TemplateError) in try value(element, depth: depth + 1) }
      return try shortForm(sequence.tag.description, of: .array(elements), at: sequence.mark)
    case .mapping(let mapping):
      return try shortForm(mapping.tag.description, of: object(mapping, depth: depth), at: mapping.mark)
    case .alias(let alias): throw Self.error("an alias cannot be read here", at: alias.mark)
    }
  }

  private func text(_ scalar: Node.Scalar) -> String { scalar.string.replacing(mark, with: Self.asterisk) }

  private func value(_ scalar: Node.Scalar) throws(TemplateError) -> JSONValue {
    let tag = scalar.tag.description
    let text = text(scalar)
    if tag.hasPrefix("!") && tag != "!" { return try shortForm(tag, of: .string(text), at: scalar.mark) }
    guard scalar.style == .any || scalar.style == .plain, !tag.hasSuffix(":str"), tag != "!" else {
      return .string(text)
    }
    return Self.plain(text)
  }

  /// What a scalar without quotes means. YAML 1.1 would take more for numbers, dates and booleans; an account such as
  /// `012345678901`, a date and the country `no` are what they look like here.
  private static func plain(_ text: String) -> JSONValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default:
      guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
        let number = try? JSONValue(parsing: Array(text.utf8)), case .number = number
      else { return .string(text) }
      return number
    }
  }

  private mutating func object(_ mapping: Node.Mapping, depth: Int) throws(TemplateError) -> JSONValue {
    var members: [JSONMember] = []
    var names: Set<String> = []
    var merged: [JSONMember] = []
    for (key, node) in mapping {
      guard case .scalar(let scalar) = key else { throw Self.error("a key has to be a text", at: key.mark) }
      guard scalar.string == "<<", scalar.style == .plain else {
        let name = try name(scalar, key)
        guard names.insert(name).inserted else { throw Self.error("the key '\(name)' stands twice", at: key.mark) }
        members.append(JSONMember(name, try value(node, depth: depth + 1)))
        continue
      }
      let value = try value(node, depth: depth + 1)
      switch value {
      case .object(let others): merged += others
      case .array(let list): merged += list.flatMap(\.members)
      default: throw Self.error("'<<' has to be an object", at: mapping.mark)
      }
    }
    // What is written here wins over what is merged, and what is merged first over what comes later.
    for member in merged where names.insert(member.name).inserted { members.append(member) }
    return .object(members)
  }

  private mutating func name(_ scalar: Node.Scalar, _ key: Node) throws(TemplateError) -> String {
    guard let alias = alias(scalar) else {
      let name = text(scalar)
      if let anchor = scalar.anchor { anchors[anchor.rawValue] = Anchored(value: .string(name), nodes: 1) }
      return name
    }
    guard let name = try value(ofAlias: alias, key, 0).string else {
      throw Self.error("a key has to be a text", at: key.mark)
    }
    return name
  }

  /// `!Sub …` as `{"Fn::Sub": …}`.
  private func shortForm(_ tag: String, of value: JSONValue, at mark: Mark?) throws(TemplateError) -> JSONValue {
    guard tag.hasPrefix("!"), tag != "!" else { return value }
    let name = String(tag.dropFirst())
    switch name {
    case "Ref", "Condition": return .object([JSONMember(name, value)])
    case "GetAtt":
      guard case .string(let text) = value, let dot = text.firstIndex(of: ".") else {
        return .object([JSONMember("Fn::GetAtt", value)])
      }
      return ["Fn::GetAtt": [.string(String(text[..<dot])), .string(String(text[text.index(after: dot)...]))]]
    default:
      guard Intrinsic.names.contains("Fn::\(name)") else { throw Self.error("the tag \(tag) is unknown", at: mark) }
      return .object([JSONMember("Fn::\(name)", value)])
    }
  }

  private static func tooDeep(at mark: Mark?) -> TemplateError {
    error("the template is nested deeper than \(Template.maximumDepth) levels", at: mark)
  }

  private static func error(_ text: String, at mark: Mark?) -> TemplateError {
    TemplateError(mark.map { "line \($0.line), column \($0.column): \(text)" } ?? text)
  }
}

extension String {
  fileprivate func replacing(_ scalar: Unicode.Scalar, with other: Unicode.Scalar) -> String {
    guard unicodeScalars.contains(scalar) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0 == scalar ? other : $0 }))
  }
}
