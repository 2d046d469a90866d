import AWSClient
import Delivery
import JSON
import Logging
import Mappings
import Testing

@testable import EventSources

/// The streams that tests read, as the program knows them.
enum StreamSources {
  static let kinesisARN = "arn:aws:kinesis:us-east-1:111111111111:stream/s"
  static let tableARN = "arn:aws:dynamodb:us-east-1:111111111111:table/t/stream/2026-01-31T00:00:00.000"

  /// A world in which nothing is called.
  private static func world() throws -> SourceWorld {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    return SourceWorld(
      client: try FakeSQS().client(), functions: FakeFunctions(), store: ResultStore(), checkpoints: FakeCheckpoints(),
      journal: Journal(store: NotingStore(), keeping: 0, payloadLimit: 0, logger: logger),
      asynchronous: AcceptingQueue(), installations: FakeInstallations(), logger: logger)
  }

  static func kinesis() throws -> KinesisStreamSource {
    KinesisStreamSource(try #require(ARN(kinesisARN)), world: try world(), shard: 0)
  }

  static func dynamoDB() throws -> DynamoDBStreamSource {
    DynamoDBStreamSource(try #require(ARN(tableARN)), world: try world(), shard: 0)
  }
}

extension StreamRecord {
  /// A record of Kinesis' form.
  static func make(
    _ number: Int, arrival: Int64 = 1_790_000_000_123, key: UInt64 = 0, text: String? = nil
  ) -> StreamRecord {
    StreamRecord(
      sequenceNumber: SequenceNumber("\(number)"), arrival: Milliseconds(arrival), keyHash: key,
      record: Array((text ?? #"{"n":\#(number)}"#).utf8))
  }

  var text: String { String(decoding: record, as: UTF8.self) }
}
