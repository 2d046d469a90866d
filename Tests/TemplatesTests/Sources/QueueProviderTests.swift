import AWSClient
import JSON
import Testing

@testable import Templates

@Suite struct QueueProviderTests {
  static let type = "AWS::SQS::Queue"
  static let url = "http://aws.test:4566/123456789012/orders"
  static let arn = "arn:aws:sqs:eu-west-1:123456789012:orders"
  static let resource = RealizedResource(
    physicalID: url,
    attributes: ["Ref": .string(url), "QueueUrl": .string(url), "Arn": .string(arn), "QueueName": "orders"])

  private static let found = Result<AWSAnswer, AWSError>.answer(#"{"QueueUrl":"\#(url)"}"#)
  private static let attributes = Result<AWSAnswer, AWSError>.answer(#"{"Attributes":{"QueueArn":"\#(arn)"}}"#)
  private static let absent = Result<AWSAnswer, AWSError>.error("QueueDoesNotExist")

  @Test func queueIsMadeWithItsAttributesAsText() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [Self.absent, Self.found, Self.attributes]) {
      let made = try await $0.create(
        name: "orders",
        [
          "QueueName": "orders", "VisibilityTimeout": 45, "DelaySeconds": "5", "FifoQueue": false,
          "RedrivePolicy": ["deadLetterTargetArn": "arn:dead", "maxReceiveCount": 3], "Tags": [],
        ])
      #expect(made == Self.resource)
    }
    #expect(
      calls[1] == #"CreateQueue {"QueueName":"orders","Attributes":{"DelaySeconds":"5","RedrivePolicy":"#
        + #""{\"deadLetterTargetArn\":\"arn:dead\",\"maxReceiveCount\":3}","VisibilityTimeout":"45"}}"#)
  }

  @Test func fifoQueueSaysSo() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [Self.absent, Self.found, Self.attributes]) {
      _ = try await $0.create(name: "orders.fifo", ["FifoQueue": "true", "ContentBasedDeduplication": true])
    }
    #expect(
      calls[1] == #"CreateQueue {"QueueName":"orders.fifo","Attributes":"#
        + #"{"ContentBasedDeduplication":"true","FifoQueue":"true"}}"#)
  }

  @Test func queueThatIsThereIsBroughtInLine() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [Self.found, Self.attributes, .answer()]) {
      let found = try await $0.create(name: "orders", ["VisibilityTimeout": 60])
      #expect(found == Self.resource)
    }
    #expect(calls.last == #"SetQueueAttributes {"QueueUrl":"\#(Self.url)","Attributes":{"VisibilityTimeout":"60"}}"#)
  }

  @Test func nameOfADeletedQueueIsWaitedFor() async throws {
    let calls = try await SourceEndpoint.calls(
      to: Self.type,
      [Self.absent, .error("QueueDeletedRecently"), .error("QueueDeletedRecently"), Self.found, Self.attributes]
    ) {
      let found = try await $0.create(name: "orders", [:])
      #expect(found == Self.resource)
    }
    #expect(calls.count == 5)
  }

  @Test func missingQueueIsNone() async throws {
    _ = try await SourceEndpoint.calls(to: Self.type, [Self.absent]) {
      let found = try await $0.lookUp(name: "orders", [:])
      #expect(found == nil)
    }
  }

  @Test(arguments: [
    (#"{"DelaySeconds":5}"#, #"{"DelaySeconds":"5"}"#, SourceChange.none),
    (#"{"DelaySeconds":5}"#, #"{"DelaySeconds":6}"#, .inPlace),
    (#"{"DelaySeconds":5}"#, "{}", .inPlace),
    (#"{"RedrivePolicy":{"a":1,"b":"x"}}"#, #"{"RedrivePolicy":{"b":"x","a":"1"}}"#, .none),
    (#"{"RedrivePolicy":{"a":1}}"#, #"{"RedrivePolicy":{"a":2}}"#, .inPlace),
    (#"{"FifoQueue":false}"#, "{}", .none),
    (#"{"FifoQueue":true}"#, "{}", .replacement),
    (#"{"QueueName":"a"}"#, #"{"QueueName":"b"}"#, .replacement),
    (#"{"Tags":[1]}"#, #"{"Tags":[2]}"#, .none),
  ]) func changeIsJudged(old: String, new: String, change: SourceChange) async throws {
    #expect(try await SourceEndpoint.change(of: Self.type, from: old, to: new) == change)
  }

  @Test func removedPropertyGoesBackToItsDefault() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [.answer()]) {
      _ = try await $0.update(
        Self.resource, from: ["VisibilityTimeout": 45, "MaximumMessageSize": 2048, "RedrivePolicy": ["a": 1]],
        to: ["DelaySeconds": 1])
    }
    #expect(
      calls == [
        #"SetQueueAttributes {"QueueUrl":"\#(Self.url)","Attributes":{"DelaySeconds":"1","#
          + #""MaximumMessageSize":"1048576","RedrivePolicy":"","VisibilityTimeout":"30"}}"#
      ])
  }

  @Test func queueThatIsGoneIsDeleted() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [.answer(), Self.absent]) {
      try await $0.delete(Self.resource)
      try await $0.delete(Self.resource)
    }
    #expect(calls.first == #"DeleteQueue {"QueueUrl":"\#(Self.url)"}"#)
  }

  @Test func errorSaysWhatWasTriedAndWhatWasAnswered() async throws {
    _ = try await SourceEndpoint.calls(to: Self.type, [Self.absent, .error("InvalidAttributeValue", "Bad value.")]) {
      provider in
      await #expect(
        throws: TemplateError(
          "The queue orders cannot be made: InvalidAttributeValue (status 400): Bad value.")
      ) { try await provider.create(name: "orders", [:]) }
    }
    let refused = AWSError.connection(endpoint: "http://aws.test:4566", reason: "connection refused")
    _ = try await SourceEndpoint.calls(to: Self.type, [.failure(refused), .failure(refused), .failure(refused)]) {
      provider in
      await #expect(
        throws: TemplateError("The queue orders cannot be looked up: http://aws.test:4566: connection refused")
      ) { try await provider.lookUp(name: "orders", [:]) }
    }
  }
}
