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

extension [UInt8] {
  /// Appends the name of a position's kind, and the member that goes with it.
  /// - Parameter name: how the call writes the member of a sequence number, with its comma and colon.
  mutating func append(_ position: ShardIteratorPosition, number name: StaticString) {
    appendString(position.typeName.utf8)
    switch position {
    case .trimHorizon, .latest: break
    case .afterSequenceNumber(let number):
      append(name)
      appendString(number.utf8)
    case .atTimestamp(let milliseconds):
      append(#","Timestamp":"#)
      appendSeconds(milliseconds: milliseconds)
    }
  }

  /// Appends a time as AWS JSON has it: seconds with three decimals, whole milliseconds without the error of a
  /// `Double`.
  private mutating func appendSeconds(milliseconds: Int64) {
    if milliseconds < 0 { append("-") }
    let (seconds, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
    append(contentsOf: "\(seconds).\(String(rest + 1000).dropFirst())".utf8)
  }
}
