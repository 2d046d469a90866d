import AWSClient
import Delivery
import JSON
import Logging
import Mappings

/// The stream of a DynamoDB table.
struct DynamoDBStreamSource: StreamSource {
  let arn: ARN
  private let client: DynamoDBStreamsClient
  private let endpoint: String
  private let logger: Logger

  init(_ arn: ARN, world: SourceWorld, shard: Int) {
    self.arn = arn
    client = DynamoDBStreamsClient(world.client, region: arn.region, account: arn.account, shard: shard)
    endpoint = world.client.configuration.endpoint(for: .dynamoDBStreams, region: arn.region).url
    logger = world.logger
  }

  /// The most that GetRecords gives (its API reference).
  var readLimit: Int { 1000 }
  var pushes: Bool { false }
  var batchInfoName: String { "DDBStreamBatchInfo" }

  func check() async throws(AWSError) { _ = try await client.shards(of: arn.description) }

  func shards() async throws(AWSError) -> [ShardLineage.Shard] {
    try await client.shards(of: arn.description).map(ShardLineage.Shard.init)
  }

  func latestIterator(of shard: String) async throws(AWSError) -> String? {
    try await client.iterator(of: arn.description, shard: shard, at: .latest)
  }

  func reader(of shard: String, from start: ShardStart) -> any ShardReader {
    let records = DynamoDBStreamRecords(source: arn)
    return PolledShard(
      PolledShard.Calls(
        iterator: { [client, arn] (position) async throws(AWSError) in
          try await client.iterator(of: arn.description, shard: shard, at: position)
        },
        read: { [client, endpoint] (iterator, limit) async throws(AWSError) in
          let answer = try await client.records(iterator: iterator, limit: limit)
          do throws(StreamAnswerError) {
            return try records.read(answer)
          } catch {
            throw .invalidAnswer(endpoint: endpoint, reason: "\(error)")
          }
        }, knowsTime: false),
      from: start, logger: logger)
  }

  func view(of record: StreamRecord) -> JSONValue? { try? JSONValue(parsing: record.record) }

  /// Recorded: without milliseconds.
  func arrivalText(_ time: Milliseconds) -> String { time.textInSeconds }
}

extension SourceReader {
  /// Of the streams of DynamoDB tables.
  static let dynamoDBStreams = SourceReader.stream(.dynamoDBStreams) { arn, world, shard in
    DynamoDBStreamSource(arn, world: world, shard: shard)
  }
}
