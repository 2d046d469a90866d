import JSON
import Testing

@testable import Templates

@Suite struct TemplateCheckTests {
  static func resources(_ resources: JSONValue, _ more: [JSONMember] = []) -> JSONValue {
    .object([JSONMember("Resources", resources)] + more)
  }

  static func thing(_ value: JSONValue) -> JSONValue { ["Type": "T", "Properties": ["P": value]] }

  @Test(
    arguments: [
      (resources(["A": thing(["Ref": "B"])]), "A: 'B' is neither a resource nor a parameter of the template"),
      (
        resources(["A": thing(["Fn::Sub": "${B.Arn}"])]), "A: 'B' is neither a resource nor a parameter of the template"
      ),
      (resources(["A": thing(["x": [["Fn::Nope": 1]]])]), "A: Fn::Nope is no function of the template language"),
      (resources(["A": thing(["Fn::If": ["C", 1, 2]])]), "A: there is no condition 'C'"),
      (resources(["A": ["Type": "T", "Condition": "C"]]), "A: there is no condition 'C'"),
      (
        resources(["A": ["Type": "T", "DependsOn": "B"]]),
        "A: DependsOn names 'B', which is no resource of the template"
      ),
      (
        resources([
          "A": thing(["Ref": "B"]), "B": thing(["Fn::GetAtt": ["C", "Arn"]]), "C": ["Type": "T", "DependsOn": ["A"]],
        ]),
        "Circular dependency between resources: A → B → C → A"
      ),
      (resources(["A": thing(["Ref": "A"])]), "Circular dependency between resources: A → A"),
      (
        resources([:], [JSONMember("Conditions", ["C": ["Condition": "D"], "D": ["Fn::Not": [["Condition": "C"]]]])]),
        "Circular dependency between conditions: C → D → C"
      ),
      (
        resources(["A": ["Type": "T"]], [JSONMember("Conditions", ["C": ["Fn::Equals": [["Ref": "A"], 1]]])]),
        "Conditions/C: a condition can only refer to parameters, not to 'A'"
      ),
      (
        resources([:], [JSONMember("Outputs", ["O": ["Value": ["Ref": "A"]]])]),
        "Outputs/O: 'A' is neither a resource nor a parameter of the template"
      ),
      (resources(["A": ["Properties": [:]]]), "A: the resource has no Type"),
      (resources(["A": ["Type": "T", "Properties": []]]), "A: Properties has to be an object, not []"),
      (resources(["A": 1]), "A: a resource has to be an object, not 1"), (["a": 1], "the template has no Resources"),
      ([], "a template has to be an object, not []"), (["Resources": []], "Resources has to be an object, not []"),
      (resources([:], [JSONMember("Parameters", ["P": [:]])]), "the parameter 'P' has no Type"),
      (
        .object([JSONMember("Resources", .object([JSONMember("A", thing(1)), JSONMember("A", thing(2))]))]),
        "Resources has 'A' twice"
      ),
    ] as [(JSONValue, String)])
  func whatIsWrongIsKnownBeforeAnyValue(document: JSONValue, text: String) {
    #expect {
      try Template(document).check()
    } throws: { error in
      "\(error)" == text
    }
  }

  @Test(arguments: [
    resources(["A": thing(["Ref": "Fn.Alias"]), "Fn": thing(1)]),
    resources(["A": thing(["Fn::GetAZs": ["Ref": "Nobody"]])]),
    resources(["A": thing(["Fn::Sub": ["${x}", ["x": ["Ref": "B"]]]]), "B": thing(["Ref": "AWS::Region"])]),
    resources([:], [JSONMember("Rules", ["R": ["Assertions": [["Assert": ["Fn::Contains": [1, 2]]]]]])]),
  ])
  func whatIsRightPasses(document: JSONValue) throws {
    try Template(document).check()
  }

  @Test func nestingHasALimit() {
    var value: JSONValue = 1
    for _ in 0..<200 { value = ["Fn::Join": ["", [value]]] }
    #expect(throws: TemplateError("the template is nested deeper than 100 levels")) {
      try Template(Self.resources(["A": Self.thing(value)]))
    }
  }

  @Test func aChainAsLongAsTheresAreResourcesIsNoProblem() throws {
    var members: [JSONMember] = []
    for index in 0..<5000 {
      members.append(JSONMember("R\(index)", Self.thing(index == 0 ? 1 : ["Ref": .string("R\(index - 1)")])))
    }
    try Template(Self.resources(.object(members))).check()
  }
}
