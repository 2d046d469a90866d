import JSON
import Testing

@testable import Templates

/// Values of expressions, each in a template that has a bit of everything.
@Suite struct EvaluatorTests {
  static let template: JSONValue = [
    "Parameters": [
      "Text": ["Type": "String", "Default": "hello"], "Number": ["Type": "Number", "Default": 7],
      "List": ["Type": "CommaDelimitedList", "Default": "a, b,c"],
      "Version": ["Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"],
    ],
    "Mappings": ["Sizes": ["eu-west-1": ["Small": 3, "Zones": ["a", "b"]]]],
    "Conditions": [
      "Yes": ["Fn::Equals": [["Ref": "Text"], "hello"]], "No": ["Fn::Not": [["Condition": "Yes"]]],
      "Both": ["Fn::And": [["Condition": "Yes"], ["Condition": "No"]]],
      "Either": ["Fn::Or": [["Condition": "Yes"], ["Condition": "No"]]],
      "Numbers": ["Fn::Equals": [["Ref": "Number"], 7]],
    ],
    "Resources": [
      "Queue": ["Type": "AWS::SQS::Queue"], "Later": ["Type": "AWS::SQS::Queue"],
      "Absent": ["Type": "AWS::SQS::Queue", "Condition": "No"],
    ],
  ]

  static func evaluate(_ expression: JSONValue) throws -> JSONValue? {
    let evaluator = try Evaluator(
      template: try Template(template),
      identity: StackIdentity(name: "Shop", account: "012345678901", region: "eu-west-1"), parameters: [:],
      imports: { (value) throws(EvaluationError) in
        switch value {
        case .export("shared"): return "imported"
        case .export(let name): throw .template(TemplateError("No export named \(name) found."))
        case .output(let name, let stack, let region): return .string("\(region)/\(stack)/\(name)")
        }
      },
      lookup: { (logicalID, attribute) throws(EvaluationError) in
        if logicalID == "Later" { throw .pending("Later") }
        return .string(attribute.map { "\(logicalID)/\($0)" } ?? "ref-\(logicalID)")
      })
    return try evaluator.value(of: expression, in: "Here")
  }

  @Test(
    arguments: [
      (["Ref": "Text"], "hello"), (["Ref": "Number"], "7"), (["Ref": "List"], ["a", "b", "c"]),
      (["Ref": "Queue"], "ref-Queue"), (["Ref": "AWS::AccountId"], "012345678901"),
      (["Ref": "AWS::Region"], "eu-west-1"),
      (["Ref": "AWS::Partition"], "aws"), (["Ref": "AWS::URLSuffix"], "amazonaws.com"),
      (["Ref": "AWS::StackName"], "Shop"), (["Ref": "AWS::NotificationARNs"], []),
      (["Fn::GetAtt": ["Queue", "Arn"]], "Queue/Arn"), (["Fn::GetAtt": "Queue.Arn"], "Queue/Arn"),
      (["Fn::GetAtt": ["Queue", "Outputs", "Arn"]], "Queue/Outputs.Arn"),
      (["Fn::GetAtt": ["Queue", ["Ref": "Text"]]], "Queue/hello"),
      (["Fn::Join": ["-", ["a", ["Ref": "Text"], 3, true]]], "a-hello-3-true"), (["Fn::Join": ["", []]], ""),
      (["Fn::Join": [",", ["Ref": "List"]]], "a,b,c"),
      (["Fn::Join": ["-", ["a", ["Ref": "AWS::NoValue"]]]], "a"),
      (["Fn::Sub": "x"], "x"),
      (["Fn::Sub": "${Text}-${ AWS::Region }-${Queue}-${Queue.Arn}"], "hello-eu-west-1-ref-Queue-Queue/Arn"),
      (["Fn::Sub": "${!Literal}${!}"], "${Literal}${}"),
      (["Fn::Sub": ["${a}/${Text}", ["a": ["Ref": "Number"]]]], "7/hello"),
      (["Fn::Sub": ["${Text}", ["Text": "mine"]]], "mine"),
      (["Fn::Select": [1, ["a", "b"]]], "b"), (["Fn::Select": ["0", ["Ref": "List"]]], "a"),
      (["Fn::Split": [",", "a,,b"]], ["a", "", "b"]), (["Fn::Split": ["|", "a"]], ["a"]),
      (["Fn::Split": ["ab", "abcabab"]], ["", "c", "", ""]), (["Fn::Split": ["ü", "aüb"]], ["a", "b"]),
      (["Fn::Select": [5, ["Fn::Split": [":", "arn:aws:sqs:eu-west-1:1:q"]]]], "q"),
      (["Fn::If": ["Yes", "then", ["Ref": "Later"]]], "then"), (["Fn::If": ["No", ["Ref": "Absent"], "else"]], "else"),
      (["Fn::If": ["Both", 1, 2]], 2), (["Fn::If": ["Either", 1, 2]], 1), (["Fn::If": ["Numbers", 1, 2]], 1),
      (["Fn::FindInMap": ["Sizes", ["Ref": "AWS::Region"], "Small"]], 3),
      (["Fn::FindInMap": ["Sizes", "eu-west-1", "Zones"]], ["a", "b"]),
      (["Fn::FindInMap": ["Sizes", "nowhere", "Small", ["DefaultValue": ["Ref": "Text"]]]], "hello"),
      (["Fn::ImportValue": ["Fn::Sub": "shared"]], "imported"),
      (["Fn::GetStackOutput": ["StackName": "Net", "OutputName": ["Ref": "Text"]]], "eu-west-1/Net/hello"),
      (
        ["Fn::GetStackOutput": ["StackName": "Net", "OutputName": "O", "Region": "us-east-1", "RoleArn": "arn"]],
        "us-east-1/Net/O"
      ),
      (["Fn::Base64": "hello"], "aGVsbG8="), (["Fn::Length": ["Ref": "List"]], 3),
      (["Fn::ToJsonString": ["a": ["Ref": "Text"], "b": [1, true]]], #"{"a":"hello","b":[1,true]}"#),
      (["a": ["Ref": "AWS::NoValue"], "b": [1, ["Ref": "AWS::NoValue"], 2]], ["b": [1, 2]]),
      (["Ref": "Text", "Other": 1], ["Ref": "Text", "Other": 1]),
    ] as [(JSONValue, JSONValue)])
  func expressionHasItsValue(expression: JSONValue, value: JSONValue) throws {
    #expect(try Self.evaluate(expression) == value)
  }

  @Test(arguments: [["Ref": "AWS::NoValue"], ["Fn::If": ["No", 1, ["Ref": "AWS::NoValue"]]]] as [JSONValue])
  func whatIsNoValueIsNothing(expression: JSONValue) throws {
    #expect(try Self.evaluate(expression) == nil)
  }

  @Test(
    arguments: [
      (["Ref": "Nobody"], "neither a resource nor a parameter"), (["Ref": 1], "Ref takes"),
      (["Ref": "Absent"], "condition 'No' does not hold"), (["Ref": "Version"], "--parameter Version=VALUE"),
      (["Fn::GetAtt": "Queue"], "Fn::GetAtt takes"), (["Fn::GetAtt": ["Queue"]], "Fn::GetAtt takes"),
      (["Fn::Join": ["-"]], "Fn::Join takes"), (["Fn::Join": ["-", "text"]], "Fn::Join takes a list"),
      (["Fn::Join": ["-", [["a": 1]]]], "Fn::Join takes a text"), (["Fn::Sub": "${Open"], "without its '}'"),
      (["Fn::Sub": ["a", "b"]], "Fn::Sub takes"), (["Fn::Sub": "${List}"], "Fn::Sub takes a text"),
      (["Fn::Select": [9, ["a"]]], "no element"), (["Fn::Select": ["x", ["a"]]], "no element"),
      (["Fn::GetStackOutput": ["StackName": "Net"]], "Fn::GetStackOutput takes"),
      (["Fn::GetStackOutput": ["StackName": "Net", "OutputName": "O", "Other": 1]], "Fn::GetStackOutput takes"),
      (["Fn::Split": ["", "a"]], "Fn::Split takes"), (["Fn::If": ["Maybe", 1, 2]], "no condition 'Maybe'"),
      (["Fn::If": ["Yes", 1]], "Fn::If takes"), (["Fn::FindInMap": ["Sizes", "x", "y"]], "finds nothing"),
      (["Fn::ImportValue": "unknown"], "No export named unknown"), (["Fn::Length": "a"], "Fn::Length takes a list"),
      (["Fn::Whatever": 1], "Fn::Whatever is no function"), (["Fn::GetAZs": ""], "not supported"),
      (["Fn::Sub": "a", "Fn::Join": 1], "only member"), (["Fn::ToJsonString": "a"], "Fn::ToJsonString takes"),
      ("{{resolve:secretsmanager:x}}", "dynamic references"),
    ] as [(JSONValue, String)])
  func whatIsWrongIsOneSentenceWithTheLogicalID(expression: JSONValue, text: String) throws {
    do {
      let value = try Self.evaluate(expression)
      Issue.record("\(expression.text) is \(String(describing: value))")
    } catch let error as EvaluationError {
      guard case .template(let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.logicalID == "Here" || reason.logicalID == "Conditions/Maybe", "\(reason)")
      #expect(reason.message.contains(text), "\(reason)")
    }
  }

  @Test func whatIsNotThereYetIsPending() {
    #expect(throws: EvaluationError.pending("Later")) { try Self.evaluate(["Fn::Sub": "${Later}"]) }
  }

  // MARK: Little text that means much

  /// An evaluator of a template with nothing but conditions.
  private static func evaluator(_ conditions: [JSONMember]) throws -> Evaluator {
    let template = try Template(["Conditions": .object(conditions), "Resources": [:]])
    try template.check()
    return try Evaluator(
      template: template, identity: StackIdentity(name: "Shop", account: "012345678901", region: "eu-west-1"),
      parameters: [:], imports: { _ throws(EvaluationError) in .null },
      lookup: { _, _ throws(EvaluationError) in .null })
  }

  @Test func conditionsAreEvaluatedOnceHoweverOftenTheyAreNamed() throws {
    var conditions: [JSONMember] = [JSONMember("C0", ["Fn::Equals": [1, 1]])]
    for level in 1...60 {
      let below: JSONValue = ["Condition": .string("C\(level - 1)")]
      conditions.append(
        JSONMember(
          "C\(level)",
          level.isMultiple(of: 2) ? ["Fn::And": [below, below]] : ["Fn::Or": [["Fn::Not": [below]], below]]))
    }
    #expect(try Self.evaluator(conditions).isTrue(condition: "C60"))
  }

  @Test func aChainOfConditionsThatNoStackHoldsIsRefused() throws {
    var conditions: [JSONMember] = [JSONMember("C0", ["Fn::Equals": [1, 1]])]
    for level in 1...20_000 { conditions.append(JSONMember("C\(level)", ["Condition": .string("C\(level - 1)")])) }
    let evaluator = try Self.evaluator(conditions)
    #expect {
      try evaluator.isTrue(condition: "C20000")
    } throws: { error in
      "\(error)".contains("nested deeper than")
    }
  }

  /// Each level doubles what the level below it gives.
  static func doubled(_ levels: Int, _ double: (JSONValue) -> JSONValue) -> JSONValue {
    (0..<levels).reduce("x") { value, _ in double(value) }
  }

  @Test(
    arguments: [
      doubled(60) { ["Fn::Sub": ["${a}${a}", ["a": $0]]] },
      doubled(60) { ["Fn::ToJsonString": [$0]] },
      doubled(60) { ["Fn::Sub": ["${a}${a}", ["a": ["Fn::Base64": $0]]]] },
      [
        "Fn::Join": [
          .string(String(repeating: "-", count: 10_000)),
          ["Fn::Split": ["-", .string(String(repeating: "-", count: 10_000))]],
        ]
      ],
    ] as [JSONValue])
  func textsThatGrowWithoutEndAreRefused(expression: JSONValue) {
    #expect {
      try Self.evaluate(expression)
    } throws: { error in
      "\(error)".contains("functions give more than 1 MiB of text here")
    }
  }
}
