import JSON

/// A stream by both its names: an emulator may know only the short one, and a stream of another account has only the ARN.
public struct KinesisStream: Sendable {
  /// `arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`.
  public let arn: String
  /// The name within its account and region.
  public let name: String

  /// A stream.
  public init(arn: String, name: String) {
    self.arn = arn
    self.name = name
  }
}

/// Kinesis over AWS JSON 1.1 (https://docs.aws.amazon.com/kinesis/latest/APIReference/).
public struct KinesisClient: Sendable {
  let caller: JSONCaller

  /// Calls in a region, for an account, over the connections of a shard.
  public init(_ client: AWSClient, region: String, account: String, shard: Int = 0) {
    caller = JSONCaller(
      client: client, service: .kinesis, version: .v1_1, targetPrefix: "Kinesis_20131202", region: region,
      account: account, shard: shard)
  }

  /// Asks for the stream; `service` with `ResourceNotFoundException` where there is none.
  public func describe(_ stream: KinesisStream) async throws(AWSError) {
    var body = Self.opening(stream)
    body.append("}")
    _ = try await caller.client.send(caller.call("DescribeStreamSummary", body))
  }

  /// Asks for an enhanced fan-out consumer; `service` with `ResourceNotFoundException` where there is none.
  public func describeConsumer(arn: String) async throws(AWSError) {
    var body: [UInt8] = []
    body.append(#"{"ConsumerARN":"#)
    body.appendString(arn.utf8)
    body.append("}")
    _ = try await caller.client.send(caller.call("DescribeStreamConsumer", body))
  }

  /// All shards of the stream, those that are closed and still kept included.
  public func shards(of stream: KinesisStream) async throws(AWSError) -> [StreamShard] {
    var shards: [StreamShard] = []
    var token: String?
    var seen: Set<String> = []
    while true {
      var body: [UInt8] = []
      if let token {
        // The token stands for the stream, which must not be named beside it
        // (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html).
        body.append(#"{"NextToken":"#)
        body.appendString(token.utf8)
      } else {
        body = Self.opening(stream)
      }
      body.append("}")
      let answer = try await caller.document(of: caller.call("ListShards", body))
      guard let page = StreamShard.page(answer["Shards"]) else { throw caller.invalid("no Shards with a ShardId each") }
      shards += page
      guard case .string(let next)? = answer["NextToken"], !next.isEmpty else { return shards }
      guard seen.insert(next).inserted else { throw caller.invalid("a NextToken that leads to itself") }
      token = next
    }
  }

  /// An iterator for a shard. It is good for five minutes.
  public func iterator(
    of stream: KinesisStream, shard: String, at position: ShardIteratorPosition
  ) async throws(AWSError) -> String {
    var body = Self.opening(stream)
    body.append(#","ShardId":"#)
    body.appendString(shard.utf8)
    body.append(#","ShardIteratorType":"#)
    body.append(position, number: #","StartingSequenceNumber":"#)
    body.append("}")
    let answer = try await caller.document(of: caller.call("GetShardIterator", body))
    guard case .string(let iterator)? = answer["ShardIterator"] else { throw caller.invalid("no ShardIterator") }
    return iterator
  }

  /// Reads at most `limit` records and gives the answer's body as it came; one attempt.
  public func records(iterator: String, stream: KinesisStream, limit: Int) async throws(AWSError) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(512)
    body.append(#"{"ShardIterator":"#)
    body.appendString(iterator.utf8)
    body.append(#","Limit":"#)
    body.appendNumber(limit)
    body.append(#","StreamARN":"#)
    body.appendString(stream.arn.utf8)
    body.append("}")
    return try await caller.records(body)
  }

  /// Has a shard's records sent to an enhanced fan-out consumer, for up to five minutes; one attempt
  /// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html).
  public func subscribe(
    consumerARN: String, shard: String, at position: ShardIteratorPosition
  ) async throws(AWSError) -> KinesisSubscription {
    var body: [UInt8] = []
    body.append(#"{"ConsumerARN":"#)
    body.appendString(consumerARN.utf8)
    body.append(#","ShardId":"#)
    body.appendString(shard.utf8)
    body.append(#","StartingPosition":{"Type":"#)
    body.append(position, number: #","SequenceNumber":"#)
    body.append("}}")
    let answer = try await caller.client.stream(caller.call("SubscribeToShard", body))
    guard answer.status < 400 else { throw try await Self.error(of: answer) }
    return KinesisSubscription(answer.body)
  }

  /// An error is a few hundred bytes; of what is longer only the beginning is read.
  private static func error(of answer: AWSStreamedAnswer) async throws(AWSError) -> AWSError {
    var pieces = answer.body.makeAsyncIterator()
    var body: [UInt8] = []
    while body.count < 1 << 20, let piece = try await pieces.next() { body += piece }
    return .service(AWSServiceError(AWSAnswer(status: answer.status, headers: answer.headers, body: body)))
  }

  private static func opening(_ stream: KinesisStream) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(512)
    body.append(#"{"StreamName":"#)
    body.appendString(stream.name.utf8)
    body.append(#","StreamARN":"#)
    body.appendString(stream.arn.utf8)
    return body
  }
}
