/// Where in a shard the reading begins.
public enum ShardIteratorPosition: Sendable, Equatable {
  /// At the oldest record that is still kept.
  case trimHorizon
  /// After the newest record.
  case latest
  /// After the record of that sequence number.
  case afterSequenceNumber(String)
  /// At the first record that arrived then or later; milliseconds since 1970. Kinesis only.
  case atTimestamp(milliseconds: Int64)

  /// The name of its kind in both APIs.
  var typeName: String {
    switch self {
    case .trimHorizon: "TRIM_HORIZON"
    case .latest: "LATEST"
    case .afterSequenceNumber: "AFTER_SEQUENCE_NUMBER"
    case .atTimestamp: "AT_TIMESTAMP"
    }
  }
}
