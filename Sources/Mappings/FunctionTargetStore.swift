/// Where a function runs, as it is kept: the words are those of the API, and their meaning is the invoker's.
public struct StoredFunctionTarget: Equatable, Sendable {
  /// The function's name, with or without a qualifier, or `*`.
  public var name: String
  public var target: String
  /// Invocations at once; nil where it is the target's default.
  public var concurrency: Int?
  /// Nil where it is the default.
  public var timeoutMilliseconds: Int64?

  /// A target, made whole.
  public init(name: String, target: String, concurrency: Int? = nil, timeoutMilliseconds: Int64? = nil) {
    self.name = name
    self.target = target
    self.concurrency = concurrency
    self.timeoutMilliseconds = timeoutMilliseconds
  }
}

/// Where the targets of functions are kept that were set while the program runs.
///
/// What a writing call did is on disk when it returns.
public protocol FunctionTargetStore: Sendable {
  /// All targets, in the order of their names.
  func functionTargets() throws(MappingError) -> [StoredFunctionTarget]

  /// Adds a target, or replaces the one of that name.
  func setFunctionTarget(_ target: StoredFunctionTarget) async throws(MappingError)

  /// - Returns: whether there was one.
  func removeFunctionTarget(_ name: String) async throws(MappingError) -> Bool
}
