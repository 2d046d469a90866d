/// What was put beside a source for a mapping: a subscription of a topic, a notification of a bucket, a queue that
/// takes either.
public struct SourceInstallation: Equatable, Sendable {
  public var mapping: MappingID
  public var scope: Scope
  public var function: FunctionARN
  public var sourceARN: String
  public var kind: SourceKind
  /// How events come, in the words of whoever put it there.
  public var route: String
  /// The ARN of a topic's subscription, where it is known.
  public var subscription: String?
  /// What was subscribed.
  public var endpoint: String?

  /// An installation, made whole.
  public init(
    mapping: MappingID, scope: Scope, function: FunctionARN, sourceARN: String, kind: SourceKind, route: String,
    subscription: String? = nil, endpoint: String? = nil
  ) {
    self.mapping = mapping
    self.scope = scope
    self.function = function
    self.sourceARN = sourceARN
    self.kind = kind
    self.route = route
    self.subscription = subscription
    self.endpoint = endpoint
  }
}

/// Where installations are kept: written before anything is put beside a source, removed after it was taken away.
///
/// What a writing call did is on disk when it returns.
public protocol InstallationStore: Sendable {
  /// All of them, those of mappings that are gone included.
  func installations() throws(MappingError) -> [SourceInstallation]

  /// That of a mapping.
  func installation(of mapping: MappingID) throws(MappingError) -> SourceInstallation?

  /// Adds an installation, or replaces that of its mapping.
  func save(_ installation: SourceInstallation) async throws(MappingError)

  /// Forgets what was taken away.
  func removeInstallation(of mapping: MappingID) async throws(MappingError)
}
