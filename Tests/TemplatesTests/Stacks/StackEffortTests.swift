import JSON
import Testing

@testable import Templates

/// Resources whose references multiply from each to the next: each is found once.
@Suite struct StackEffortTests {
  private static func apply(_ resources: [JSONMember], outputs: JSONValue = [:]) async throws(StackError)
    -> StackOutcome
  {
    let application = Stacks.Application(
      identity: StackTests.identity, document: ["Resources": .object(resources), "Outputs": outputs])
    return try await FakeWorld().stacks().apply(application)
  }

  /// Functions `F0`, `F1`, … of which each has a name made of the one before; the first is `f`.
  private static func chain(_ length: Int, _ name: (_ before: String) -> JSONValue) -> [JSONMember] {
    (0...length).map { level in
      let name = level == 0 ? "f" : name("F\(level - 1)")
      return JSONMember("F\(level)", ["Type": "AWS::Lambda::Function", "Properties": ["FunctionName": name]])
    }
  }

  /// One of two equal values.
  private static func either(_ value: JSONValue) -> JSONValue { ["Fn::Select": [0, [value, value]]] }

  @Test(.timeLimit(.minutes(5))) func namesThatReferToNamesTwiceAreFoundOnce() async throws {
    let resources = Self.chain(60) { Self.either(["Ref": .string($0)]) }
    let outcome = try await Self.apply(resources, outputs: ["Name": ["Value": ["Ref": "F60"]]])
    #expect(outcome.record.outputs.first?.value == "f")
  }

  @Test(.timeLimit(.minutes(5))) func namesThatGrowWithoutEndAreRefused() async throws {
    let resources = Self.chain(60) { ["Fn::Sub": .string("${\($0)}${\($0)}")] }
    await #expect {
      try await Self.apply(resources)
    } throws: { error in
      "\(error)".contains("functions give more than 1 MiB of text here")
    }
  }

  /// Each name is found when its turn comes, and so none is looked for deeper than one level.
  @Test(.timeLimit(.minutes(5))) func aChainOfNamesIsAsLongAsItLikes() async throws {
    let resources = Self.chain(3_000) { ["Ref": .string($0)] }
    let outcome = try await Self.apply(resources, outputs: ["Name": ["Value": ["Ref": "F3000"]]])
    #expect(outcome.record.outputs.first?.value == "f")
  }

  /// Whether a nested stack's resources are wanted is asked before anything has its turn.
  @Test(.timeLimit(.minutes(5))) func aChainOfNamesThatNoThreadHoldsIsRefused() async throws {
    let inner: JSONValue = ["Parameters": ["P": ["Type": "String"]], "Resources": ["Q": ["Type": "AWS::SQS::Queue"]]]
    let nested: JSONValue = [
      "Type": "AWS::CloudFormation::Stack", "Properties": ["Parameters": ["P": ["Ref": "F3000"]]],
      "Metadata": ["headrace:template": inner],
    ]
    let resources = Self.chain(3_000) { ["Ref": .string($0)] } + [JSONMember("Nested", nested)]
    await #expect {
      try await Self.apply(resources)
    } throws: { error in
      "\(error)".contains("nested deeper than")
    }
  }

  @Test(.timeLimit(.minutes(5))) func nestedStacksThatHandOnTwiceWhatTheyWereGivenAreEvaluatedOnce() async throws {
    let inner: JSONValue = [
      "Parameters": ["P": ["Type": "String"], "Q": ["Type": "String"]],
      "Conditions": ["C": ["Fn::Equals": [["Ref": "P"], ["Ref": "Q"]]]],
      "Resources": ["F": ["Type": "AWS::Lambda::Function", "Condition": "C"]],
      "Outputs": ["O": ["Value": Self.either(["Ref": "P"])]],
    ]
    var resources: [JSONMember] = []
    for level in 0...60 {
      let below: JSONValue = level == 0 ? "x" : ["Fn::GetAtt": [.string("S\(level - 1)"), "Outputs.O"]]
      resources.append(
        JSONMember(
          "S\(level)",
          [
            "Type": "AWS::CloudFormation::Stack", "Properties": ["Parameters": ["P": below, "Q": below]],
            "Metadata": ["headrace:template": inner],
          ]))
    }
    let outcome = try await Self.apply(resources, outputs: ["O": ["Value": ["Fn::GetAtt": ["S60", "Outputs.O"]]]])
    #expect(outcome.record.outputs.first?.value == "x")
    #expect(outcome.functions.count == 61)
  }

  @Test func nestedStacksHaveALimit() async throws {
    let nested: JSONValue = [
      "Type": "AWS::CloudFormation::Stack", "Metadata": ["headrace:template": ["Resources": [:]]],
    ]
    let resources = (0...StackModel.maximumNestedStacks).map { JSONMember("S\($0)", nested) }
    await #expect {
      try await Self.apply(resources)
    } throws: { error in
      "\(error)".contains("there are more than 2500 nested stacks")
    }
  }
}
