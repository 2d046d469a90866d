/// Which shards of a stream may be read: a child's records come after those of its parents, so that it waits for them.
///
/// A value that is told what the stream lists and what was finished.
public struct ShardLineage: Equatable, Sendable {
  /// A shard as the stream lists it.
  public struct Shard: Equatable, Sendable {
    /// `shardId-000000000000`
    public var id: String
    /// Those that it was split or merged from; some of them may be listed no more.
    public var parents: [String]
    /// Whether no record can come into it any more.
    public var isClosed: Bool

    /// A shard.
    public init(id: String, parents: [String] = [], isClosed: Bool = false) {
      self.id = id
      self.parents = parents
      self.isClosed = isClosed
    }
  }

  private var listed: [Shard] = []
  private var finished: Set<String>
  private var begun: Set<String> = []
  /// Shards for which their children need not wait any more, though they are still read.
  private var released: Set<String> = []

  /// - Parameter finished: the shards that an earlier process has finished.
  public init(finished: some Sequence<String>) {
    self.finished = Set(finished)
  }

  /// Takes a new list.
  /// - Returns: finished shards that the stream does not list any more, which need not be remembered.
  public mutating func list(_ shards: [Shard]) -> [String] {
    listed = shards
    let ids = Set(shards.map(\.id))
    let forgotten = finished.subtracting(ids)
    finished.subtract(forgotten)
    return forgotten.sorted()
  }

  /// The shards that may be read now and were not begun: those whose listed parents are finished.
  public var startable: [Shard] {
    let open = Set(listed.lazy.map(\.id).filter { !finished.contains($0) })
    // One that is being read may be listed no more; its children wait all the same.
    let awaited = open.union(begun).subtracting(released)
    return listed.filter { shard in
      open.contains(shard.id) && !begun.contains(shard.id) && !shard.parents.contains(where: awaited.contains)
    }
  }

  /// A shard is being read.
  public mutating func begin(_ id: String) { begun.insert(id) }

  /// A shard is not being read any more, though it is not finished.
  public mutating func pause(_ id: String) { begun.remove(id) }

  /// All that a closed shard had is done with: its children may begin.
  public mutating func release(_ id: String) { released.insert(id) }

  /// All of a shard is done with.
  public mutating func finish(_ id: String) {
    begun.remove(id)
    finished.insert(id)
  }
}
