import FoundationEssentials
import JSON

/// What the functions of the template language give.
extension Evaluator {
  func value(of intrinsic: Intrinsic) throws(EvaluationError) -> JSONValue? {
    switch intrinsic {
    case .ref(let name): return try reference(name)
    case .getAtt(let name, let attribute): return try resource(name, try text(attribute, "Fn::GetAtt"))
    case .join(let delimiter, let list): return .string(try joined(try elements(list, "Fn::Join"), delimiter))
    case .sub(let parts, let variables): return .string(try substituted(parts, variables))
    case .select(let index, let list):
      let elements = try elements(list, "Fn::Select")
      guard let number = Int(try text(index, "Fn::Select")), elements.indices.contains(number) else {
        throw .wrong("Fn::Select has no element \(index.summary) among \(elements.count)")
      }
      return elements[number]
    case .split(let delimiter, let source):
      let parts = try text(source, "Fn::Split").utf8.split(
        separator: Array(delimiter.utf8), omittingEmptySubsequences: false)
      return .array(parts.map { .string(String(Substring($0))) })
    case .choose(let condition, let then, let otherwise):
      return try value(try isTrue(condition: condition) ? then : otherwise)
    case .findInMap(let map, let first, let second, let fallback):
      return try found(map, first, second, fallback)
    case .importValue(let name): return try imports(.export(try text(name, "Fn::ImportValue")))
    case .getStackOutput(let stack, let output, let region, _): return try imported(output, stack, region)
    case .base64(let text): return .string(Data(try self.text(text, "Fn::Base64").utf8).base64EncodedString())
    case .length(let list): return .number(JSONNumber(try elements(list, "Fn::Length").count))
    case .toJSONString(let value):
      guard let value = try self.value(value), !value.isScalar else {
        throw .wrong("Fn::ToJsonString takes an object or a list")
      }
      return .string(value.text)
    case .equals, .and, .or, .not: return .bool(try isTrue(intrinsic))
    case .unsupported(let name, _): throw .wrong("\(name) is not supported")
    }
  }

  private func reference(_ name: String) throws(EvaluationError) -> JSONValue? {
    switch name {
    case "AWS::AccountId": return .string(identity.account)
    case "AWS::Region": return .string(identity.region)
    case "AWS::Partition": return .string(identity.partition)
    case "AWS::URLSuffix": return .string(identity.urlSuffix)
    case "AWS::StackName": return .string(identity.name)
    case "AWS::StackId": return .string(identity.id)
    case "AWS::NotificationARNs": return []
    case "AWS::NoValue": return nil
    default:
      if let value = try parameters.value(name) { return value }
      return try resource(name, nil)
    }
  }

  private func resource(_ name: String, _ attribute: String?) throws(EvaluationError) -> JSONValue {
    guard let resource = template.resource(name) else {
      throw .wrong("'\(name)' is neither a resource nor a parameter of the template")
    }
    guard try exists(resource) else {
      throw .wrong(
        "it refers to '\(name)', which is not there, as its condition '\(resource.condition ?? "")' does not hold")
    }
    return try lookup(name, attribute)
  }

  private func substituted(
    _ parts: [Intrinsic.SubstitutionPart], _ variables: [JSONMember]
  ) throws(EvaluationError) -> String {
    var values: [String: String] = [:]
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .reference(let name):
        if values[name] == nil { values[name] = try substitute(name, variables) }
        text += values[name, default: ""]
      }
      try effort.allow(text.utf8.count)
    }
    return text
  }

  private func substitute(_ name: String, _ variables: [JSONMember]) throws(EvaluationError) -> String {
    let value: JSONValue?
    if let variable = variables.last(where: { $0.name == name }) {
      value = try self.value(variable.value)
    } else if let dot = name.firstIndex(of: "."), !name.hasPrefix("AWS::") {
      value = try resource(String(name[..<dot]), String(name[name.index(after: dot)...]))
    } else {
      value = try reference(name)
    }
    guard let value else { throw .wrong("Fn::Sub has nothing for ${\(name)}") }
    return try Self.text(value, "Fn::Sub")
  }

  /// Texts with a delimiter between them; how long that is, is known beforehand.
  private func joined(_ values: [JSONValue], _ delimiter: String) throws(EvaluationError) -> String {
    let parts = try values.map { (part) throws(EvaluationError) in try Self.text(part, "Fn::Join") }
    try effort.allow(parts.reduce(max(0, parts.count - 1) * delimiter.utf8.count) { $0 + $1.utf8.count })
    return parts.joined(separator: delimiter)
  }

  private func imported(
    _ output: JSONValue, _ stack: JSONValue, _ given: JSONValue?
  ) throws(EvaluationError) -> JSONValue {
    let function = "Fn::GetStackOutput"
    var region = identity.region
    if let given, let value = try value(given) { region = try Self.text(value, function) }
    return try imports(.output(try text(output, function), stack: try text(stack, function), region: region))
  }

  private func found(
    _ map: JSONValue, _ first: JSONValue, _ second: JSONValue, _ fallback: JSONValue?
  ) throws(EvaluationError) -> JSONValue? {
    let keys = [try text(map, "Fn::FindInMap"), try text(first, "Fn::FindInMap"), try text(second, "Fn::FindInMap")]
    if let value = template.mappings[keys[0]]?[keys[1]]?[keys[2]] { return value }
    if let fallback { return try value(fallback) }
    throw .wrong("Fn::FindInMap finds nothing under \(keys.joined(separator: ", "))")
  }
}
