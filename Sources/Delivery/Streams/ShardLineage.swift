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

  /// What a list has changed.
  public struct Changes: Equatable, Sendable {
    /// Shards that have ended and are done with.
    public var finished: [String] = []
    /// Shards that are gone before all of them was read.
    public var vanished: [String] = []
    /// Shards that need not be remembered: those that vanished, and finished ones that are listed no more.
    public var forgotten: [String] = []
  }

  private var listed: [Shard] = []
  private var finished: Set<String>
  private var begun: Set<String> = []
  /// Shards for which their children need not wait any more, though they are still read.
  private var released: Set<String> = []
  /// Shards of which the source has said that they have ended, until a list says so as well.
  private var ended: Set<String> = []
  /// Shards that the source has denied since the last list.
  private var denied: Set<String> = []
  /// Shards that are listed, and were denied or said to have ended where they were read.
  private var doubted: Set<String> = []

  /// - Parameter finished: the shards that an earlier process has finished.
  public init(finished: some Sequence<String>) {
    self.finished = Set(finished)
  }

  /// Takes a new list. It may be older than what was said of a shard since it was asked for: only what it does not list
  /// any more is given up.
  public mutating func list(_ shards: [Shard]) -> Changes {
    listed = shards
    let ids = Set(shards.map(\.id))
    let open = Set(shards.lazy.filter { !$0.isClosed }.map(\.id))
    let over = ended.subtracting(open)
    begun.subtract(ended)
    finished.formUnion(over)
    // What says that it has ended and is listed as open is as doubtful as what is denied and listed.
    doubted.formUnion(ended.intersection(open))
    doubted.formUnion(denied)
    (ended, denied) = ([], [])
    let vanished = doubted.subtracting(ids)
    doubted.subtract(vanished)
    let forgotten = finished.subtracting(ids)
    finished.subtract(forgotten)
    return Changes(finished: over.sorted(), vanished: vanished.sorted(), forgotten: forgotten.union(vanished).sorted())
  }

  /// The shards that may be read now and were not begun: those whose listed parents are finished.
  public var startable: [Shard] {
    let unfinished = Set(listed.lazy.map(\.id).filter { !finished.contains($0) })
    // One that is being read may be listed no more; its children wait all the same.
    let awaited = unfinished.union(begun).subtracting(released)
    let readable = unfinished.subtracting(begun).subtracting(denied).subtracting(doubted)
    return listed.filter { readable.contains($0.id) && !$0.parents.contains(where: awaited.contains) }
  }

  /// The first of the shards that the stream lists, and denies where they are read.
  public var firstDoubted: String? { doubted.min() }

  /// Doubted shards may be read again.
  public mutating func trust() { doubted = [] }

  /// A shard is being read.
  public mutating func begin(_ id: String) { begun.insert(id) }

  /// A shard is not being read any more, though it is not finished.
  public mutating func pause(_ id: String) { begun.remove(id) }

  /// All that a closed shard had is done with: its children may begin.
  public mutating func release(_ id: String) { released.insert(id) }

  /// All of a shard is done with, says the source; its children may not be listed yet.
  public mutating func end(_ id: String) { ended.insert(id) }

  /// The source does not know a shard.
  public mutating func deny(_ id: String) {
    begun.remove(id)
    denied.insert(id)
  }
}
