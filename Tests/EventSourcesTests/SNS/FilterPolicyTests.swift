import EventPatterns
import JSON
import Testing

@testable import EventSources

/// A policy, and messages that it admits and does not.
struct FilterPolicyCase: Sendable, CustomTestStringConvertible {
  var policy: String
  var admits: [String] = []
  var drops: [String] = []

  init(_ policy: String, admits: [String] = [], drops: [String] = []) {
    (self.policy, self.admits, self.drops) = (policy, admits, drops)
  }

  var testDescription: String { policy }

  func check(_ scope: FilterPolicy.Scope, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
    let policy = try FilterPolicy(parsing: policy, scope: scope)
    for (messages, isAdmitted) in [(admits, true), (drops, false)] {
      for message in messages {
        let result =
          switch scope {
          case .messageAttributes: policy.admits(message: "{}", attributes: try JSONValue(parsing: message))
          case .messageBody: policy.admits(message: message, attributes: nil)
          }
        #expect(result == isAdmitted, "\(message)", sourceLocation: sourceLocation)
      }
    }
  }
}

@Suite struct FilterPolicyTests {
  private static func string(_ text: String) -> String { #"{"v":{"Type":"String","Value":"\#(text)"}}"# }
  private static func number(_ text: String) -> String { #"{"v":{"Type":"Number","Value":"\#(text)"}}"# }
  private static func array(_ text: String) -> String {
    #"{"v":{"Type":"String.Array","Value":\#(JSONValue.string(text).text)}}"#
  }

  /// The examples of the pages about string, numeric and key matching, and what they say in words.
  @Test(arguments: [
    FilterPolicyCase(
      #"{"v":["rugby","tennis"]}"#,
      admits: [string("rugby"), string("tennis"), array(#"["rugby","tennis"]"#), array(#"["golf","rugby"]"#)],
      drops: [string("baseball"), array(#"["baseball"]"#), string("Rugby"), number("1"), "{}"]),
    FilterPolicyCase(
      #"{"v":[{"anything-but":["rugby","tennis"]}]}"#,
      admits: [string("baseball"), array(#"["rugby","baseball"]"#), number("5")],
      drops: [string("rugby"), array(#"["rugby"]"#), array("[]"), #"{"w":{"Type":"String","Value":"x"}}"#]),
    FilterPolicyCase(
      #"{"v":[{"anything-but":{"prefix":"order-"}}]}"#, admits: [string("data-entry"), string("order_number")],
      drops: [string("order-cancelled")]),
    FilterPolicyCase(
      #"{"v":[{"anything-but":{"wildcard":"*ball"}}]}"#, admits: [string("rugby")], drops: [string("football")]),
    FilterPolicyCase(
      #"{"v":[{"equals-ignore-case":"tennis"}]}"#, admits: [string("TENNIS"), string("Tennis")],
      drops: [string("rugby")]),
    FilterPolicyCase(
      #"{"v":[{"cidr":"10.0.0.0/24"}]}"#, admits: [string("10.0.0.0"), string("10.0.0.255")],
      drops: [string("10.1.1.0")]),
    FilterPolicyCase(
      #"{"v":[{"prefix":"bas"}]}"#, admits: [string("baseball")], drops: [string("rugby"), number("5")]),
    FilterPolicyCase(#"{"v":[{"suffix":"ball"}]}"#, admits: [string("baseball")], drops: [string("rugby")]),
    FilterPolicyCase(
      #"{"v":[{"wildcard":"b*ll"}]}"#, admits: [string("baseball"), string("bll")], drops: [string("balls")]),
    FilterPolicyCase(
      #"{"v":[301.5]}"#, admits: [number("301.5"), number("301.50"), number("3.015e2")],
      drops: [number("300"), string("301.5"), number("many"), number("")]),
    FilterPolicyCase(#"{"v":[{"anything-but":[100,500]}]}"#, admits: [number("101")], drops: [number("500.0")]),
    FilterPolicyCase(
      #"{"v":[{"numeric":["<",0]},{"numeric":[">",9,"<=",1e9]}]}"#,
      admits: [number("-1"), number("9.00001"), number("1000000000")], drops: [number("0"), number("9"), string("10")]),
    // Words are elements of arrays; no attribute is of their type.
    FilterPolicyCase(
      #"{"v":[true,null]}"#, admits: [array("[true]"), array("[1,null]")], drops: [string("true"), string("null")]),
    FilterPolicyCase(
      #"{"v":[{"exists":true}]}"#, admits: [string("fans"), number("0"), array(#"["a"]"#)],
      drops: [array("[]"), array("[null]"), "{}", #"{"w":{"Type":"String","Value":"x"}}"#]),
    // "exists": false only matches if at least one attribute is present.
    FilterPolicyCase(
      #"{"v":[{"exists":false}]}"#, admits: [#"{"w":{"Type":"String","Value":"x"}}"#],
      drops: [string("x"), "{}", "null", "7"]),
    FilterPolicyCase(
      #"{"v":[{"anything-but":"rugby"},{"exists":false}]}"#,
      admits: [string("x"), #"{"w":{"Type":"Number","Value":"1"}}"#],
      drops: [string("rugby"), "{}"]),
    // What is not of its type is as nothing, and so are binary attributes.
    FilterPolicyCase(
      #"{"v":[{"exists":true}]}"#,
      drops: [
        array("text"), array(#"{"a":1}"#), array(#"[{"a":1},["b"]]"#), number("1x"),
        #"{"v":{"Type":"Binary","Value":"AQI="}}"#,
        #"{"v":{"Type":"String"}}"#, #"{"v":{"Value":"x"}}"#, #"{"v":"x"}"#, #"{"v":{"Type":"String","Value":7}}"#,
      ]),
    FilterPolicyCase(
      #"{"v":["a"],"w.x":["b"]}"#,
      admits: [#"{"v":{"Type":"String","Value":"a"},"w.x":{"Type":"String","Value":"b"}}"#],
      drops: [string("a")]),
    // https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
    FilterPolicyCase(
      #"{"source":["aws.cloudwatch"],"$or":[{"metricName":["CPUUtilization"]},{"namespace":["AWS/EC2"]}]}"#,
      admits: [
        #"{"source":{"Type":"String","Value":"aws.cloudwatch"},"namespace":{"Type":"String","Value":"AWS/EC2"}}"#,
        #"{"source":{"Type":"String","Value":"aws.cloudwatch"},"metricName":{"Type":"String","Value":"CPUUtilization"}}"#,
      ],
      drops: [
        #"{"source":{"Type":"String","Value":"aws.cloudwatch"}}"#,
        #"{"namespace":{"Type":"String","Value":"AWS/EC2"}}"#,
      ]),
    FilterPolicyCase("{}", admits: ["{}", "null", string("x")]), FilterPolicyCase("", admits: ["{}", string("x")]),
  ])
  func attributesAreMatched(example: FilterPolicyCase) throws {
    try example.check(.messageAttributes)
  }

  /// Recorded in localstack/localstack, tests/aws/services/sns/test_sns_filter_policy.py, and documented examples.
  @Test(arguments: [
    FilterPolicyCase(
      #"{"object":{"key":[{"prefix":"auto-"},"hardcodedvalue"],"nested_key":[{"exists":false}]},"test":[{"exists":false}]}"#,
      admits: [#"{"object":{"key":"auto-test"}}"#, #"{"object":{"key":"hardcodedvalue"}}"#],
      drops: [
        #"{"object":{"key":"test-auto"}}"#, #"{"object":{"key":"auto-test"},"test":"just-exists"}"#,
        #"{"object":{"key":"auto-test","nested_key":"just-exists"}}"#, #"{"object":{"test":"auto-test"}}"#,
        #"{"test":"auto-test"}"#, "Regular string message", #""Regular string message""#, "", "[]", "null",
      ]),
    FilterPolicyCase(
      #"{"object.nested.test":["string.value"]}"#,
      admits: [
        #"{"object":{"nested":{"test":"string.value"}}}"#, #"{"object.nested.test":"string.value"}"#,
        #"{"object.nested":{"test":"string.value"}}"#, #"{"object":{"nested.test":"string.value"}}"#,
      ],
      drops: [#"{"object":{"nested":{"test":"string.notvalue"}}}"#]),
    FilterPolicyCase(
      #"{"headers":{"route-to":["queue1"]}}"#,
      admits: [#"{"headers":{"route-to":["queue1"]}}"#, #"{"headers":{"route-to":["queue1","queue2"]}}"#],
      drops: [#"{"headers":{"route-to":["queue3"]}}"#]),
    FilterPolicyCase(
      #"{"Records":{"s3":{"object":{"key":[{"prefix":"auto-"}]}},"eventName":[{"prefix":"ObjectCreated:"}]}}"#,
      admits: [
        #"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"object":{"key":"auto-1.xml"}}}]}"#,
        #"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"object":[[{"key":"auto-1.xml"}]]}},"#
          + #"{"eventName":"ObjectRemoved:Delete","s3":{"object":{"key":"home-1.xml"}}}]}"#,
      ],
      drops: [
        #"{"Records":[{"eventName":"ObjectRemoved:Delete","s3":{"object":{"key":"auto-1.xml"}}}]}"#,
        #"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"object":{"key":"home-1.xml"}}}]}"#,
      ]),
    FilterPolicyCase(
      #"{"$or":[{"metricName":["CPUUtilization","ReadLatency"]},{"namespace":["AWS/EC2","AWS/ES"]}],"#
        + #""detail":{"scope":["Service"],"$or":[{"source":["aws.cloudwatch"]},{"type":["Alarm"]}]}}"#,
      admits: [
        #"{"metricName":"ReadLatency","detail":{"scope":"Service","source":"aws.cloudwatch"}}"#,
        #"{"namespace":"AWS/ES","detail":{"scope":"Service","type":"Alarm"}}"#,
      ],
      drops: [
        #"{"metricName":"CPUUtilization","detail":{"scope":"aws.cloudwatch","type":"Alarm"}}"#,
        #"{"metricName":"CPUUtilization","detail":{"type":"Alarm"}}"#,
        #"{"metricName":"CPUUtilization","scope":"Service"}"#,
      ]),
    FilterPolicyCase(
      #"{"v":[{"exists":true}]}"#, admits: [#"{"v":"x"}"#, #"{"v":0}"#, #"{"v":[1]}"#],
      drops: [#"{"v":null}"#, #"{"v":""}"#, #"{"v":{"w":1}}"#, "{}"]),
    FilterPolicyCase(#"{"v":[null]}"#, admits: [#"{"v":null}"#], drops: [#"{"v":"null"}"#, "{}"]),
    FilterPolicyCase(#"{"v":[true,300]}"#, admits: [#"{"v":true}"#, #"{"v":3e2}"#], drops: [#"{"v":"300"}"#]),
    FilterPolicyCase("{ }", admits: ["text", "{}"]),
  ])
  func bodyIsMatched(example: FilterPolicyCase) throws {
    try example.check(.messageBody)
  }

  @Test func notificationIsLookedAtByItsScope() throws {
    let notification = try SNSNotification(
      parsing: Array(
        (#"{"Type":"Notification","MessageId":"m","TopicArn":"t","Message":"{\"v\":\"body\"}","#
          + #""MessageAttributes":{"v":{"Type":"String","Value":"attribute"}}}"#).utf8))
    for (text, scope, isAdmitted) in [
      (#"{"v":["body"]}"#, FilterPolicy.Scope.messageBody, true), (#"{"v":["body"]}"#, .messageAttributes, false),
      (#"{"v":["attribute"]}"#, .messageAttributes, true), (#"{"v":["attribute"]}"#, .messageBody, false),
    ] {
      #expect(try FilterPolicy(parsing: text, scope: scope).admits(notification) == isAdmitted)
    }
  }
}

@Suite struct FilterPolicyLimitsTests {
  /// Why a policy is refused; nil where it is not.
  private func refusal(_ policy: String, _ scope: FilterPolicy.Scope) -> FilterPolicyError? {
    do throws(FilterPolicyError) {
      _ = try FilterPolicy(parsing: policy, scope: scope)
      return nil
    } catch {
      return error
    }
  }

  private static func values(_ count: Int) -> String {
    "[" + (0..<count).map { "\"v\($0)\"" }.joined(separator: ",") + "]"
  }

  /// Recorded, but for the place that AWS names after a line break.
  @Test(arguments: [
    (#"{"key":[["value"]]}"#, "Match value must be String, number, true, false, or null"),
    (#"{"key":[{"wrong-operator":true}]}"#, "Unrecognized match type wrong-operator"),
    (#"{"key":[{"suffix":"value","prefix":"value2"}]}"#, "Only one key allowed in match expression"),
    (#"{"key":[{"suffix":100}]}"#, "suffix match pattern must be a string"),
    (#"{"key":[{"suffix":null}]}"#, "suffix match pattern must be a string"),
    (#"{"key":[{"suffix":["test","test2"]}]}"#, "suffix match pattern must be a string"),
    (#"{"key":{"suffix":"value"}}"#, #""suffix" must be an object or an array"#),
    (#"{"key":"value_one"}"#, #""key" must be an object or an array"#),
    (#"{"key":[{"numeric":[]}]}"#, "Invalid member in numeric match: ]"),
    (#"{"key":[{"numeric":["operator"]}]}"#, "Unrecognized numeric range operator: operator"),
    (#"{"key":[{"numeric":[1,"<="]}]}"#, "Invalid member in numeric match: 1"),
    (#"{"key":[{"numeric":["=","000"]}]}"#, "Value of equals must be numeric"),
    (#"{"key":[{"numeric":[">="]}]}"#, "Value of >= must be numeric"),
    (#"{"key":[{"numeric":["<",100,">",10]}]}"#, "Too many elements in numeric expression"),
    (#"{"key":[{"numeric":[">=",1,">",2]}]}"#, "Bad numeric range operator: >"),
    (#"{"key":[{"numeric":[">",3,"<",1]}]}"#, "Bottom must be less than top"),
    (#"{"key":[{"numeric":[">",20,"<="]}]}"#, "Value of <= must be numeric"),
    (#"{"key":[{"numeric":[">",20,30]}]}"#, "Bad value in numeric range: 30"),
    (#"{"key":[{"numeric":[">",20,"test"]}]}"#, "Bad numeric range operator: test"),
    (#"{"key":[{"numeric":[">",20,"<","30"]}]}"#, "Value of < must be numeric"),
    (#"{"key":[{"numeric":[">",20,"<",30,"<",50]}]}"#, "Too many terms in numeric range expression"),
    (#"{"key":[{"exists":null}]}"#, "exists match pattern must be either true or false."),
    (#"{"key":[{"exists":"no"}]}"#, "exists match pattern must be either true or false."),
    (#"{"key":[{"anything-but":{"wrong-operator":null}}]}"#, "Unsupported anything-but pattern: wrong-operator"),
    (#"{"key":[{"anything-but":{"suffix":"test"}}]}"#, "Unsupported anything-but pattern: suffix"),
    (#"{"key":[{"anything-but":{"exists":false}}]}"#, "Unsupported anything-but pattern: exists"),
    (#"{"key":\#(values(151))}"#, "Filter policy is too complex"),
    (#"{"key1":\#(values(100)),"key2":\#(values(51))}"#, "Filter policy is too complex"),
    (
      #"{"a":["1"],"b":["2"],"c":["3"],"d":["4"],"e":["5"],"f":["6"]}"#, "Filter policy can not have more than 5 keys"
    ),
    (
      #"{"source":\#(values(4)),"$or":[{"metricName":\#(values(6))},{"metricType":\#(values(4)),"#
        + #""$or":[{"metricId":\#(values(4))},{"spaceId":\#(values(4))}]}]}"#,
      "Filter policy is too complex"
    ),
    // Not recorded: what SNS does not document, and what the limits leave of numbers.
    (#"{"key":[{"prefix":{"equals-ignore-case":"x"}}]}"#, "prefix match pattern must be a string"),
    (#"{"key":[{"anything-but":{"prefix":["a","b"]}}]}"#, "prefix match pattern must be a string"),
    (#"{"key":[{"anything-but":{"equals-ignore-case":"x"}}]}"#, "Unsupported anything-but pattern: equals-ignore-case"),
    (#"{"key":[{"numeric":["<",1000000000.1]}]}"#, "Value must be between -1.0E9 and 1.0E9, inclusive: 1000000000.1"),
    (#"{"key":[{"anything-but":[1,-2e9]}]}"#, "Value must be between -1.0E9 and 1.0E9, inclusive: -2e9"),
    (#"{"key":[{"numeric":["=",0.000001]}]}"#, "Only values up to 5 decimals are supported: 0.000001"),
    ("[]", "Filter is not an object"), (#"{"key":[]}"#, "Empty arrays are not allowed"),
    ("{'a'}", "failed to parse JSON. unexpected ''' at byte 1"),
  ])
  func invalidPolicyIsRefusedInSNSsWords(policy: String, reason: String) {
    let error = #expect(throws: FilterPolicyError.self) { try FilterPolicy(parsing: policy, scope: .messageAttributes) }
    #expect(error.map { "\($0)" } == "Invalid parameter: FilterPolicy: \(reason)")
  }

  @Test func nestedPolicyIsForBodiesAlone() throws {
    let policy = #"{"object":{"key":[{"prefix":"auto-"}]}}"#
    let error = #expect(throws: FilterPolicyError.nested) {
      try FilterPolicy(parsing: policy, scope: .messageAttributes)
    }
    #expect(
      error.map { "\($0)" }
        == "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy")
    #expect(throws: Never.self) { try FilterPolicy(parsing: policy, scope: .messageBody) }
  }

  /// Documented and recorded policies, and how many combinations they have.
  @Test(arguments: [
    (#"{"a":\#(values(3)),"b":\#(values(1)),"c":\#(values(2))}"#, 6), (#"{"a":\#(values(150))}"#, 150),
    (#"{"a":{"b":{"c":\#(values(4))}},"d":{"e":\#(values(3))}}"#, 72),
    (#"{"a":{"b":{"c":\#(values(4))}},"d":{"e":\#(values(3))},"f":\#(values(3))}"#, 216),
    // A public report: on SNS itself, 36 of these are few enough, and 40 too many.
    (#"{"Records":{"s3":{"object":{"key":\#(values(36))}}}}"#, 144),
    (#"{"Records":{"s3":{"object":{"key":\#(values(40))}}}}"#, 160),
    (
      #"{"source":\#(values(3)),"$or":[{"metricName":\#(values(6))},{"metricType":\#(values(4)),"#
        + #""$or":[{"metricId":\#(values(4))},{"spaceId":\#(values(7))}]}]}"#, 150
    ),
    (
      #"{"$or":[{"metricName":\#(values(3))},{"namespace":\#(values(2))}],"detail":{"scope":\#(values(2)),"#
        + #""$or":[{"source":\#(values(1))},{"type":\#(values(3))}]}}"#, 160
    ),
  ])
  func combinationsAreCountedWithTheirLevels(policy: String, combinations: Int) {
    #expect(refusal(policy, .messageBody) == (combinations > 150 ? .tooComplex : nil))
  }

  /// Leaves count, and one that stands in two branches counts once.
  @Test(arguments: [
    (#"{"a":{"b":[1],"c":[1],"d":[1]},"e":[1],"f":[1]}"#, true),
    (#"{"a":{"b":[1],"c":[1],"d":[1]},"e":[1],"f":[1],"g":[1]}"#, false),
    (#"{"a":[1],"b":[1],"c":[1],"$or":[{"d":[1],"e":[1]},{"d":[2],"e":[2]}]}"#, true),
    (#"{"a":[1],"b":[1],"c":[1],"$or":[{"d":[1],"e":[1]},{"d":[2],"f":[2]}]}"#, false),
  ])
  func leavesAreCounted(policy: String, isValid: Bool) {
    #expect(refusal(policy, .messageBody) == (isValid ? nil : .tooManyKeys(limit: 5)))
  }

  private static func wildcards(_ pattern: String, _ count: Int) -> String {
    (0..<count).map { #"{"wildcard":"\#(pattern)\#($0)"}"# }.joined(separator: ",")
  }

  /// Documented points; that five wildcards of two stars are too many, and four are not, is a public report, too.
  @Test(arguments: [
    (#"[\#(wildcards("*/a/*", 4))]"#, true), (#"[\#(wildcards("*/a/*", 5))]"#, false),
    (#"[\#(wildcards("a*", 10))]"#, true), (#"[\#(wildcards("a*", 11))]"#, false),
    (#"[{"wildcard":"a*b*c*"}]"#, true), (#"[{"wildcard":"a*b*c*d*"}]"#, false),
    (#"[{"anything-but":{"wildcard":"a*b*c*d*"}}]"#, false), (#"[{"wildcard":"a*b*c*\\*"}]"#, true),
    (#"[{"anything-but":{"prefix":"x"}},\#(wildcards("a*", 9))]"#, true),
    (#"[{"anything-but":{"prefix":"x"}},\#(wildcards("a*", 10))]"#, false),
    // Without wildcards there is nothing to count.
    ("[" + (0..<20).map { #"{"anything-but":"\#($0)"}"# }.joined(separator: ",") + "]", true),
    ("[" + (0..<20).map { #"{"wildcard":"\#($0)"}"# }.joined(separator: ",") + "]", true),
  ])
  func wildcardsHavePoints(elements: String, isValid: Bool) {
    #expect(refusal(#"{"a":\#(elements)}"#, .messageAttributes) == (isValid ? nil : .tooComplex))
  }

  @Test func numbersWithinTheLimitsAreTaken() {
    #expect(throws: Never.self) {
      try FilterPolicy(
        parsing: #"{"a":[{"numeric":[">=",-1e9,"<=",1000000000.00000]},{"anything-but":[0.00001,-99999.99999]}]}"#,
        scope: .messageAttributes)
    }
  }

  @Test func largePolicyIsRefused() {
    let policy = #"{"a":["\#(String(repeating: "x", count: 262_134))"]}"#
    #expect(throws: Never.self) { try FilterPolicy(parsing: policy, scope: .messageAttributes) }
    #expect(throws: FilterPolicyError.tooLarge(limit: 262_144)) {
      try FilterPolicy(parsing: policy + " ", scope: .messageAttributes)
    }
  }

  @Test func scopesHaveTheirNames() {
    #expect(FilterPolicy.Scope(rawValue: "MessageAttributes") == .messageAttributes)
    #expect(FilterPolicy.Scope(rawValue: "MessageBody") == .messageBody)
    #expect(FilterPolicy.Scope(rawValue: "RandomValue") == nil)
  }
}
