import JSON

/// DynamoDB Streams over AWS JSON 1.0
/// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html).
public struct DynamoDBStreamsClient: Sendable {
  private let caller: JSONCaller

  /// Calls in a region, for an account, over the connections of a shard.
  public init(_ client: AWSClient, region: String, account: String, shard: Int = 0) {
    caller = JSONCaller(
      client: client, service: .dynamoDBStreams, version: .v1_0, targetPrefix: "DynamoDBStreams_20120810",
      region: region, account: account, shard: shard)
  }

  /// All shards of the stream, those that are closed and still kept included; `service` with
  /// `ResourceNotFoundException` where there is no stream.
  public func shards(of streamARN: String) async throws(AWSError) -> [StreamShard] {
    var shards: [StreamShard] = []
    var last: String?
    var seen: Set<String> = []
    while true {
      var body = Self.opening(streamARN)
      if let last {
        body.append(#","ExclusiveStartShardId":"#)
        body.appendString(last.utf8)
      }
      body.append("}")
      let description = try await caller.document(of: caller.call("DescribeStream", body))["StreamDescription"]
      guard let page = StreamShard.page(description?["Shards"]) else {
        throw caller.invalid("no Shards with a ShardId each")
      }
      shards += page
      guard case .string(let next)? = description?["LastEvaluatedShardId"], !next.isEmpty else { return shards }
      guard seen.insert(next).inserted else { throw caller.invalid("a LastEvaluatedShardId that leads to itself") }
      last = next
    }
  }

  /// An iterator for a shard. It is good for fifteen minutes. There is none for a time: that is a `configuration` error.
  public func iterator(
    of streamARN: String, shard: String, at position: ShardIteratorPosition
  ) async throws(AWSError) -> String {
    if case .atTimestamp = position {
      throw .configuration("a stream of DynamoDB cannot be read from a time: take TRIM_HORIZON or LATEST")
    }
    var body = Self.opening(streamARN)
    body.append(#","ShardId":"#)
    body.appendString(shard.utf8)
    body.append(#","ShardIteratorType":"#)
    body.append(position, number: #","SequenceNumber":"#)
    body.append("}")
    let answer = try await caller.document(of: caller.call("GetShardIterator", body))
    guard case .string(let iterator)? = answer["ShardIterator"] else { throw caller.invalid("no ShardIterator") }
    return iterator
  }

  /// Reads at most `limit` records and gives the answer's body as it came; one attempt.
  public func records(iterator: String, limit: Int) async throws(AWSError) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(512)
    body.append(#"{"ShardIterator":"#)
    body.appendString(iterator.utf8)
    body.append(#","Limit":"#)
    body.appendNumber(limit)
    body.append("}")
    return try await caller.records(body)
  }

  private static func opening(_ streamARN: String) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(512)
    body.append(#"{"StreamArn":"#)
    body.appendString(streamARN.utf8)
    return body
  }
}
