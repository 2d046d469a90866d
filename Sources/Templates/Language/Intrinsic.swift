import JSON

/// A function of the template language, its arguments taken apart
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html).
enum Intrinsic {
  case ref(String)
  /// The attribute may be an expression.
  case getAtt(String, attribute: JSONValue)
  case join(delimiter: String, JSONValue)
  case sub([SubstitutionPart], variables: [JSONMember])
  case select(index: JSONValue, JSONValue)
  case split(delimiter: String, JSONValue)
  case choose(condition: String, then: JSONValue, otherwise: JSONValue)
  case findInMap(map: JSONValue, first: JSONValue, second: JSONValue, fallback: JSONValue?)
  case importValue(JSONValue)
  /// The role with which CloudFormation looks is of no use here.
  case getStackOutput(stack: JSONValue, output: JSONValue, region: JSONValue?, role: JSONValue?)
  case base64(JSONValue)
  case length(JSONValue)
  case toJSONString(JSONValue)
  case equals(JSONValue, JSONValue)
  case and([JSONValue])
  case or([JSONValue])
  case not(JSONValue)
  /// Part of the language, and nothing that is evaluated here.
  case unsupported(name: String, JSONValue)

  /// Part of a text with references in it.
  enum SubstitutionPart: Equatable {
    case text(String)
    /// `Queue` or `Queue.Arn`.
    case reference(String)
  }

  private static let evaluated: Set<String> = [
    "Fn::GetAtt", "Fn::Join", "Fn::Sub", "Fn::Select", "Fn::Split", "Fn::If", "Fn::FindInMap", "Fn::ImportValue",
    "Fn::GetStackOutput", "Fn::Base64", "Fn::Length", "Fn::ToJsonString", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not",
  ]
  /// Those of the language that are known by name; those of rules among them.
  private static let known: Set<String> = [
    "Fn::GetAZs", "Fn::Cidr", "Fn::Transform", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll",
    "Fn::ValueOf", "Fn::ValueOfAll",
  ]
  static let names = evaluated.union(known)

  /// Takes an expression apart; nil where it is a plain value.
  init?(_ expression: JSONValue) throws(TemplateError) {
    guard case .object(let members) = expression else { return nil }
    guard members.count == 1, let member = members.first else {
      if let function = members.first(where: { Self.evaluated.contains($0.name) }) {
        throw TemplateError("\(function.name) has to be the only member of its object")
      }
      return nil
    }
    let (name, argument) = (member.name, member.value)
    if name == "Ref" {
      guard let target = argument.string else {
        throw Self.malformed(name, "the name of a resource or parameter", argument)
      }
      self = .ref(target)
      return
    }
    guard name.hasPrefix("Fn::") else { return nil }
    guard Self.evaluated.contains(name) else {
      guard Self.known.contains(name) || name.hasPrefix("Fn::ForEach::") else {
        throw TemplateError("\(name) is no function of the template language")
      }
      self = .unsupported(name: name, argument)
      return
    }
    self = try Self.function(name, argument)
  }

  private static func function(_ name: String, _ argument: JSONValue) throws(TemplateError) -> Intrinsic {
    let list = argument.elements
    switch name {
    case "Fn::GetAtt": return try getAtt(argument)
    case "Fn::Sub": return try sub(argument)
    case "Fn::GetStackOutput": return try getStackOutput(argument)
    case "Fn::Join":
      guard let list, list.count == 2, let delimiter = list[0].string else {
        throw malformed(name, "a list of a delimiter and a list of values", argument)
      }
      return .join(delimiter: delimiter, list[1])
    case "Fn::Split":
      guard let list, list.count == 2, let delimiter = list[0].string, !delimiter.isEmpty else {
        throw malformed(name, "a list of a delimiter and a text", argument)
      }
      return .split(delimiter: delimiter, list[1])
    case "Fn::Select":
      guard let list, list.count == 2 else {
        throw malformed(name, "a list of an index and a list of values", argument)
      }
      return .select(index: list[0], list[1])
    case "Fn::If":
      guard let list, list.count == 3, let condition = list[0].string else {
        throw malformed(name, "a list of a condition's name and two values", argument)
      }
      return .choose(condition: condition, then: list[1], otherwise: list[2])
    case "Fn::FindInMap":
      guard let list, list.count == 3 || list.count == 4 else {
        throw malformed(name, "a list of a mapping's name and two keys", argument)
      }
      let fallback = list.count == 4 ? list[3]["DefaultValue"] : nil
      guard list.count == 3 || fallback != nil else { throw malformed(name, "a DefaultValue at the end", argument) }
      return .findInMap(map: list[0], first: list[1], second: list[2], fallback: fallback)
    case "Fn::Equals":
      guard let list, list.count == 2 else { throw malformed(name, "a list of two values", argument) }
      return .equals(list[0], list[1])
    case "Fn::And", "Fn::Or":
      guard let list, (2...10).contains(list.count) else {
        throw malformed(name, "a list of 2 to 10 conditions", argument)
      }
      return name == "Fn::And" ? .and(list) : .or(list)
    case "Fn::Not":
      guard let list, list.count == 1 else { throw malformed(name, "a list of one condition", argument) }
      return .not(list[0])
    case "Fn::ImportValue": return .importValue(argument)
    case "Fn::Base64": return .base64(argument)
    case "Fn::Length": return .length(argument)
    default: return .toJSONString(argument)
    }
  }

  /// `["Queue", "Arn"]`, or `"Queue.Arn"` as YAML has it.
  private static func getAtt(_ argument: JSONValue) throws(TemplateError) -> Intrinsic {
    switch argument {
    case .array(let parts) where parts.count == 2:
      guard let target = parts[0].string else { break }
      return .getAtt(target, attribute: parts[1])
    case .array(let parts) where parts.count > 2:
      // Outputs of nested stacks and the like may come with their dots taken apart.
      let texts = parts.compactMap(\.string)
      guard texts.count == parts.count else { break }
      return .getAtt(texts[0], attribute: .string(texts.dropFirst().joined(separator: ".")))
    case .string(let text):
      guard let dot = text.firstIndex(of: "."), dot != text.startIndex else { break }
      return .getAtt(String(text[..<dot]), attribute: .string(String(text[text.index(after: dot)...])))
    default: break
    }
    throw malformed("Fn::GetAtt", "a resource and an attribute", argument)
  }

  private static func getStackOutput(_ argument: JSONValue) throws(TemplateError) -> Intrinsic {
    let names: Set<String> = ["StackName", "OutputName", "Region", "RoleArn"]
    guard let stack = argument["StackName"], let output = argument["OutputName"],
      argument.members.allSatisfy({ names.contains($0.name) })
    else {
      throw malformed("Fn::GetStackOutput", "an object of StackName, OutputName, Region and RoleArn", argument)
    }
    return .getStackOutput(stack: stack, output: output, region: argument["Region"], role: argument["RoleArn"])
  }

  private static func sub(_ argument: JSONValue) throws(TemplateError) -> Intrinsic {
    switch argument {
    case .string(let text): return .sub(try parts(of: text), variables: [])
    case .array(let list) where list.count == 2:
      guard let text = list[0].string, case .object(let variables) = list[1] else { break }
      return .sub(try parts(of: text), variables: variables)
    default: break
    }
    throw malformed("Fn::Sub", "a text, or a list of a text and an object of its variables", argument)
  }

  /// `a-${Queue.Arn}-${!Literal}`
  private static func parts(of text: String) throws(TemplateError) -> [SubstitutionPart] {
    var parts: [SubstitutionPart] = []
    var literal = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
        throw TemplateError("Fn::Sub has a '${' without its '}' in '\(text.prefix(80))'")
      }
      literal += rest[..<start.lowerBound]
      let name = rest[start.upperBound..<end]
      if name.first == "!" {
        literal += "${\(name.dropFirst())}"
      } else {
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        parts.append(.reference(name.trimmingSpaces))
      }
      rest = rest[rest.index(after: end)...]
    }
    literal += rest
    if !literal.isEmpty { parts.append(.text(literal)) }
    return parts
  }

  private static func malformed(_ name: String, _ form: String, _ argument: JSONValue) -> TemplateError {
    TemplateError("\(name) takes \(form), not \(argument.summary)")
  }

  /// The expressions in its arguments.
  var arguments: [JSONValue] {
    switch self {
    case .ref: []
    case .getAtt(_, let attribute): [attribute]
    case .join(_, let value), .split(_, let value), .importValue(let value), .base64(let value), .length(let value),
      .toJSONString(let value), .not(let value):
      [value]
    case .unsupported(_, let value): [value]
    case .getStackOutput(let stack, let output, let region, let role):
      [stack, output] + [region, role].compactMap(\.self)
    case .sub(_, let variables): variables.map(\.value)
    case .select(let index, let list): [index, list]
    case .choose(_, let then, let otherwise): [then, otherwise]
    case .findInMap(let map, let first, let second, let fallback): [map, first, second] + [fallback].compactMap(\.self)
    case .equals(let left, let right): [left, right]
    case .and(let conditions), .or(let conditions): conditions
    }
  }

  /// Whether its value is more than one of its arguments.
  var makesSomething: Bool {
    if case .choose = self { false } else { true }
  }

  /// The names that it refers to itself: of resources, parameters and pseudo parameters.
  var references: [String] {
    switch self {
    case .ref(let name), .getAtt(let name, _): return [name]
    case .sub(let parts, let variables):
      return parts.compactMap { part in
        guard case .reference(let name) = part, !variables.contains(where: { $0.name == name }) else { return nil }
        return name.hasPrefix("AWS::") ? name : String(name.prefix { $0 != "." })
      }
    default: return []
    }
  }
}

extension Substring {
  /// Without the spaces at its ends.
  var trimmingSpaces: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
