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

  @Test func topicThatIsGoneIsDeleted() async throws {
    _ = try await SourceEndpoint.calls(to: Self.type, [.answer("<DeleteTopicResponse/>"), .xmlError("NotFound")]) {
      try await $0.delete(Self.resource)
      try await $0.delete(Self.resource)
    }
  }
}
