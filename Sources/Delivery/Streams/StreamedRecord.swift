public import Mappings

/// A record of a stream as the flow of its shard sees it.
public protocol StreamedRecord: Sendable {
  /// Its place in the shard.
  var sequenceNumber: SequenceNumber { get }
  /// When it came into the stream, by the source's clock.
  var arrival: Milliseconds { get }
  /// Bytes of its record in the event.
  var byteCount: Int { get }
  /// The same for all records that must stay in order, in every process: those of one partition key, or of one item.
  var keyHash: UInt64 { get }
}
