import FoundationEssentials
import JSON
import Testing

@testable import Templates

/// Whatever a template says, it is taken apart or refused.
@Suite struct SAMMutationTests {
  @Test(arguments: TransformedTemplate.all)
  func mutatedTemplateIsTakenApartOrRefused(_ transformed: TransformedTemplate) throws {
    let seed = ProcessInfo.processInfo.environment["HEADRACE_SEED"].flatMap(UInt64.init) ?? 1
    let document = try JSONValue(parsing: Array(transformed.template.utf8))
    var mutation = Mutation(state: seed)
    for round in 0..<300 {
      var mutated = document
      for _ in 0...(round % 3) { mutated = mutation.mutated(mutated) }
      do throws(TemplateError) {
        let template = try SAM.expand(mutated).template
        // What is taken apart already has no events any more.
        #expect(try SAM.expand(template).template == template, "seed \(seed), round \(round)")
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }
}

/// Changes one value of a document, the same ones for the same seed.
private struct Mutation {
  var state: UInt64

  private static let values: [JSONValue] = [
    .null, true, 0, "", "SQS", "Ref", "AWS::Serverless::Function", [], [:], ["Ref": "Worker"], [[:], "x"],
    ["Fn::GetAtt": ["Worker"]], ["Fn::Sub": "${"], ["Fn::If": []], ["Ref": [:]],
  ]

  /// SplitMix64.
  private mutating func next(below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ (value >> 31)) % UInt64(limit))
  }

  mutating func mutated(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(var members) where !members.isEmpty && next(below: 6) > 0:
      let index = next(below: members.count)
      switch next(below: 8) {
      case 0: members.remove(at: index)
      case 1: members.append(members[index])
      case 2: members[index].name = members[next(below: members.count)].name
      default: members[index].value = mutated(members[index].value)
      }
      return .object(members)
    case .array(var elements) where !elements.isEmpty && next(below: 6) > 0:
      let index = next(below: elements.count)
      switch next(below: 4) {
      case 0: elements.remove(at: index)
      case 1: elements.append(elements[index])
      default: elements[index] = mutated(elements[index])
      }
      return .array(elements)
    default:
      return Self.values[next(below: Self.values.count)]
    }
  }
}
