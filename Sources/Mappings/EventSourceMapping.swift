public import LambdaWire

/// A mapping: which source feeds which function, and how.
public struct EventSourceMapping: Equatable, Sendable {
  public var id: MappingID
  public var scope: Scope
  public var function: FunctionARN
  /// Nil for a Kafka cluster of one's own.
  public var sourceARN: String?
  public var kind: SourceKind
  public var state: MappingState
  public var stateReason: String
  /// When a transitional state ends, and as what; nil for a lasting state.
  public var settlement: Settlement?
  /// The outcome of the last batch, in AWS's words; nil where the source type has none.
  public var lastProcessingResult: String?
  public var createdAt: Milliseconds
  public var modifiedAt: Milliseconds
  /// Counts the changes.
  public var revision: Int64
  public var parameters: EncodedParameters

  /// The end of a transition.
  public struct Settlement: Equatable, Sendable {
    public var at: Milliseconds
    /// Nil where the mapping is gone then.
    public var state: MappingState?

    /// The end of a transition.
    public init(at: Milliseconds, state: MappingState?) {
      self.at = at
      self.state = state
    }
  }

  /// A mapping, made whole.
  public init(
    id: MappingID, scope: Scope, function: FunctionARN, sourceARN: String?, kind: SourceKind, state: MappingState,
    stateReason: String, settlement: Settlement? = nil, lastProcessingResult: String?, createdAt: Milliseconds,
    modifiedAt: Milliseconds, revision: Int64 = 1, parameters: EncodedParameters
  ) {
    self.id = id
    self.scope = scope
    self.function = function
    self.sourceARN = sourceARN
    self.kind = kind
    self.state = state
    self.stateReason = stateReason
    self.settlement = settlement
    self.lastProcessingResult = lastProcessingResult
    self.createdAt = createdAt
    self.modifiedAt = modifiedAt
    self.revision = revision
    self.parameters = parameters
  }

  /// Whether its source is to be read. Updating settles as what it was: a mapping that is being updated is read on.
  public var isToBeRead: Bool { state == .enabled || state == .updating && settlement?.state == .enabled }

  /// The mapping's own ARN.
  public var arn: String { Self.arn(of: id, in: scope) }

  /// The ARN of a mapping.
  public static func arn(of id: MappingID, in scope: Scope) -> String {
    "arn:\(scope.partition):lambda:\(scope.region):\(scope.account):event-source-mapping:\(id)"
  }

  /// As the API answers it.
  public var configuration: EventSourceMappingConfiguration {
    EventSourceMappingConfiguration(
      uuid: id.description, eventSourceMappingArn: arn, eventSourceArn: sourceARN, functionArn: function.description,
      lastModified: modifiedAt.count, lastProcessingResult: lastProcessingResult, state: state.rawValue,
      stateTransitionReason: stateReason, parameters: parameters)
  }
}
