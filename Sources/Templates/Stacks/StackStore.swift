/// Where stacks are kept. What a writing call did is on disk when it returns.
///
/// Every application notes in the entries what was there before it, until `settle`. So whoever finds a stack that is not
/// settled can bring it back, whenever the process ended.
public protocol StackStore: Sendable {
  /// All stacks of an account and region, by name.
  func stacks(account: String, region: String) throws(StackStoreError) -> [StackRecord]

  /// The stacks of every account and region that something is left to do for.
  func unsettledStacks() throws(StackStoreError) -> [StackRecord]

  /// One stack, or nil.
  func stack(_ identity: StackIdentity) throws(StackStoreError) -> StackRecord?

  /// The entries of a stack, by key.
  func entries(of identity: StackIdentity) throws(StackStoreError) -> [StackEntry]

  /// Keeps a stack; its entries stay as they are.
  func save(_ record: StackRecord) async throws(StackStoreError)

  /// Keeps an entry.
  func save(_ entry: StackEntry, of identity: StackIdentity) async throws(StackStoreError)

  /// Drops an entry.
  func removeEntry(_ key: String, of identity: StackIdentity) async throws(StackStoreError)

  /// Keeps a stack and forgets, in the same transaction, what its entries noted for undoing, and those entries that
  /// have no item any more.
  func settle(_ record: StackRecord) async throws(StackStoreError)

  /// Forgets a stack with its entries.
  func remove(_ identity: StackIdentity) async throws(StackStoreError)
}

/// What the database refused.
public struct StackStoreError: Error, Equatable, Sendable {
  /// For the log alone.
  public var detail: String

  /// An error with its detail.
  public init(_ detail: String) {
    self.detail = detail
  }
}
