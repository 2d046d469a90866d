import JSON

/// A shard of a stream, as `ListShards` of Kinesis and `DescribeStream` of DynamoDB Streams tell of it.
public struct StreamShard: Sendable, Equatable {
  /// `shardId-000000000000`.
  public var id: String
  /// The shards whose records come before its own: none, the one that was split, or the two that were merged. They may
  /// have left the stream already.
  public var parents: [String]
  /// Whether no record will be added to it.
  public var isClosed: Bool

  /// A shard.
  public init(id: String, parents: [String] = [], isClosed: Bool = false) {
    self.id = id
    self.parents = parents
    self.isClosed = isClosed
  }

  /// Reads one; nil where it has no name.
  private init?(_ document: JSONValue) {
    guard case .string(let id)? = document["ShardId"], !id.isEmpty else { return nil }
    self.init(id: id)
    for name in ["ParentShardId", "AdjacentParentShardId"] {
      // Emulators write null or an empty text where AWS leaves the member out.
      if case .string(let parent)? = document[name], !parent.isEmpty { parents.append(parent) }
    }
    switch document["SequenceNumberRange"]?["EndingSequenceNumber"] {
    case nil, .null?: isClosed = false
    default: isClosed = true
    }
  }

  /// Reads a page of shards; nil where it is no list, or one of them has no name.
  static func page(_ document: JSONValue?) -> [StreamShard]? {
    guard case .array(let elements)? = document else { return nil }
    let shards = elements.compactMap { StreamShard($0) }
    return shards.count == elements.count ? shards : nil
  }
}
