import AWSClient
import JSON
import Testing

@testable import Templates

@Suite struct TopicProviderTests {
  static let type = "AWS::SNS::Topic"
  static let arn = "arn:aws:sns:eu-west-1:123456789012:news"
  static let resource = RealizedResource(
    physicalID: arn, attributes: ["Ref": .string(arn), "TopicArn": .string(arn), "TopicName": "news"])
  private static let made = Result<AWSAnswer, AWSError>.result("CreateTopic", "<TopicArn>\(arn)</TopicArn>")

  @Test func topicIsMade() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [.xmlError("NotFound"), Self.made]) {
      let found = try await $0.create(name: "news", ["FifoTopic": false])
      #expect(found == Self.resource)
    }
    #expect(calls.last == "Action=CreateTopic&Version=2010-03-31&Name=news")
  }

  @Test func fifoTopicSaysSo() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [.xmlError("NotFound"), Self.made]) {
      _ = try await $0.create(name: "news.fifo", ["FifoTopic": true, "ContentBasedDeduplication": "true"])
    }
    #expect(
      calls.last == "Action=CreateTopic&Version=2010-03-31&Name=news.fifo"
        + "&Attributes.entry.1.key=ContentBasedDeduplication&Attributes.entry.1.value=true"
        + "&Attributes.entry.2.key=FifoTopic&Attributes.entry.2.value=true")
  }

  @Test func topicThatIsThereIsAdopted() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [.result("GetTopicAttributes", "<Attributes/>")]) {
      let found = try await $0.create(name: "news", [:])
      #expect(found == Self.resource)
    }
    #expect(calls.count == 1)
  }

  @Test(arguments: [
    ("{}", #"{"FifoTopic":"false"}"#, SourceChange.none), ("{}", #"{"FifoTopic":true}"#, .replacement),
    (#"{"TopicName":"a"}"#, "{}", .replacement), (#"{"DisplayName":"a"}"#, "{}", .none),
    (#"{"ContentBasedDeduplication":true}"#, "{}", .inPlace),
  ]) func changeIsJudged(old: String, new: String, change: SourceChange) async throws {
    #expect(try await SourceEndpoint.change(of: Self.type, from: old, to: new) == change)
  }

  @Test func deduplicationIsTurnedOff() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [.answer("<SetTopicAttributesResponse/>")]) {
      _ = try await $0.update(Self.resource, from: ["ContentBasedDeduplication": true], to: [:])
    }
    #expect(calls.first?.hasSuffix("&AttributeName=ContentBasedDeduplication&AttributeValue=false") == true)
  }

  @Test func queuesOfItsOwnListAreSubscribed() async throws {
    let calls = try await SourceEndpoint.calls(
      to: Self.type,
      [
        .xmlError("NotFound"), Self.made, .result("Subscribe", "<SubscriptionArn>arn:1</SubscriptionArn>"),
        .result(
          "ListSubscriptionsByTopic",
          "<Subscriptions><member><SubscriptionArn>arn:1</SubscriptionArn><Protocol>sqs</Protocol>"
            + "<Endpoint>q</Endpoint></member></Subscriptions>"), .answer("<UnsubscribeResponse/>"),
      ]
    ) {
      let old: JSONValue = [
        "Subscription": [["Protocol": "sqs", "Endpoint": "q"], ["Protocol": "email", "Endpoint": "a@b"]]
      ]
      let made = try await $0.create(name: "news", old)
      #expect($0.change(from: old, to: [:]) == .inPlace)
      _ = try await $0.update(made, from: old, to: [:])
    }
    #expect(calls[2].hasSuffix("&Protocol=sqs&Endpoint=q&ReturnSubscriptionArn=true"))
    #expect(calls[4].hasSuffix("&SubscriptionArn=arn%3A1"))
  }

  @Test func topicThatIsGoneIsDeleted() async throws {
    _ = try await SourceEndpoint.calls(to: Self.type, [.answer("<DeleteTopicResponse/>"), .xmlError("NotFound")]) {
      try await $0.delete(Self.resource)
      try await $0.delete(Self.resource)
    }
  }
}
