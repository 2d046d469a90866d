import AWSClient
import FoundationEssentials
import JSON
import Testing

@testable import Templates

/// The whole life of each source at a real endpoint, an emulator's: `HEADRACE_PEER_URL=http://127.0.0.1:4566`.
@Suite(.serialized, .enabled(if: Peer.url != nil)) struct PeerTests {
  private static let keys: JSONValue = [["AttributeName": "k", "KeyType": "HASH"]]
  private static let attributes: JSONValue = [["AttributeName": "k", "AttributeType": "S"]]

  @Test(
    arguments: [
      (
        "AWS::SQS::Queue", "Arn",
        ["VisibilityTimeout": "45", "DelaySeconds": 1, "MessageRetentionPeriod": 60, "MaximumMessageSize": 2048],
        ["DelaySeconds": 2]
      ),
      ("AWS::SNS::Topic", "TopicArn", [:], ["DisplayName": "d"]),
      ("AWS::Kinesis::Stream", "Arn", ["ShardCount": "1"], ["ShardCount": 2, "RetentionPeriodHours": 48]),
      (
        "AWS::DynamoDB::Table", "Arn",
        [
          "KeySchema": keys, "AttributeDefinitions": attributes,
          "ProvisionedThroughput": ["ReadCapacityUnits": "5", "WriteCapacityUnits": 5],
        ],
        [
          "KeySchema": keys, "AttributeDefinitions": attributes, "BillingMode": "PAY_PER_REQUEST",
          "StreamSpecification": ["StreamViewType": "NEW_AND_OLD_IMAGES"],
        ]
      ),
      (
        "AWS::DynamoDB::GlobalTable", "StreamArn",
        [
          "KeySchema": keys, "AttributeDefinitions": attributes, "BillingMode": "PAY_PER_REQUEST",
          "Replicas": [["Region": "eu-west-1"]], "StreamSpecification": ["StreamViewType": "KEYS_ONLY"],
        ],
        [
          "KeySchema": keys, "AttributeDefinitions": attributes, "BillingMode": "PAY_PER_REQUEST",
          "Replicas": [], "StreamSpecification": ["StreamViewType": "KEYS_ONLY"],
        ]
      ),
      ("AWS::Serverless::SimpleTable", "Arn", [:], [:]),
      ("AWS::S3::Bucket", "Arn", [:], ["Tags": []]),
    ] as [(String, String, JSONValue, JSONValue)])
  func sourceIsMadeChangedAndDeleted(
    type: String, attribute: String, old: JSONValue, new: JSONValue
  ) async throws {
    try await Self.withProviders { providers in
      let provider = try #require(providers.provider(of: type))
      let name = "peer-\(UInt32.random(in: 0...UInt32.max))"
      #expect(try await provider.lookUp(name: name, old) == nil)
      let made = try await provider.create(name: name, old)
      #expect(made.attributes["Ref"] != nil)
      #expect(made.attributes[attribute] != nil)
      #expect(try await provider.lookUp(name: name, old) == made)
      #expect(try await provider.create(name: name, old) == made)
      let change = provider.change(from: old, to: new)
      #expect(change == .inPlace || change == .none)
      let changed = try await provider.update(made, from: old, to: new)
      #expect(try await provider.lookUp(name: name, new) == changed)
      try await provider.delete(made)
      try await provider.delete(made)
      #expect(try await provider.lookUp(name: name, new) == nil)
    }
  }

  @Test func queueIsSubscribedToATopic() async throws {
    try await Self.withProviders { providers in
      let suffix = "\(UInt32.random(in: 0...UInt32.max)).fifo"
      let queue = try await #require(providers.provider(of: "AWS::SQS::Queue")).create(
        name: "q-\(suffix)", ["FifoQueue": true, "ContentBasedDeduplication": "true"])
      let topic = try await #require(providers.provider(of: "AWS::SNS::Topic")).create(
        name: "t-\(suffix)", ["FifoTopic": "true"])
      let provider = try #require(providers.provider(of: "AWS::SNS::Subscription"))
      let base = [
        JSONMember("TopicArn", .string(topic.physicalID)), JSONMember("Protocol", "sqs"),
        JSONMember("Endpoint", try #require(queue.attributes["Arn"])),
      ]
      let old = JSONValue.object(
        base + [JSONMember("RawMessageDelivery", true), JSONMember("FilterPolicy", ["a": ["b"]])])
      let new = JSONValue.object(base)
      #expect(try await provider.lookUp(name: "", old) == nil)
      let made = try await provider.create(name: "", old)
      #expect(try await provider.lookUp(name: "", old) == made)
      #expect(try await provider.create(name: "", old) == made)
      #expect(provider.change(from: old, to: new) == .inPlace)
      _ = try await provider.update(made, from: old, to: new)
      try await provider.delete(made)
      #expect(try await provider.lookUp(name: "", new) == nil)
    }
  }

  @Test func consumerOfAStreamIsRegistered() async throws {
    try await Self.withProviders { providers in
      let streams = try #require(providers.provider(of: "AWS::Kinesis::Stream"))
      let stream = try await streams.create(name: "s-\(UInt32.random(in: 0...UInt32.max))", ["ShardCount": 1])
      let provider = try #require(providers.provider(of: "AWS::Kinesis::StreamConsumer"))
      let properties: JSONValue = ["StreamARN": try #require(stream.attributes["Arn"])]
      #expect(try await provider.lookUp(name: "app", properties) == nil)
      let made = try await provider.create(name: "app", properties)
      #expect(try await provider.lookUp(name: "app", properties) == made)
      #expect(try await provider.create(name: "app", properties) == made)
      try await provider.delete(made)
      try await provider.delete(made)
      try await streams.delete(stream)
    }
  }

  private static func withProviders(_ body: (SourceProviders) async throws -> Void) async throws {
    let client = AWSClient(try AWSConfiguration(variables: ["AWS_ENDPOINT_URL": try #require(Peer.url)]))
    do {
      try await body(SourceProviders(client: client, account: "123456789012", region: "eu-west-1"))
    } catch {
      await client.shutdown()
      throw error
    }
    await client.shutdown()
  }
}

private enum Peer {
  static let url = ProcessInfo.processInfo.environment["HEADRACE_PEER_URL"]
}
