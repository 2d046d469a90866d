import AWSClient
import Delivery
import JSON
import Mappings

/// A stream as its workers use it: what Kinesis and DynamoDB streams have in common, over what each does its own way.
protocol StreamSource: Sendable {
  /// The mapping's source.
  var arn: ARN { get }
  /// The most records that one read gives.
  var readLimit: Int { get }
  /// Whether records come by themselves, without being asked for.
  var pushes: Bool { get }
  /// The name that a failure record has for a batch of the stream.
  var batchInfoName: String { get }

  /// Throws what the source says where the stream is not there.
  func check() async throws(AWSError)

  /// All shards that the stream has, closed ones included.
  func shards() async throws(AWSError) -> [ShardLineage.Shard]

  /// An iterator behind everything that is in a shard now; nil where the source has none that can be kept.
  func latestIterator(of shard: String) async throws(AWSError) -> String?

  /// Reads one shard.
  func reader(of shard: String, from start: ShardStart) -> any ShardReader

  /// A record as filters see it; nil where it cannot be read.
  func view(of record: StreamRecord) -> JSONValue?

  /// An arrival time as a failure record writes it.
  func arrivalText(_ time: Milliseconds) -> String
}

/// Reads one shard, one read after another.
protocol ShardReader: Sendable {
  /// The next records; what was read is not read again, whatever has failed in between.
  /// - Parameter limit: how many at most.
  func next(limit: Int) async throws(AWSError) -> ShardAnswer
}

/// One read of a shard as its source answered it.
struct ShardAnswer: Sendable {
  var records: [StreamRecord] = []
  /// Where the next read begins; nil where nothing can follow.
  var next: String?
  /// What came earlier was read, and is not wanted.
  var earliest: Milliseconds?
  /// Whether what was done before is not in the shard any more, so that nothing can be told by it.
  var isAnew = false
  /// Where the source tells it: how far behind its end the shard was read.
  var millisBehindLatest: Int?
}

extension ShardAnswer {
  /// The records that are wanted: those that did not come too early.
  var wanted: [StreamRecord] {
    guard let earliest else { return records }
    return records.filter { $0.arrival >= earliest }
  }
}

/// Where the reading of a shard begins.
enum ShardStart: Equatable, Sendable {
  case trimHorizon
  /// Behind a record.
  case after(SequenceNumber)
  /// With an iterator that was taken before; where it is refused by now, with what came since a moment.
  case iterator(String, else: Milliseconds)
  /// With what came since a moment.
  case since(Milliseconds)
}

extension AWSError {
  /// Whether the stream, or the shard, does not exist.
  var isMissingResource: Bool {
    guard case .service(let error) = self else { return false }
    return error.code == "ResourceNotFoundException"
  }

  /// What a mapping tells of a stream that cannot be read.
  var streamProblem: String { "PROBLEM: Error occurred while reading the stream. \(self)" }
}

extension ShardLineage.Shard {
  /// A shard as its source lists it.
  init(_ shard: StreamShard) {
    self.init(id: shard.id, parents: shard.parents, isClosed: shard.isClosed)
  }
}
