public import JSON
import Yams

/// Templates as text: JSON, or YAML 1.1 with CloudFormation's short forms
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html).
public enum TemplateText {
  /// The document that a text holds; both languages give the same one.
  public static func parse(_ bytes: [UInt8]) throws(TemplateError) -> JSONValue {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TemplateError("the template is not UTF-8 text")
    }
    let start = text.unicodeScalars.first { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }
    guard let start else { throw TemplateError("the template is empty") }
    guard start == "{" else { return try YAMLTemplate.parse(text) }
    let marked = text.unicodeScalars.first == "\u{FEFF}" ? Array(bytes.dropFirst(3)) : bytes
    do throws(JSONParseError) {
      return try JSONValue(parsing: marked)
    } catch {
      throw TemplateError("the template is not valid JSON: \(error)")
    }
  }
}

/// Reads YAML into the document that the same template in JSON would be.
struct YAMLTemplate {
  /// Aliases repeat what they stand for: a few lines can mean more than any memory holds.
  static let maximumNodes = 500_000

  private var nodes = 0

  static func parse(_ text: String) throws(TemplateError) -> JSONValue {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw TemplateError("the template is not valid YAML: \(error)")
    }
    guard let root else { throw TemplateError("the template is empty") }
    var reader = YAMLTemplate()
    return try reader.value(root)
  }

  private mutating func value(_ node: Node) throws(TemplateError) -> JSONValue {
    nodes += 1
    guard nodes <= Self.maximumNodes else {
      throw TemplateError("the template has more than \(Self.maximumNodes) values, aliases counted as what they repeat")
    }
    switch node {
    case .scalar(let scalar): return try value(scalar)
    case .sequence(let sequence):
      let elements = try sequence.map { (element) throws(TemplateError) in try value(element) }
      return try shortForm(sequence.tag.description, of: .array(elements), at: sequence.mark)
    case .mapping(let mapping): return try shortForm(mapping.tag.description, of: object(mapping), at: mapping.mark)
    case .alias(let alias): throw Self.error("an alias cannot be read here", at: alias.mark)
    }
  }

  private func value(_ scalar: Node.Scalar) throws(TemplateError) -> JSONValue {
    let tag = scalar.tag.description
    if tag.hasPrefix("!") && tag != "!" { return try shortForm(tag, of: .string(scalar.string), at: scalar.mark) }
    guard scalar.style == .any || scalar.style == .plain, !tag.hasSuffix(":str"), tag != "!" else {
      return .string(scalar.string)
    }
    return Self.plain(scalar.string)
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

  private mutating func object(_ mapping: Node.Mapping) throws(TemplateError) -> JSONValue {
    var members: [JSONMember] = []
    var merged: [JSONMember] = []
    for (key, node) in mapping {
      guard case .scalar(let name) = key else { throw Self.error("a key has to be a text", at: mapping.mark) }
      let value = try value(node)
      guard name.string == "<<", name.style == .plain else {
        members.append(JSONMember(name.string, value))
        continue
      }
      switch value {
      case .object(let others): merged += others
      case .array(let list): merged += list.flatMap(\.members)
      default: throw Self.error("'<<' has to be an object", at: mapping.mark)
      }
    }
    // What is written here wins over what is merged, and what is merged first over what comes later.
    for member in merged where !members.contains(where: { $0.name == member.name }) { members.append(member) }
    return .object(members)
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

  private static func error(_ text: String, at mark: Mark?) -> TemplateError {
    TemplateError(mark.map { "line \($0.line), column \($0.column): \(text)" } ?? text)
  }
}
