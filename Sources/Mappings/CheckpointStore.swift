/// How far a mapping has come in one shard of its stream.
public struct ShardCheckpoint: Equatable, Sendable {
  /// The shard's id.
  public var shard: String
  /// By lane: the last record up to which all of the lane's records are done with; nil where none is.
  public var lanes: [SequenceNumber?]
  /// The same of lanes of other numbers, which the mapping had before, as long as some of their records that are done
  /// with lie ahead.
  public var earlierLanes: [[SequenceNumber?]]
  /// Where the shard is read from before any record is done with: an iterator that was taken when the mapping was made.
  /// It expires; then the time of the mapping's creation takes its place.
  public var iterator: String?
  /// Whether all records of the shard are done with, and none can follow.
  public var isFinished: Bool
  /// The tumbling window that is open; nil where none is.
  public var window: OpenWindow?

  /// A tumbling window that has begun and was not closed.
  public struct OpenWindow: Equatable, Sendable {
    /// The first moment of the window.
    public var start: Milliseconds
    /// What the function gave last: a JSON object.
    public var state: [UInt8]

    /// A window.
    public init(start: Milliseconds, state: [UInt8]) {
      self.start = start
      self.state = state
    }
  }

  /// A checkpoint; by default that of a shard of which nothing is done.
  public init(
    shard: String, lanes: [SequenceNumber?] = [nil], earlierLanes: [[SequenceNumber?]] = [], iterator: String? = nil,
    isFinished: Bool = false,
    window: OpenWindow? = nil
  ) {
    self.shard = shard
    self.lanes = lanes
    self.earlierLanes = earlierLanes
    self.iterator = iterator
    self.isFinished = isFinished
    self.window = window
  }

  /// Where the shard is to be read on: behind this record; nil where it is to be read from its start.
  public var resumption: SequenceNumber? {
    var earliest: SequenceNumber?
    for lane in lanes {
      guard let lane else { return nil }
      earliest = min(earliest ?? lane, lane)
    }
    return earliest
  }
}

/// Where checkpoints are kept. What was saved survives the process when the call returns.
public protocol CheckpointStore: Sendable {
  /// All checkpoints of a mapping.
  func checkpoints(of mapping: MappingID) throws(MappingError) -> [ShardCheckpoint]

  /// Keeps a shard's checkpoint. That of a mapping which is gone is no error, and is not kept.
  func save(_ checkpoint: ShardCheckpoint, of mapping: MappingID) async throws(MappingError)

  /// Forgets shards that the stream has forgotten.
  func remove(shards: [String], of mapping: MappingID) async throws(MappingError)
}
