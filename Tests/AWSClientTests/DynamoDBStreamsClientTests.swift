import Testing

@testable import AWSClient

@Suite struct DynamoDBStreamsClientTests {
  static let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
  static let named = #"{"StreamArn":"\#(arn)""#

  @Test func shardsOfAllPagesAreListed() async throws {
    let (client, transport) = try Self.make([
      .answer(
        200,
        #"{"StreamDescription":{"Shards":[{"ShardId":"s0","SequenceNumberRange":{"EndingSequenceNumber":"9"}}],"#
          + #""LastEvaluatedShardId":"s0"}}"#),
      .answer(200, #"{"StreamDescription":{"Shards":[{"ShardId":"s1","ParentShardId":"s0"}]}}"#),
    ])
    #expect(
      try await client.shards(of: Self.arn) == [
        StreamShard(id: "s0", isClosed: true), StreamShard(id: "s1", parents: ["s0"]),
      ])
    #expect(transport.requests.map(\.text) == [Self.named + "}", Self.named + #","ExclusiveStartShardId":"s0"}"#])
    let request = try #require(transport.requests.first)
    #expect(request.header("content-type") == "application/x-amz-json-1.0")
    #expect(request.header("x-amz-target") == "DynamoDBStreams_20120810.DescribeStream")
    #expect(request.header("authorization")?.contains("/eu-west-1/dynamodb/aws4_request") == true)
    #expect(request.shard == 5)
  }

  @Test(arguments: [
    "", "{}", "<html>", #"{"StreamDescription":null}"#, #"{"StreamDescription":{}}"#,
    #"{"StreamDescription":{"Shards":[{}]}}"#, #"{"StreamDescription":{"Shards":[],"LastEvaluatedShardId":"again"}}"#,
  ]) func descriptionThatIsNoneIsInvalid(text: String) async throws {
    let (client, transport) = try Self.make([.answer(200, text), .answer(200, text)])
    let error = await #expect(throws: AWSError.self) { try await client.shards(of: Self.arn) }
    guard case .invalidAnswer? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(transport.requests.count <= 2)
  }

  @Test func missingStreamIsAnError() async throws {
    let (client, _) = try Self.make([
      .answer(400, #"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"m"}"#)
    ])
    await #expect(
      throws: AWSError.service(AWSServiceError(status: 400, code: "ResourceNotFoundException", message: "m"))
    ) { try await client.shards(of: Self.arn) }
  }

  @Test(
    arguments: [
      (.trimHorizon, #""TRIM_HORIZON""#), (.latest, #""LATEST""#),
      (.afterSequenceNumber("49"), #""AFTER_SEQUENCE_NUMBER","SequenceNumber":"49""#),
    ] as [(ShardIteratorPosition, String)])
  func iteratorIsForAPosition(position: ShardIteratorPosition, written: String) async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"ShardIterator":"AAA="}"#)])
    #expect(try await client.iterator(of: Self.arn, shard: "s0", at: position) == "AAA=")
    #expect(transport.requests.first?.text == Self.named + #","ShardId":"s0","ShardIteratorType":"# + written + "}")
    #expect(transport.requests.first?.header("x-amz-target") == "DynamoDBStreams_20120810.GetShardIterator")
  }

  @Test func thereIsNoIteratorForATime() async throws {
    let (client, transport) = try Self.make([.answer(200)])
    let error = await #expect(throws: AWSError.self) {
      try await client.iterator(of: Self.arn, shard: "s0", at: .atTimestamp(milliseconds: 0))
    }
    guard case .configuration? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(transport.requests.isEmpty)
  }

  @Test func missingIteratorIsInvalid() async throws {
    let (client, _) = try Self.make([.answer(200, "{}")])
    await #expect(throws: AWSError.invalidAnswer(endpoint: "http://aws.test:4566", reason: "no ShardIterator")) {
      try await client.iterator(of: Self.arn, shard: "s0", at: .latest)
    }
  }

  @Test func recordsAreGivenAsTheyCame() async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"Records": []}"#), .answer(500), .answer(200)])
    #expect(try await client.records(iterator: "A\"A", limit: 1000) == Array(#"{"Records": []}"#.utf8))
    let request = try #require(transport.requests.first)
    #expect(request.text == #"{"ShardIterator":"A\"A","Limit":1000}"#)
    #expect(request.header("x-amz-target") == "DynamoDBStreams_20120810.GetRecords")
    #expect(request.timeout == .seconds(15))
    await #expect(throws: AWSError.self) { try await client.records(iterator: "A", limit: 1) }
    #expect(transport.requests.count == 2)
  }

  private static func make(
    _ script: [Result<AWSAnswer, AWSError>]
  ) throws -> (DynamoDBStreamsClient, ScriptedTransport) {
    let transport = ScriptedTransport(script)
    return (
      DynamoDBStreamsClient(try AWSClient.make(transport), region: "eu-west-1", account: "123456789012", shard: 5),
      transport
    )
  }
}
