import AWSClient
import JSON
import Testing

@testable import Templates

@Suite struct SubscriptionProviderTests {
  static let type = "AWS::SNS::Subscription"
  static let topic = "arn:aws:sns:eu-west-1:123456789012:news"
  static let queue = "arn:aws:sqs:eu-west-1:123456789012:orders"
  static let arn = "\(topic):1a-2b"
  static let resource = RealizedResource(physicalID: arn, attributes: ["Ref": .string(arn), "Arn": .string(arn)])
  static let properties: JSONValue = [
    "TopicArn": .string(topic), "Protocol": "sqs", "Endpoint": .string(queue), "RawMessageDelivery": true,
    "FilterPolicy": ["a": ["b"]],
  ]

  private static func page(_ members: String, next: String = "") -> Result<AWSAnswer, AWSError> {
    .result("ListSubscriptionsByTopic", "<Subscriptions>\(members)</Subscriptions>\(next)")
  }

  private static func member(_ transport: String, _ endpoint: String, _ arn: String) -> String {
    "<member><SubscriptionArn>\(arn)</SubscriptionArn><Protocol>\(transport)</Protocol><Endpoint>\(endpoint)</Endpoint>"
      + "</member>"
  }

  @Test func queueIsSubscribedWithItsAttributes() async throws {
    let calls = try await SourceEndpoint.calls(
      to: Self.type, [Self.page(""), .result("Subscribe", "<SubscriptionArn>\(Self.arn)</SubscriptionArn>")]
    ) {
      let found = try await $0.create(name: "", Self.properties)
      #expect(found == Self.resource)
    }
    #expect(
      calls.last == "Action=Subscribe&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Anews"
        + "&Protocol=sqs&Endpoint=arn%3Aaws%3Asqs%3Aeu-west-1%3A123456789012%3Aorders"
        + "&Attributes.entry.1.key=FilterPolicy&Attributes.entry.1.value=%7B%22a%22%3A%5B%22b%22%5D%7D"
        + "&Attributes.entry.2.key=RawMessageDelivery&Attributes.entry.2.value=true&ReturnSubscriptionArn=true")
  }

  @Test func subscriptionIsFoundOnALaterPage() async throws {
    let calls = try await SourceEndpoint.calls(
      to: Self.type,
      [
        Self.page(Self.member("sqs", "arn:other", "arn:1"), next: "<NextToken>t</NextToken>"),
        Self.page(Self.member("http", Self.queue, "arn:2") + Self.member("sqs", Self.queue, Self.arn)),
      ]
    ) {
      let found = try await $0.lookUp(name: "", Self.properties)
      #expect(found == Self.resource)
    }
    #expect(calls.last?.hasSuffix("&NextToken=t") == true)
  }

  @Test func topicThatIsNotThereHasNone() async throws {
    _ = try await SourceEndpoint.calls(to: Self.type, [.xmlError("NotFound")]) {
      let found = try await $0.lookUp(name: "", Self.properties)
      #expect(found == nil)
    }
  }

  @Test(arguments: [
    (#"{"Endpoint":"a"}"#, #"{"Endpoint":"b"}"#, SourceChange.replacement),
    (#"{"TopicArn":"a"}"#, #"{"TopicArn":"b"}"#, .replacement),
    (#"{"RawMessageDelivery":true}"#, #"{"RawMessageDelivery":"true"}"#, .none),
    (#"{"FilterPolicy":{"a":["b"]}}"#, "{}", .inPlace), ("{}", #"{"Region":"eu-west-1"}"#, .none),
  ]) func changeIsJudged(old: String, new: String, change: SourceChange) async throws {
    #expect(try await SourceEndpoint.change(of: Self.type, from: old, to: new) == change)
  }

  /// The wider scope goes before its policy, the narrower one after.
  @Test(
    arguments: [
      (
        #"{"FilterPolicyScope":"MessageBody","FilterPolicy":{"a":["b"]}}"#, "{}",
        ["FilterPolicy={}", "FilterPolicyScope=MessageAttributes"]
      ),
      (
        "{}", #"{"FilterPolicyScope":"MessageBody","FilterPolicy":{"a":["b"]}}"#,
        [#"FilterPolicyScope=MessageBody"#, #"FilterPolicy={"a":["b"]}"#]
      ),
      (#"{"RawMessageDelivery":true}"#, "{}", ["RawMessageDelivery=false"]),
      (#"{"FilterPolicyScope":"MessageBody"}"#, "{}", []),
    ] as [(String, String, [String])])
  func attributesAreSetOneByOne(old: String, new: String, set: [String]) async throws {
    let answers = set.map { _ in Result<AWSAnswer, AWSError>.answer("<SetSubscriptionAttributesResponse/>") }
    let calls = try await SourceEndpoint.calls(to: Self.type, answers) {
      _ = try await $0.update(
        Self.resource, from: try JSONValue(parsing: Array(old.utf8)), to: try JSONValue(parsing: Array(new.utf8)))
    }
    let expected = set.map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1)
      return "&AttributeName=\(parts[0])&AttributeValue=\(Self.encoded(parts[1]))"
    }
    #expect(calls.count == expected.count)
    for (call, end) in zip(calls, expected) { #expect(call.hasSuffix(end), "\(call)") }
  }

  @Test(
    arguments: [
      (["Protocol": "email"], "A subscription needs a TopicArn"),
      (["TopicArn": "t", "Protocol": "email"], "A subscription of the protocol 'email' cannot be made: only sqs can"),
      (["TopicArn": "t", "Protocol": "sqs"], "A subscription of the protocol sqs needs an Endpoint: the queue's ARN"),
    ] as [(JSONValue, String)])
  func otherSubscriptionsAreRefused(properties: JSONValue, message: String) async throws {
    _ = try await SourceEndpoint.calls(to: Self.type, []) { provider in
      await #expect(throws: TemplateError(message)) { try await provider.create(name: "", properties) }
    }
  }

  private static func encoded(_ text: Substring) -> String {
    text.map { character in
      guard let ascii = character.asciiValue, !character.isLetter, !character.isNumber else { return String(character) }
      return "%" + String(ascii, radix: 16, uppercase: true)
    }.joined()
  }
}
