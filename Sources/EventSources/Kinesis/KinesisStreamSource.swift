import AWSClient
import Delivery
import FoundationEssentials
import JSON
import Logging
import Mappings

/// A Kinesis stream, read by GetRecords, or by SubscribeToShard where the mapping names a consumer.
struct KinesisStreamSource: StreamSource {
  let arn: ARN
  private let client: KinesisClient
  private let stream: KinesisStream
  /// An enhanced fan-out consumer; nil where there is none.
  private let consumer: String?
  private let endpoint: String
  private let logger: Logger

  init(_ arn: ARN, world: SourceWorld, shard: Int) {
    self.arn = arn
    client = KinesisClient(world.client, region: arn.region, account: arn.account, shard: shard)
    // `stream/NAME`, or `stream/NAME/consumer/CONSUMER:EPOCH`
    let parts = arn.resource.split(separator: "/", omittingEmptySubsequences: false)
    let name = parts.count > 1 ? String(parts[1]) : arn.resource
    consumer = parts.count > 2 ? arn.description : nil
    stream = KinesisStream(
      arn: "arn:\(arn.partition):kinesis:\(arn.region):\(arn.account):stream/\(name)", name: name)
    endpoint = world.client.configuration.endpoint(for: .kinesis, region: arn.region).url
    logger = world.logger
  }

  /// The most that GetRecords gives (its API reference).
  var readLimit: Int { 10_000 }
  var pushes: Bool { consumer != nil }
  var batchInfoName: String { "KinesisBatchInfo" }

  func check() async throws(AWSError) {
    try await client.describe(stream)
    if let consumer { try await client.describeConsumer(arn: consumer) }
  }

  func shards() async throws(AWSError) -> [ShardLineage.Shard] {
    try await client.shards(of: stream).map(ShardLineage.Shard.init)
  }

  func latestIterator(of shard: String) async throws(AWSError) -> String? {
    // A subscription begins at a position, and not with an iterator.
    guard consumer == nil else { return nil }
    return try await client.iterator(of: stream, shard: shard, at: .latest)
  }

  func reader(of shard: String, from start: ShardStart) -> any ShardReader {
    let records = KinesisRecords(shard: shard, source: arn)
    let read = { @Sendable [endpoint] (answer: [UInt8]) throws(AWSError) -> ShardAnswer in
      do throws(StreamAnswerError) {
        return try records.read(answer)
      } catch {
        throw .invalidAnswer(endpoint: endpoint, reason: "\(error)")
      }
    }
    if let consumer {
      return SubscribedShard(client, consumer: consumer, shard: shard, from: start, logger: logger, read: read)
    }
    return PolledShard(
      PolledShard.Calls(
        iterator: { [client, stream] (position) async throws(AWSError) in
          try await client.iterator(of: stream, shard: shard, at: position)
        },
        read: { [client, stream] (iterator, limit) async throws(AWSError) in
          try read(try await client.records(iterator: iterator, stream: stream, limit: limit))
        }, knowsTime: true),
      from: start, logger: logger)
  }

  /// Recorded: the pattern's key is `data`, at the top, with what the data holds. Documented: `partitionKey` as well, and
  /// the metadata of the record.
  func view(of record: StreamRecord) -> JSONValue? {
    guard let document = try? JSONValue(parsing: record.record), case .object(var members) = document,
      let kinesis = document["kinesis"], case .string(let data)? = kinesis["data"]
    else { return nil }
    // What is no base64 is no data; a filter sees it as it stands.
    let decoded = Data(base64Encoded: data).map { String(decoding: $0, as: UTF8.self) } ?? data
    members.append(JSONMember("data", RecordFilter.view(of: decoded)))
    if let key = kinesis["partitionKey"] { members.append(JSONMember("partitionKey", key)) }
    return .object(members)
  }

  func arrivalText(_ time: Milliseconds) -> String { time.text }
}

extension SourceReader {
  /// Of Kinesis streams and their consumers.
  static let kinesis = SourceReader.stream(.kinesis) { arn, world, shard in
    KinesisStreamSource(arn, world: world, shard: shard)
  }
}
