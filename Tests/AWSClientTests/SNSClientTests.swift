import Testing

@testable import AWSClient

@Suite struct SNSClientTests {
  static let arn = "arn:aws:sns:eu-west-1:123456789012:failures"

  @Test func messageIsAFormField() async throws {
    let (client, transport) = try Self.make([.answer(200, "<PublishResponse/>")])
    try await client.publish(topicARN: Self.arn, message: Array(#"{"a":"ü +&=%"}"#.utf8))
    let request = try #require(transport.requests.first)
    #expect(
      request.text == "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Afailures"
        + "&Message=%7B%22a%22%3A%22%C3%BC%20%2B%26%3D%25%22%7D")
    #expect(request.method == "POST")
    #expect(request.url == "http://aws.test:4566/")
    #expect(request.header("content-type") == "application/x-www-form-urlencoded; charset=utf-8")
    #expect(request.shard == 5)
    #expect(request.header("authorization")?.contains("Credential=123456789012/20150830/eu-west-1/sns/") == true)
  }

  @Test func missingTopicIsAnError() async throws {
    let (client, _) = try Self.make([
      .answer(
        404,
        "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>no topic</Message></Error></ErrorResponse>"
      )
    ])
    await #expect(throws: AWSError.service(AWSServiceError(status: 404, code: "NotFound", message: "no topic"))) {
      try await client.publish(topicARN: Self.arn, message: [])
    }
  }

  @Test func throttledMessageIsSentAgain() async throws {
    let (client, transport) = try Self.make([.answer(429), .answer(200)])
    try await client.publish(topicARN: Self.arn, message: [])
    #expect(transport.requests.count == 2)
  }

  // MARK: Subscriptions

  static let subscription = "\(arn):1a-2b"

  @Test func endpointIsSubscribed() async throws {
    let (client, transport) = try Self.make([
      .answer(200, Self.answer("Subscribe", "<SubscriptionArn>\(Self.subscription)</SubscriptionArn>"))
    ])
    let arn = try await client.subscribe(
      topicARN: Self.arn, protocol: "http", endpoint: "http://h:9000/_headrace/events/sns/1?a=b&c")
    #expect(arn == Self.subscription)
    #expect(
      transport.requests.first?.text
        == "Action=Subscribe&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Afailures"
        + "&Protocol=http&Endpoint=http%3A%2F%2Fh%3A9000%2F_headrace%2Fevents%2Fsns%2F1%3Fa%3Db%26c"
        + "&ReturnSubscriptionArn=true")
  }

  @Test(arguments: [
    "<SubscriptionArn>pending confirmation</SubscriptionArn>", "<SubscriptionArn>PendingConfirmation</SubscriptionArn>",
    "<SubscriptionArn/>", "",
  ]) func subscriptionThatIsNotConfirmedMayHaveNoARN(result: String) async throws {
    let (client, _) = try Self.make([.answer(200, Self.answer("Subscribe", result))])
    #expect(try await client.subscribe(topicARN: Self.arn, protocol: "http", endpoint: "http://h") == nil)
  }

  @Test func subscriptionIsConfirmedWithItsToken() async throws {
    let (client, transport) = try Self.make([
      .answer(200, Self.answer("ConfirmSubscription", "<SubscriptionArn>\(Self.subscription)</SubscriptionArn>"))
    ])
    #expect(try await client.confirmSubscription(topicARN: Self.arn, token: "2336+/=") == Self.subscription)
    #expect(transport.requests.first?.text.hasSuffix("%3Afailures&Token=2336%2B%2F%3D") == true)
  }

  @Test func subscriptionIsEnded() async throws {
    let (client, transport) = try Self.make([.answer(200, "<UnsubscribeResponse/>")])
    try await client.unsubscribe(subscriptionARN: Self.subscription)
    #expect(
      transport.requests.first?.text
        == "Action=Unsubscribe&Version=2010-03-31"
        + "&SubscriptionArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Afailures%3A1a-2b")
  }

  /// Answers as AWS documents them, without and with a prolog, as emulators write them.
  @Test(arguments: ["", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"])
  func attributesAreTexts(prolog: String) async throws {
    let attributes = """
      <Attributes>
        <entry><key>PendingConfirmation</key><value>false</value></entry>
        <entry><key>Policy</key><value>{&quot;a&quot;:&quot;&amp;lt;&quot;}</value></entry>
        <entry><key>DisplayName</key><value/></entry>
        <entry><key>DeliveryPolicy</key></entry>
      </Attributes>
      """
    let expected = [
      "PendingConfirmation": "false", "Policy": #"{"a":"&lt;"}"#, "DisplayName": "", "DeliveryPolicy": "",
    ]
    let (client, transport) = try Self.make([
      .answer(200, prolog + Self.answer("GetSubscriptionAttributes", attributes)),
      .answer(200, prolog + Self.answer("GetTopicAttributes", attributes)),
      .answer(200, prolog + Self.answer("GetTopicAttributes", "<Attributes/>")),
    ])
    #expect(try await client.subscriptionAttributes(subscriptionARN: Self.subscription) == expected)
    #expect(try await client.topicAttributes(topicARN: Self.arn) == expected)
    #expect(try await client.topicAttributes(topicARN: Self.arn) == [:])
    #expect(
      transport.requests.map(\.text).prefix(2) == [
        "Action=GetSubscriptionAttributes&Version=2010-03-31"
          + "&SubscriptionArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Afailures%3A1a-2b",
        "Action=GetTopicAttributes&Version=2010-03-31"
          + "&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Afailures",
      ])
  }

  @Test(arguments: [
    ("", "unexpected end of the document at byte 0"), ("{}", "unexpected '{' at byte 0"),
    ("<html>", "unexpected end of the document at byte 6"), ("<html></html>", "no ConfirmSubscriptionResult"),
    (answer("ConfirmSubscription", "<SubscriptionArn>pending confirmation</SubscriptionArn>"), "no SubscriptionArn"),
  ]) func answerThatSaysNothingIsInvalid(text: String, reason: String) async throws {
    let (client, _) = try Self.make([.answer(200, text)])
    await #expect(throws: AWSError.invalidAnswer(endpoint: "http://aws.test:4566", reason: reason)) {
      try await client.confirmSubscription(topicARN: Self.arn, token: "t")
    }
  }

  @Test func attributeWithoutAKeyIsInvalid() async throws {
    let (client, _) = try Self.make([
      .answer(200, Self.answer("GetTopicAttributes", "<Attributes><entry><value>v</value></entry></Attributes>"))
    ])
    await #expect(
      throws: AWSError.invalidAnswer(endpoint: "http://aws.test:4566", reason: "an attribute without a key")
    ) { try await client.topicAttributes(topicARN: Self.arn) }
  }

  @Test func redirectionIsAnError() async throws {
    let (client, _) = try Self.make([.answer(301, ""), .answer(302, "")])
    await #expect(throws: AWSError.service(AWSServiceError(status: 301, code: "Unknown", message: ""))) {
      try await client.unsubscribe(subscriptionARN: Self.subscription)
    }
    await #expect(throws: AWSError.service(AWSServiceError(status: 302, code: "Unknown", message: ""))) {
      try await client.publish(topicARN: Self.arn, message: [])
    }
  }

  // MARK: Helpers

  private static func answer(_ action: String, _ result: String) -> String {
    "<\(action)Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><\(action)Result>\(result)</\(action)Result>"
      + "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></\(action)Response>"
  }

  private static func make(_ script: [Result<AWSAnswer, AWSError>]) throws -> (SNSClient, ScriptedTransport) {
    let transport = ScriptedTransport(script)
    return (
      SNSClient(try AWSClient.make(transport), region: "eu-west-1", account: "123456789012", shard: 5), transport
    )
  }
}
