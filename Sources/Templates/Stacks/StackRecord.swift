public import JSON

/// A stack that was applied: what is kept of it as a whole.
public struct StackRecord: Equatable, Sendable {
  /// Where a stack stands, in CloudFormation's words.
  public enum Status: String, CaseIterable, Sendable {
    case createInProgress = "CREATE_IN_PROGRESS"
    case createComplete = "CREATE_COMPLETE"
    case createRollbackInProgress = "ROLLBACK_IN_PROGRESS"
    /// What had been made could not be taken away; the next application tries again first.
    case createRollbackFailed = "ROLLBACK_FAILED"
    case updateInProgress = "UPDATE_IN_PROGRESS"
    /// All was made and changed; what is not needed any more goes.
    case cleanupInProgress = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    case updateComplete = "UPDATE_COMPLETE"
    case rollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS"
    case rollbackComplete = "UPDATE_ROLLBACK_COMPLETE"
    /// What was there before could not be restored; the next application tries again first.
    case rollbackFailed = "UPDATE_ROLLBACK_FAILED"
    case deleteInProgress = "DELETE_IN_PROGRESS"
    case deleteFailed = "DELETE_FAILED"
    /// Told once; the stack is forgotten then.
    case deleteComplete = "DELETE_COMPLETE"

    /// Whether nothing is left to do.
    public var isSettled: Bool {
      switch self {
      case .createComplete, .updateComplete, .rollbackComplete, .deleteComplete: true
      default: false
      }
    }
  }

  /// A value that a stack gives to whoever asks.
  public struct Output: Equatable, Sendable {
    public var name: String
    public var value: JSONValue
    /// The name under which other stacks import it.
    public var exportName: String?

    /// An output.
    public init(name: String, value: JSONValue, exportName: String?) {
      self.name = name
      self.value = value
      self.exportName = exportName
    }
  }

  public var identity: StackIdentity
  public var status: Status
  /// Why the last application failed.
  public var statusReason: String?
  /// Milliseconds since the epoch.
  public var createdAt: Int64
  public var updatedAt: Int64
  public var outputs: [Output]
  /// The exports of other stacks that this one imports.
  public var imports: [String]

  /// A stack, made whole.
  public init(
    identity: StackIdentity, status: Status, statusReason: String? = nil, createdAt: Int64, updatedAt: Int64,
    outputs: [Output] = [], imports: [String] = []
  ) {
    self.identity = identity
    self.status = status
    self.statusReason = statusReason
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.outputs = outputs
    self.imports = imports
  }
}
