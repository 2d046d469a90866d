import LambdaWire

/// How a request becomes a checked draft: the order of the checks is the recorded one (recorded-facts, section 4).
extension MappingService {
  func draft(
    of request: CreateEventSourceMappingRequest, id: MappingID, in scope: Scope, at time: Milliseconds
  ) throws(MappingError) -> (EventSourceType, MappingDraft) {
    try Self.refuseOnSuccess(request.parameters)
    guard let source = EventSource(request), let type = catalog.type(recognizing: source) else {
      // Recorded for no source at all; taken for a source of an unknown kind too.
      throw .invalidParameter("Unrecognized event source.")
    }
    var given = request.parameters
    given.removeEmpty()
    try Self.refuseUnsupported(given, by: type)
    var parameters = given
    parameters.fillDefaults(of: type, id: id)
    let function = try FunctionARN(naming: request.functionName ?? "", in: scope)
    let draft = MappingDraft(source: source, function: function, parameters: parameters, now: time)
    try Self.check(draft, against: type)
    return (type, draft)
  }

  func draft(
    of request: UpdateEventSourceMappingRequest, changing current: EventSourceMapping, at time: Milliseconds
  ) throws(MappingError) -> (EventSourceType, MappingDraft) {
    try Self.refuseOnSuccess(request.parameters)
    let type = catalog.type(of: current.kind)
    var given = request.parameters
    given.removeEmpty()
    given.keepUpdatable()
    try Self.refuseUnsupported(given, by: type)
    var parameters = try Self.decode(current.parameters)
    let kafka = try Self.mergedKafkaConfigurations(parameters, request.parameters)
    parameters.apply(request.parameters)
    (parameters.amazonManagedKafkaEventSourceConfig, parameters.selfManagedKafkaEventSourceConfig) = kafka
    parameters.fillDefaults(of: type, id: current.id)
    let function =
      try request.functionName.map { (name) throws(MappingError) in try FunctionARN(naming: name, in: current.scope) }
      ?? current.function
    guard let source = current.source(parameters) else { throw .store("mapping \(current.id) has no source") }
    let draft = MappingDraft(source: source, function: function, parameters: parameters, now: time)
    try Self.check(draft, against: type)
    return (type, draft)
  }

  /// Recorded: checked before the source is looked at.
  private static func refuseOnSuccess(_ parameters: MappingParameters) throws(MappingError) {
    guard let destination = parameters.destinationConfig?.onSuccess?.destination, !destination.isEmpty else { return }
    throw .invalidParameter("Unsupported DestinationConfig parameter for given event source mapping type.")
  }

  private static func refuseUnsupported(
    _ given: MappingParameters, by type: EventSourceType
  ) throws(MappingError) {
    let refused = Parameter.allCases.first { given.isGiven($0) && !type.parameters.contains($0) }
    switch refused {
    case nil: return
    // Recorded for queues, with the parameter's name bare and capital.
    case .destinationConfig where type.kind == .sqs:
      throw .invalidParameter("Unsupported DestinationConfig parameter for given event source mapping type.")
    case .some(let parameter): throw .unsupported(parameter.path)
    }
  }

  private static func check(_ draft: MappingDraft, against type: EventSourceType) throws(MappingError) {
    for rule in type.rules + [.filtersAreFew, .filtersAreValid] {
      if let violation = rule.violation(draft) { throw .invalidParameter(violation) }
    }
  }

  /// What has to hold between a draft and the other mappings of its source.
  func neighbourRule(of draft: MappingDraft, _ type: EventSourceType) -> NeighbourRule? {
    guard let objection = type.objection else { return nil }
    return { other throws(MappingError) in
      guard let text = objection(draft.parameters, try Self.decode(other.parameters)) else { return }
      throw .invalidParameter(text)
    }
  }

  /// A consumer group is for ever, and naming it in an update is refused even where it is unchanged; a schema
  /// registry is replaced whole, and `{}` removes it (public probe of AWS, recorded-facts section 10).
  private static func mergedKafkaConfigurations(
    _ current: MappingParameters, _ changes: MappingParameters
  ) throws(MappingError) -> (managed: KafkaEventSourceConfig?, selfManaged: KafkaEventSourceConfig?) {
    func merge(
      _ parameter: Parameter, _ current: KafkaEventSourceConfig?, _ change: KafkaEventSourceConfig?
    ) throws(MappingError) -> KafkaEventSourceConfig? {
      guard let change else { return current }
      guard change.consumerGroupID == nil else { throw .unsupported("\(parameter.path).consumerGroupId") }
      guard let registry = change.schemaRegistryConfig else { return current }
      var merged = current ?? KafkaEventSourceConfig()
      merged.schemaRegistryConfig = registry.isEmpty ? nil : registry
      return merged
    }
    return (
      try merge(
        .amazonManagedKafkaEventSourceConfig, current.amazonManagedKafkaEventSourceConfig,
        changes.amazonManagedKafkaEventSourceConfig),
      try merge(
        .selfManagedKafkaEventSourceConfig, current.selfManagedKafkaEventSourceConfig,
        changes.selfManagedKafkaEventSourceConfig)
    )
  }

  // MARK: Tags

  /// The mapping that a tagging operation's resource names.
  static func taggedMapping(
    _ resource: String, _ value: (some Any)? = Bool?.some(true), named name: String = "", in scope: Scope
  ) throws(MappingError) -> MappingID {
    var violations = ModelViolations()
    violations.check(resource, at: "resource", length: 1...256, .taggableResource)
    violations.require(value, at: name)
    try checkingModel(violations.validate)
    guard let arn = ARN(resource), arn.region == scope.region, arn.account == scope.account,
      arn.resource.hasPrefix("event-source-mapping:"),
      let id = MappingID(String(arn.resource.dropFirst("event-source-mapping:".count)))
    else { throw notTaggable(resource) }
    return id
  }

  /// Recorded for mappings. Other resources of Lambda are not kept here, and are named in the same way.
  static func notTaggable(_ resource: String) -> MappingError {
    .notFound("Event source mapping not found: \(resource)")
  }

  // MARK: Between the layers' errors

  static func checkingModel(_ validate: () throws(LambdaError) -> Void) throws(MappingError) {
    do throws(LambdaError) { try validate() } catch { throw .model(error) }
  }

  static func encode(_ parameters: MappingParameters) throws(MappingError) -> EncodedParameters {
    do throws(LambdaError) { return try EncodedParameters(parameters) } catch {
      throw .store("encoding parameters: \(error)")
    }
  }

  static func decode(_ parameters: EncodedParameters) throws(MappingError) -> MappingParameters {
    do throws(LambdaError) { return try parameters.decoded() } catch { throw .store("stored parameters: \(error)") }
  }
}

extension EventSourceMapping {
  /// The source, from the ARN or the parameters that name it.
  func source(_ parameters: MappingParameters) -> EventSource? {
    if let sourceARN { return ARN(sourceARN).map(EventSource.arn) }
    return parameters.selfManagedEventSource.map { .kafkaCluster(servers: $0.bootstrapServers) }
  }
}

extension MappingParameters {
  mutating func fillDefaults(of type: EventSourceType, id: MappingID) {
    let defaults = type.defaults(id)
    // A Kafka configuration that names a registry alone still gets its consumer group.
    if amazonManagedKafkaEventSourceConfig?.consumerGroupID == nil {
      amazonManagedKafkaEventSourceConfig?.consumerGroupID =
        defaults.amazonManagedKafkaEventSourceConfig?.consumerGroupID
    }
    if selfManagedKafkaEventSourceConfig?.consumerGroupID == nil {
      selfManagedKafkaEventSourceConfig?.consumerGroupID = defaults.selfManagedKafkaEventSourceConfig?.consumerGroupID
    }
    // A configuration that names a filter alone still gets its events, and one with a policy its scope.
    if s3EventSourceConfig?.events?.isEmpty ?? true {
      s3EventSourceConfig?.events = defaults.s3EventSourceConfig?.events
    }
    if snsEventSourceConfig?.filterPolicyScope?.isEmpty ?? true {
      snsEventSourceConfig?.filterPolicyScope = defaults.snsEventSourceConfig?.filterPolicyScope
    }
    fill(from: defaults)
  }

  /// Drops what an update does not read.
  mutating func keepUpdatable() {
    var updatable = MappingParameters()
    updatable.apply(self)
    self = updatable
  }
}
