public import LambdaWire

/// What Headrace knows of one kind of event source: which parameters it has, their defaults, the rules between them.
///
/// A value and no protocol: the kinds differ in data, and the few rules are functions.
public struct EventSourceType: Sendable {
  public var kind: SourceKind
  /// Whether a source is of this kind.
  public var recognizes: @Sendable (EventSource) -> Bool
  /// The parameters that the kind has; others are refused.
  public var parameters: Set<Parameter>
  /// What parameters are where they were not given.
  public var defaults: @Sendable (MappingID) -> MappingParameters
  /// The rules of meaning, in the order in which they are checked.
  public var rules: [ParameterRule]
  /// What `LastProcessingResult` says before the first batch; nil where the kind never tells.
  public var initialProcessingResult: String?
  /// `StateTransitionReason`, which never changes.
  public var stateReason: String
  /// What a mapping takes from its source: no two mappings of one function may claim the same.
  public var claims: @Sendable (EventSource, MappingParameters) -> [String]
  /// The text of the conflict with an existing mapping.
  public var conflict: @Sendable (MappingDraft, MappingID) -> String

  /// Why two mappings of one source cannot be, whatever their functions; nil where the kind never minds.
  public var objection: (@Sendable (_ parameters: MappingParameters, _ others: MappingParameters) -> String?)?

  /// Whether Lambda itself has mappings of the kind.
  public var isOfLambda: Bool

  /// A kind, made whole.
  public init(
    kind: SourceKind, recognizes: @escaping @Sendable (EventSource) -> Bool, parameters: Set<Parameter>,
    defaults: @escaping @Sendable (MappingID) -> MappingParameters, rules: [ParameterRule],
    initialProcessingResult: String?, stateReason: String,
    claims: @escaping @Sendable (EventSource, MappingParameters) -> [String],
    conflict: @escaping @Sendable (MappingDraft, MappingID) -> String,
    objection: (@Sendable (MappingParameters, MappingParameters) -> String?)? = nil, isOfLambda: Bool = true
  ) {
    self.kind = kind
    self.recognizes = recognizes
    self.parameters = parameters
    self.defaults = defaults
    self.rules = rules
    self.initialProcessingResult = initialProcessingResult
    self.stateReason = stateReason
    self.claims = claims
    self.conflict = conflict
    self.objection = objection
    self.isOfLambda = isOfLambda
  }
}

/// All kinds of event sources: the domain's view of the catalog.
public protocol EventSourceCatalog: Sendable {
  /// The kinds that new mappings may have.
  var offered: [SourceKind] { get }

  /// The type of a kind.
  func type(of kind: SourceKind) -> EventSourceType
}

extension EventSourceCatalog {
  /// The type that a source is of, or nil where there is none.
  public func type(recognizing source: EventSource) -> EventSourceType? {
    offered.lazy.map(type(of:)).first { $0.recognizes(source) }
  }
}

/// A mapping as a request wants it, before it is checked.
public struct MappingDraft: Sendable {
  public var source: EventSource
  public var function: FunctionARN
  /// With defaults filled in.
  public var parameters: MappingParameters
  /// When the request came.
  public var now: Milliseconds

  /// A draft.
  public init(source: EventSource, function: FunctionARN, parameters: MappingParameters, now: Milliseconds) {
    self.source = source
    self.function = function
    self.parameters = parameters
    self.now = now
  }
}

/// One rule of meaning between a mapping's parameters.
public struct ParameterRule: Sendable {
  /// The text of the violation, or nil where the draft keeps the rule.
  public var violation: @Sendable (MappingDraft) -> String?

  /// A rule.
  public init(_ violation: @escaping @Sendable (MappingDraft) -> String?) {
    self.violation = violation
  }
}
