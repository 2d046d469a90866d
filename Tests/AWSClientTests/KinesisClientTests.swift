import Testing

@testable import AWSClient

@Suite struct KinesisClientTests {
  static let stream = KinesisStream(
    arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks", name: "clicks")
  static let named = #"{"StreamName":"clicks","StreamARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/clicks""#

  @Test func streamIsNamedBothWays() async throws {
    let (client, transport) = try Self.make([.answer(200, "")])
    try await client.describe(Self.stream)
    let request = try #require(transport.requests.first)
    #expect(request.text == Self.named + "}")
    #expect(request.url == "http://aws.test:4566/")
    #expect(request.header("content-type") == "application/x-amz-json-1.1")
    #expect(request.header("x-amz-target") == "Kinesis_20131202.DescribeStreamSummary")
    #expect(request.shard == 5)
    #expect(request.header("authorization")?.contains("Credential=123456789012/20150830/eu-west-1/kinesis/") == true)
  }

  @Test func consumerIsNamedByItsARN() async throws {
    let (client, transport) = try Self.make([.answer(200)])
    try await client.describeConsumer(arn: "arn:c")
    #expect(transport.requests.first?.text == #"{"ConsumerARN":"arn:c"}"#)
    #expect(transport.requests.first?.header("x-amz-target") == "Kinesis_20131202.DescribeStreamConsumer")
  }

  @Test func missingStreamIsAnError() async throws {
    let (client, _) = try Self.make([
      .answer(400, #"{"__type":"ResourceNotFoundException","message":"Stream clicks not found."}"#)
    ])
    await #expect(
      throws: AWSError.service(
        AWSServiceError(status: 400, code: "ResourceNotFoundException", message: "Stream clicks not found."))
    ) { try await client.describe(Self.stream) }
  }

  @Test func shardsOfAllPagesAreListed() async throws {
    let (client, transport) = try Self.make([
      .answer(
        200,
        #"{"Shards":[{"ShardId":"s0","SequenceNumberRange":{"StartingSequenceNumber":"1","EndingSequenceNumber":"9"}},"#
          + #"{"ShardId":"s1","ParentShardId":"s0","AdjacentParentShardId":null,"#
          + #""SequenceNumberRange":{"StartingSequenceNumber":"9","EndingSequenceNumber":null}}],"NextToken":"t\n\"1"}"#
      ),
      .answer(
        200,
        #"{"Shards":[{"ShardId":"s2","ParentShardId":"s0","AdjacentParentShardId":"s1"},"#
          + #"{"ShardId":"s3","ParentShardId":"","AdjacentParentShardId":""}],"NextToken":null}"#),
    ])
    #expect(
      try await client.shards(of: Self.stream) == [
        StreamShard(id: "s0", isClosed: true), StreamShard(id: "s1", parents: ["s0"]),
        StreamShard(id: "s2", parents: ["s0", "s1"]), StreamShard(id: "s3"),
      ])
    #expect(transport.requests.map(\.text) == [Self.named + "}", #"{"NextToken":"t\n\"1"}"#])
    #expect(transport.requests.first?.header("x-amz-target") == "Kinesis_20131202.ListShards")
  }

  @Test(arguments: [
    "", "{}", "<html>", "[]", #"{"Shards":null}"#, #"{"Shards":{}}"#, #"{"Shards":[{}]}"#,
    #"{"Shards":[{"ShardId":""}]}"#,
    #"{"Shards":[{"ShardId":7}]}"#, #"{"Shards":[],"NextToken":"again"}"#,
  ]) func listThatIsNoneIsInvalid(text: String) async throws {
    let (client, transport) = try Self.make([.answer(200, text), .answer(200, text)])
    let error = await #expect(throws: AWSError.self) { try await client.shards(of: Self.stream) }
    Self.expectInvalid(error)
    #expect(transport.requests.count <= 2)
  }

  @Test(
    arguments: [
      (.trimHorizon, #""TRIM_HORIZON""#), (.latest, #""LATEST""#),
      (.afterSequenceNumber("49"), #""AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":"49""#),
      (.atTimestamp(milliseconds: 1_764_078_861_007), #""AT_TIMESTAMP","Timestamp":1764078861.007"#),
      (.atTimestamp(milliseconds: 5), #""AT_TIMESTAMP","Timestamp":0.005"#),
      (.atTimestamp(milliseconds: -1500), #""AT_TIMESTAMP","Timestamp":-1.500"#),
    ] as [(ShardIteratorPosition, String)])
  func iteratorIsForAPosition(position: ShardIteratorPosition, written: String) async throws {
    let (client, transport) = try Self.make([.answer(200, #"{"ShardIterator":"AAA="}"#)])
    #expect(try await client.iterator(of: Self.stream, shard: "s0", at: position) == "AAA=")
    #expect(transport.requests.first?.text == Self.named + #","ShardId":"s0","ShardIteratorType":"# + written + "}")
    #expect(transport.requests.first?.header("x-amz-target") == "Kinesis_20131202.GetShardIterator")
  }

  @Test(arguments: ["{}", #"{"ShardIterator":null}"#, "x"])
  func missingIteratorIsInvalid(text: String) async throws {
    let (client, _) = try Self.make([.answer(200, text)])
    let error = await #expect(throws: AWSError.self) {
      try await client.iterator(of: Self.stream, shard: "s0", at: .latest)
    }
    Self.expectInvalid(error)
  }

  /// There are emulators whose iterators end in a line break.
  @Test func iteratorIsSentBackAsItWas() async throws {
    let (client, transport) = try Self.make([
      .answer(200, #"{"ShardIterator":"AA\/\u0041=\n"}"#), .answer(200, #"{"Records":[{"Data":"\u00e9"}]}"#),
    ])
    let iterator = try await client.iterator(of: Self.stream, shard: "s0", at: .trimHorizon)
    #expect(iterator == "AA/A=\n")
    let body = try await client.records(iterator: iterator, stream: Self.stream, limit: 100)
    #expect(body == Array(#"{"Records":[{"Data":"\u00e9"}]}"#.utf8))
    let request = try #require(transport.requests.last)
    #expect(
      request.text == #"{"ShardIterator":"AA/A=\n","Limit":100,"#
        + #""StreamARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"}"#)
    #expect(request.header("x-amz-target") == "Kinesis_20131202.GetRecords")
    #expect(request.timeout == .seconds(15))
  }

  @Test func recordsAreNotTriedAgain() async throws {
    let (client, transport) = try Self.make([.answer(500), .answer(200)])
    await #expect(throws: AWSError.self) {
      try await client.records(iterator: "i", stream: Self.stream, limit: 1)
    }
    #expect(transport.requests.count == 1)
  }

  // MARK: Helpers

  private static func expectInvalid(_ error: AWSError?, sourceLocation: SourceLocation = #_sourceLocation) {
    guard case .invalidAnswer("http://aws.test:4566", _)? = error else {
      Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
  }

  private static func make(_ script: [Result<AWSAnswer, AWSError>]) throws -> (KinesisClient, ScriptedTransport) {
    let transport = ScriptedTransport(script)
    return (
      KinesisClient(try AWSClient.make(transport), region: "eu-west-1", account: "123456789012", shard: 5), transport
    )
  }
}
