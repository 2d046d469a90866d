/// Where mappings are kept. All of it is scoped: a mapping of another account or region is not there.
///
/// What a writing call did is on disk when it returns; when it throws, nothing was changed. `MappingError.store`
/// stands for what the database refused.
public protocol MappingStore: Sendable {
  /// Adds a mapping with its claims, its tags and where its reading begins.
  ///
  /// - Parameter neighbours: what else has to hold between it and every other mapping of its source.
  /// - Returns: the mapping that already claims the same for the function, in which case nothing was added.
  func insert(
    _ mapping: EventSourceMapping, claims: [String], tags: [String: String], checkpoints: [ShardCheckpoint],
    neighbours: NeighbourRule?
  ) async throws(MappingError) -> MappingID?

  /// One mapping, or nil.
  func mapping(_ id: MappingID, in scope: Scope) throws(MappingError) -> EventSourceMapping?

  /// A page of mappings in the order of their creation.
  func mappings(in scope: Scope, where filter: MappingFilter, after marker: PageMarker?, limit: Int)
    throws(MappingError) -> MappingPage

  /// Reads one mapping and does with it what `decide` says, with no other change in between.
  ///
  /// - Throws: what `decide` throws; `noSuchMapping`.
  func change(
    _ id: MappingID, in scope: Scope,
    _ decide: @escaping @Sendable (EventSourceMapping) throws(MappingError) -> MappingChange
  ) async throws(MappingError)

  /// The tags of a mapping, or nil where the mapping is not there.
  func tags(of id: MappingID, in scope: Scope) throws(MappingError) -> [String: String]?

  /// Adds and replaces tags.
  /// - Returns: whether the mapping is there.
  func setTags(_ tags: [String: String], of id: MappingID, in scope: Scope) async throws(MappingError) -> Bool

  /// Removes tags; keys that are not there are no error.
  /// - Returns: whether the mapping is there.
  func removeTags(_ keys: [String], of id: MappingID, in scope: Scope) async throws(MappingError) -> Bool

  /// Ends the transitions that are due.
  /// - Returns: the mappings whose state changed, as they are now, or were before they went.
  func settle(dueBy now: Milliseconds) async throws(MappingError) -> [EventSourceMapping]

  /// All mappings of every account and region, a page at a time, in the order of their creation.
  func allMappings(after marker: PageMarker?, limit: Int) throws(MappingError) -> MappingPage

  /// Notes the outcome of the last batch. Nothing else changes, not even the revision: it is what was observed, and
  /// nobody's wish. A mapping that is gone is no error.
  func setLastProcessingResult(_ text: String?, of id: MappingID, in scope: Scope) async throws(MappingError)

  /// Forgets every mapping of every account.
  func removeAll() async throws(MappingError)
}

/// What has to hold between a mapping and another one of the same source, whatever their functions; throws where it does
/// not. Asked within the transaction that writes the mapping.
public typealias NeighbourRule = @Sendable (EventSourceMapping) throws(MappingError) -> Void

/// What is done with a mapping that was read.
public enum MappingChange: Sendable {
  /// Keeps the changed mapping; its claims are replaced.
  /// - Parameters:
  ///   - neighbours: what has to hold between it and every other mapping of its source.
  ///   - conflict: the error where another mapping claims the same.
  case update(
    EventSourceMapping, claims: [String], neighbours: NeighbourRule? = nil,
    conflict: @Sendable (MappingID) -> MappingError)
  case delete
}

/// Which mappings a list shows; nil shows all.
public struct MappingFilter: Equatable, Sendable {
  public var function: FunctionARN?
  public var sourceARN: String?

  /// A filter.
  public init(function: FunctionARN? = nil, sourceARN: String? = nil) {
    self.function = function
    self.sourceARN = sourceARN
  }
}

/// Some mappings, and where the next ones begin.
public struct MappingPage: Equatable, Sendable {
  public var mappings: [EventSourceMapping]
  /// Nil on the last page.
  public var next: PageMarker?

  /// A page.
  public init(mappings: [EventSourceMapping], next: PageMarker?) {
    self.mappings = mappings
    self.next = next
  }
}

/// A place in the order of creation. It stays true whatever is added or removed around it.
public struct PageMarker: Equatable, Sendable {
  /// The number of the last mapping of the page before.
  public var sequence: Int64

  /// A place.
  public init(sequence: Int64) {
    self.sequence = sequence
  }

  /// Opaque to clients: its form is nobody's business and may change.
  public var token: String {
    "hr1-" + String(UInt64(bitPattern: sequence) ^ Self.mask, radix: 36)
  }

  /// Parses a token; nil where it is none that was given out.
  public init?(token: String) {
    guard token.hasPrefix("hr1-"), let number = UInt64(token.dropFirst(4), radix: 36) else { return nil }
    let sequence = Int64(bitPattern: number ^ Self.mask)
    guard sequence > 0 else { return nil }
    self.sequence = sequence
  }

  private static let mask: UInt64 = 0x5EAD_2ACE_0FF1_CE00
}
