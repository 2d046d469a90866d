public import Mappings

/// What one read of a shard gave.
public struct ShardRead<Record: StreamedRecord>: Sendable {
  /// The records that the filters let through.
  public var records: [Record]
  /// How many records there were.
  public var count: Int
  /// The last of them; nil where there was none.
  public var last: SequenceNumber?
  /// When that one came into the stream.
  public var lastArrival: Milliseconds?
  /// Whether more is there already, so that the next read need not wait.
  public var isBehind: Bool
  /// Whether the source says that nothing more is there now.
  public var isCaughtUp: Bool
  /// Whether the source says that nothing can follow.
  public var hasEnded: Bool
  /// Whether what was done before is not in the shard any more, so that nothing can be told by it.
  public var isAnew: Bool
  /// When the read began, by the clock that dates the records.
  public var startedAt: Milliseconds

  /// A read.
  public init(
    records: [Record], count: Int, last: SequenceNumber?, lastArrival: Milliseconds?, isBehind: Bool, isCaughtUp: Bool,
    hasEnded: Bool, isAnew: Bool = false,
    startedAt: Milliseconds
  ) {
    self.records = records
    self.count = count
    self.last = last
    self.lastArrival = lastArrival
    self.isBehind = isBehind
    self.isCaughtUp = isCaughtUp
    self.hasEnded = hasEnded
    self.isAnew = isAnew
    self.startedAt = startedAt
  }
}
