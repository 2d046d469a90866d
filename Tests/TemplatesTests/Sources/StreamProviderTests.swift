import AWSClient
import JSON
import Testing

@testable import Templates

@Suite struct StreamProviderTests {
  static let type = "AWS::Kinesis::Stream"
  static let arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"
  static let resource = RealizedResource(physicalID: "clicks", attributes: ["Ref": "clicks", "Arn": .string(arn)])
  private static let absent = Result<AWSAnswer, AWSError>.error("ResourceNotFoundException")

  private static func stream(
    _ status: String = "ACTIVE", hours: Int = 24, shards: Int = 1
  ) -> Result<AWSAnswer, AWSError> {
    .answer(
      #"{"StreamDescriptionSummary":{"StreamName":"clicks","StreamARN":"\#(arn)","StreamStatus":"\#(status)","#
        + #""RetentionPeriodHours":\#(hours),"OpenShardCount":\#(shards)}}"#)
  }

  @Test func streamIsMadeAndWaitedFor() async throws {
    let calls = try await SourceEndpoint.calls(
      to: Self.type,
      [Self.absent, .answer(""), Self.stream("CREATING"), Self.stream(), .answer(""), Self.stream(hours: 48)]
    ) {
      let made = try await $0.create(name: "clicks", ["ShardCount": "2", "RetentionPeriodHours": 48])
      #expect(made == Self.resource)
    }
    #expect(
      calls[1]
        == #"CreateStream {"StreamName":"clicks","StreamModeDetails":{"StreamMode":"PROVISIONED"},"ShardCount":2}"#)
    #expect(calls[4] == #"IncreaseStreamRetentionPeriod {"StreamName":"clicks","RetentionPeriodHours":48}"#)
  }

  @Test func streamOnDemandHasNoShardCount() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [Self.absent, .answer(""), Self.stream()]) {
      _ = try await $0.create(name: "clicks", ["StreamModeDetails": ["StreamMode": "ON_DEMAND"]])
    }
    #expect(calls[1] == #"CreateStream {"StreamName":"clicks","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}"#)
  }

  @Test func streamThatIsThereIsAdopted() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [Self.stream("UPDATING"), Self.stream()]) {
      let found = try await $0.create(name: "clicks", ["ShardCount": 4])
      #expect(found == Self.resource)
    }
    #expect(calls.allSatisfy { $0.hasPrefix("DescribeStreamSummary ") })
  }

  @Test func nameOfADeletedStreamIsWaitedFor() async throws {
    let calls = try await SourceEndpoint.calls(
      to: Self.type,
      [Self.stream("DELETING"), .error("ResourceInUseException"), .answer(""), Self.stream()]
    ) { _ = try await $0.create(name: "clicks", ["ShardCount": 1]) }
    #expect(calls.count == 4)
  }

  @Test func patienceEnds() async throws {
    let answers = [Self.absent, .answer("")] + Array(repeating: Self.stream("CREATING"), count: 100)
    _ = try await SourceEndpoint.calls(to: Self.type, answers) { provider in
      await #expect(
        throws: TemplateError("The stream clicks cannot be made: it is not ACTIVE within 60 seconds")
      ) { try await provider.create(name: "clicks", ["ShardCount": 1]) }
    }
  }

  @Test(arguments: [
    (#"{"ShardCount":1}"#, #"{"ShardCount":"1","RetentionPeriodHours":24}"#, SourceChange.none),
    (#"{"ShardCount":1}"#, #"{"ShardCount":2}"#, .inPlace),
    (#"{"ShardCount":1}"#, #"{"StreamModeDetails":{"StreamMode":"ON_DEMAND"}}"#, .inPlace),
    (#"{"RetentionPeriodHours":24}"#, #"{"RetentionPeriodHours":48}"#, .inPlace),
    (#"{"Name":"a"}"#, #"{"Name":"b"}"#, .replacement), (#"{"StreamEncryption":{}}"#, "{}", .none),
  ]) func changeIsJudged(old: String, new: String, change: SourceChange) async throws {
    #expect(try await SourceEndpoint.change(of: Self.type, from: old, to: new) == change)
  }

  @Test func modeShardsAndRetentionChangeOneAfterAnother() async throws {
    let calls = try await SourceEndpoint.calls(
      to: Self.type,
      [
        Self.stream(hours: 48, shards: 4), .answer(""), Self.stream(hours: 48, shards: 4), .answer(),
        Self.stream(hours: 48, shards: 2), .answer(""), Self.stream(shards: 2),
      ]
    ) {
      _ = try await $0.update(
        Self.resource, from: ["StreamModeDetails": ["StreamMode": "ON_DEMAND"], "RetentionPeriodHours": 48],
        to: ["ShardCount": 2])
    }
    #expect(
      calls.filter { !$0.hasPrefix("Describe") } == [
        #"UpdateStreamMode {"StreamARN":"\#(Self.arn)","StreamModeDetails":{"StreamMode":"PROVISIONED"}}"#,
        #"UpdateShardCount {"StreamName":"clicks","TargetShardCount":2,"ScalingType":"UNIFORM_SCALING"}"#,
        #"DecreaseStreamRetentionPeriod {"StreamName":"clicks","RetentionPeriodHours":24}"#,
      ])
  }

  @Test func streamThatIsGoneIsDeleted() async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, [.answer(""), Self.absent]) {
      try await $0.delete(Self.resource)
      try await $0.delete(Self.resource)
    }
    #expect(calls.first == #"DeleteStream {"StreamName":"clicks","EnforceConsumerDeletion":true}"#)
  }

  // MARK: Consumers

  private static func consumer(_ status: String) -> Result<AWSAnswer, AWSError> {
    .answer(
      #"{"ConsumerDescription":{"ConsumerName":"app","ConsumerARN":"\#(arn)/consumer/app:1","#
        + #""ConsumerStatus":"\#(status)","ConsumerCreationTimestamp":1.5}}"#)
  }

  @Test func consumerIsRegisteredAndWaitedFor() async throws {
    let calls = try await SourceEndpoint.calls(
      to: "AWS::Kinesis::StreamConsumer",
      [Self.absent, .answer(), Self.consumer("CREATING"), Self.consumer("ACTIVE"), .answer(""), Self.absent]
    ) {
      let made = try await $0.create(name: "app", ["StreamARN": .string(Self.arn)])
      #expect(made.physicalID == "\(Self.arn)/consumer/app:1")
      #expect(made.attributes["Ref"] == .string(made.physicalID))
      #expect(made.attributes["ConsumerARN"] == .string(made.physicalID))
      #expect(made.attributes["StreamARN"] == .string(Self.arn))
      #expect(made.attributes["ConsumerCreationTimestamp"] == "1.5")
      try await $0.delete(made)
      try await $0.delete(made)
    }
    #expect(calls[1] == #"RegisterStreamConsumer {"StreamARN":"\#(Self.arn)","ConsumerName":"app"}"#)
  }

  @Test(arguments: [
    (#"{"ConsumerName":"a","StreamARN":"s"}"#, #"{"ConsumerName":"a","StreamARN":"s"}"#, SourceChange.none),
    (#"{"ConsumerName":"a","StreamARN":"s"}"#, #"{"ConsumerName":"b","StreamARN":"s"}"#, .replacement),
    (#"{"ConsumerName":"a","StreamARN":"s"}"#, #"{"ConsumerName":"a","StreamARN":"t"}"#, .replacement),
  ]) func changeOfAConsumerIsJudged(old: String, new: String, change: SourceChange) async throws {
    #expect(try await SourceEndpoint.change(of: "AWS::Kinesis::StreamConsumer", from: old, to: new) == change)
  }
}
