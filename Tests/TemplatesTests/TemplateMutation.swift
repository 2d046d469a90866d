import JSON
import TestSupport

/// Changes documents and texts at random.
struct TemplateMutation {
  private var random: SeededGenerator

  /// Changes of a new seed.
  static func announced(for purpose: String) -> TemplateMutation {
    TemplateMutation(random: .announced(for: purpose))
  }

  private static let values: [JSONValue] = [
    .null, true, 0, -1, "", "SQS", "Ref", "AWS::Serverless::Function", [], [:], ["Ref": "Queue"], ["Ref": "Function"],
    [[:], "x"], ["Fn::GetAtt": ["Worker"]], ["Fn::GetAtt": ["Queue", "Arn"]], ["Fn::Sub": "${"],
    ["Fn::Sub": "${Queue}"],
    ["Fn::If": []], ["Ref": [:]], ["Ref": "AWS::NoValue"], ["Condition": "Any"],
    ["Fn::Join": ["", [["Ref": "Mapping"]]]],
  ]
  private static let functions = [
    "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::Base64", "Fn::Length", "Fn::ToJsonString",
    "Fn::Not",
    "Fn::FindInMap", "Fn::ImportValue", "Ref", "Fn::GetAtt", "Fn::Unknown", "Condition",
  ]

  private mutating func below(_ limit: Int) -> Int { random.index(below: limit) }

  /// One value somewhere in a document becomes another, goes, comes twice or is wrapped in a function.
  mutating func mutated(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(var members) where !members.isEmpty && below(6) > 0:
      let index = below(members.count)
      switch below(8) {
      case 0: members.remove(at: index)
      case 1: members.append(members[index])
      case 2: members[index].name = members[below(members.count)].name
      default: members[index].value = mutated(members[index].value)
      }
      return .object(members)
    case .array(var elements) where !elements.isEmpty && below(6) > 0:
      let index = below(elements.count)
      switch below(4) {
      case 0: elements.remove(at: index)
      case 1: elements.append(elements[index])
      default: elements[index] = mutated(elements[index])
      }
      return .array(elements)
    default:
      if below(4) == 0 { return .object([JSONMember(random.element(of: Self.functions), value)]) }
      return random.element(of: Self.values)
    }
  }

  /// Some bytes of a text are changed, left out or repeated.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(4) where !bytes.isEmpty {
      let index = below(bytes.count)
      switch below(4) {
      case 0: bytes[index] = UInt8(below(256))
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 1 + below(40))], at: index)
      default: bytes.removeSubrange(index..<min(bytes.count, index + 1 + below(40)))
      }
    }
    return bytes
  }
}
