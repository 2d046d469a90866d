public import LambdaWire

/// The use cases of event source mappings: what each operation of the API means.
public struct MappingService: Sendable {
  /// Most mappings of a page, whatever `MaxItems` asks (the service model's documentation).
  public static let maximumPageSize = 100

  private let store: any MappingStore
  let catalog: any EventSourceCatalog
  private let transitionDelay: Duration
  private let now: @Sendable () -> Milliseconds
  private let functions: (any FunctionInvoker)?
  private let sources: any SourceInspector
  private let observe: @Sendable (MappingEvent) -> Void

  /// - Parameters:
  ///   - functions: who tells whether a function is there; nil where nobody can.
  ///   - sources: who looks at a source before a mapping is made of it.
  ///   - transitionDelay: how long a transitional state lasts; zero settles it before the answer is sent.
  ///   - observe: told of every change, after it is on disk.
  public init(
    store: any MappingStore, catalog: any EventSourceCatalog, functions: (any FunctionInvoker)? = nil,
    sources: any SourceInspector = NoSourceInspector(), transitionDelay: Duration = .zero,
    now: @escaping @Sendable () -> Milliseconds = { .now() },
    observe: @escaping @Sendable (MappingEvent) -> Void = { _ in }
  ) {
    self.store = store
    self.catalog = catalog
    self.functions = functions
    self.sources = sources
    self.transitionDelay = transitionDelay
    self.now = now
    self.observe = observe
  }

  // MARK: Operations

  /// `CreateEventSourceMapping`.
  public func create(
    _ request: CreateEventSourceMappingRequest, in scope: Scope
  ) async throws(MappingError) -> EventSourceMapping {
    try await create(request, id: .random(), in: scope)
  }

  /// `CreateEventSourceMapping`, for whoever knows the id before.
  /// - Parameter systemTags: tags that begin with `aws:`, which no client may set.
  public func create(
    _ request: CreateEventSourceMappingRequest, id: MappingID, systemTags: [String: String] = [:], in scope: Scope
  ) async throws(MappingError) -> EventSourceMapping {
    try Self.checkingModel(request.validateModel)
    let time = now()
    let (type, draft) = try draft(of: request, id: id, in: scope, at: time)
    let checkpoints = try await checkWorld(of: draft, type)
    let transition = Lifecycle.creation(enabled: request.enabled ?? true)
    var mapping = EventSourceMapping(
      id: id, scope: scope, function: draft.function, sourceARN: draft.source.arn?.description, kind: type.kind,
      state: transition.answered, stateReason: type.stateReason, lastProcessingResult: type.initialProcessingResult,
      createdAt: time, modifiedAt: time, parameters: try Self.encode(draft.parameters))
    enter(transition, &mapping, at: time)
    let existing = try await store.insert(
      mapping, claims: type.claims(draft.source, draft.parameters),
      tags: (request.tags ?? [:]).merging(systemTags) { $1 }, checkpoints: checkpoints,
      neighbours: neighbourRule(of: draft, type))
    if let existing {
      throw .conflict(type.conflict(draft, existing))
    }
    return await answer(mapping, transition)
  }

  /// Looks at a request as `create` would, but for the world outside and the other mappings.
  public func check(_ request: CreateEventSourceMappingRequest, in scope: Scope) throws(MappingError) {
    try Self.checkingModel(request.validateModel)
    _ = try draft(of: request, id: .random(), in: scope, at: now())
  }

  /// `GetEventSourceMapping`.
  public func get(_ id: String, in scope: Scope) throws(MappingError) -> EventSourceMapping {
    guard let id = MappingID(id), let mapping = try store.mapping(id, in: scope) else { throw .noSuchMapping }
    return mapping
  }

  /// `ListEventSourceMappings`.
  public func list(_ request: ListEventSourceMappingsRequest, in scope: Scope) throws(MappingError) -> MappingPage {
    try Self.checkingModel(request.validateModel)
    var marker: PageMarker?
    if let token = request.marker, !token.isEmpty {
      guard let parsed = PageMarker(token: token) else { throw .invalidParameter("Invalid marker: '\(token)'.") }
      marker = parsed
    }
    var filter = MappingFilter(sourceARN: request.eventSourceArn)
    if let name = request.functionName { filter.function = try FunctionARN(naming: name, in: scope) }
    let limit = min(request.maxItems ?? Self.maximumPageSize, Self.maximumPageSize)
    return try store.mappings(in: scope, where: filter, after: marker, limit: limit)
  }

  /// `UpdateEventSourceMapping`.
  public func update(
    _ id: String, _ request: UpdateEventSourceMappingRequest, in scope: Scope
  ) async throws(MappingError) -> EventSourceMapping {
    try Self.checkingModel(request.validateModel)
    return try await change(id, function: request.functionName, enabled: request.enabled, in: scope) {
      (current, time) throws(MappingError) in
      try draft(of: request, changing: current, at: time)
    }
  }

  /// Makes a mapping what a request to create it would have made: what the request leaves out goes back to its default.
  /// It has to name the source, and what else no update changes, as the mapping has it.
  public func replace(
    _ id: String, with request: CreateEventSourceMappingRequest, in scope: Scope
  ) async throws(MappingError) -> EventSourceMapping {
    try Self.checkingModel(request.validateModel)
    return try await change(id, function: request.functionName, enabled: request.enabled ?? true, in: scope) {
      (current, time) throws(MappingError) in
      let (type, draft) = try draft(of: request, id: current.id, in: scope, at: time)
      guard type.kind == current.kind, draft.source.arn?.description == current.sourceARN else {
        throw .invalidParameter("A mapping's event source cannot be changed.")
      }
      return (type, draft)
    }
  }

  private func change(
    _ id: String, function: String?, enabled: Bool?, in scope: Scope,
    _ draft:
      @escaping @Sendable (EventSourceMapping, Milliseconds) throws(MappingError) -> (
        EventSourceType, MappingDraft
      )
  ) async throws(MappingError) -> EventSourceMapping {
    guard let id = MappingID(id) else { throw .noSuchMapping }
    if let function, functions != nil, try store.mapping(id, in: scope) != nil {
      _ = try await timeoutOfExisting(try FunctionARN(naming: function, in: scope))
    }
    let time = now()
    let outcome = Outcome()
    try await store.change(id, in: scope) { [self] current throws(MappingError) in
      let transition = try Lifecycle.transition(on: .update(enabled: enabled), in: current.state)
      let (type, draft) = try draft(current, time)
      var mapping = current
      mapping.function = draft.function
      mapping.parameters = try Self.encode(draft.parameters)
      mapping.modifiedAt = time
      mapping.revision += 1
      enter(transition, &mapping, at: time)
      outcome.set(mapping, transition)
      return .update(
        mapping, claims: type.claims(draft.source, draft.parameters), neighbours: neighbourRule(of: draft, type)
      ) { existing in
        .conflict(type.conflict(draft, existing))
      }
    }
    return try await outcome.answer(self)
  }

  /// `DeleteEventSourceMapping`.
  public func delete(_ id: String, in scope: Scope) async throws(MappingError) -> EventSourceMapping {
    guard let id = MappingID(id) else { throw .noSuchMapping }
    let time = now()
    let outcome = Outcome()
    try await store.change(id, in: scope) { [self] current throws(MappingError) in
      let transition = try Lifecycle.transition(on: .delete, in: current.state)
      var mapping = current
      mapping.revision += 1
      enter(transition, &mapping, at: time)
      outcome.set(mapping, transition)
      guard mapping.settlement != nil else { return .delete }
      // Until it is gone it holds what it claims.
      let parameters = try Self.decode(current.parameters)
      let claims = current.source(parameters).map { catalog.type(of: current.kind).claims($0, parameters) } ?? []
      return .update(mapping, claims: claims) { .store("mapping \(current.id) conflicts with \($0)") }
    }
    return try await outcome.answer(self)
  }

  /// `ListTags`.
  public func tags(of resource: String, in scope: Scope) throws(MappingError) -> [String: String] {
    let id = try Self.taggedMapping(resource, in: scope)
    guard let tags = try store.tags(of: id, in: scope) else { throw Self.notTaggable(resource) }
    return tags
  }

  /// `TagResource`: adds tags, and replaces those whose keys are there.
  public func tag(_ resource: String, _ tags: [String: String]?, in scope: Scope) async throws(MappingError) {
    let id = try Self.taggedMapping(resource, tags, named: "tags", in: scope)
    guard try await store.setTags(tags ?? [:], of: id, in: scope) else { throw Self.notTaggable(resource) }
  }

  /// `UntagResource`: keys that are not there are no error.
  public func untag(_ resource: String, _ keys: [String]?, in scope: Scope) async throws(MappingError) {
    let id = try Self.taggedMapping(resource, keys, named: "tagKeys", in: scope)
    guard try await store.removeTags(keys ?? [], of: id, in: scope) else { throw Self.notTaggable(resource) }
  }

  /// Forgets every mapping of every account, for test suites.
  public func reset() async throws(MappingError) {
    try await store.removeAll()
    observe(.allForgotten)
    await sources.waitUntilForgotten()
  }

  /// Ends the transitions that are due by now, or by a given moment.
  public func settle(dueBy time: Milliseconds? = nil) async throws(MappingError) {
    for mapping in try await store.settle(dueBy: time ?? now()) { observe(.changed(mapping)) }
  }

  // MARK: The world outside

  /// Recorded order: the function first, then its source.
  /// - Returns: where reading begins.
  private func checkWorld(
    of draft: MappingDraft, _ type: EventSourceType
  ) async throws(MappingError) -> [ShardCheckpoint] {
    let timeout = try await timeoutOfExisting(draft.function)
    switch await sources.inspect(draft, kind: type.kind, functionTimeoutSeconds: timeout) {
    case .refused(let objection): throw .invalidParameter(objection)
    case .usable(let checkpoints): return checkpoints
    }
  }

  /// - Returns: how many seconds the function may take, where that is known.
  private func timeoutOfExisting(_ function: FunctionARN) async throws(MappingError) -> Int? {
    switch await functions?.lookUp(function) {
    case nil, .unknown: nil
    // Recorded: create_unknown_params.
    case .missing: throw .invalidParameter("Function does not exist")
    case .found(let seconds): seconds
    }
  }

  // MARK: Transitions

  /// Puts a mapping into the state that follows, at once or after the delay.
  private func enter(_ transition: Lifecycle.Transition, _ mapping: inout EventSourceMapping, at time: Milliseconds) {
    guard transition.answered.isTransitional, transitionDelay > .zero else {
      mapping.state = transition.settlesAs ?? transition.answered
      mapping.settlement = nil
      return
    }
    mapping.state = transition.answered
    mapping.settlement = .init(at: time + transitionDelay, state: transition.settlesAs)
  }

  /// The answer tells the transition, even where the store has the lasting state already.
  fileprivate func answer(
    _ mapping: EventSourceMapping, _ transition: Lifecycle.Transition
  ) async -> EventSourceMapping {
    var answered = mapping
    answered.state = transition.answered
    observe(.changed(answered))
    if mapping.state != answered.state { observe(.changed(mapping)) }
    // What is still to settle is carried out then.
    if mapping.settlement == nil { await sources.waitUntilApplied(mapping) }
    return answered
  }
}

/// Carries what was decided inside the store's transaction out of it. The transaction has ended before it is read.
private final class Outcome: @unchecked Sendable {
  private var decided: (EventSourceMapping, Lifecycle.Transition)?

  func set(_ mapping: EventSourceMapping, _ transition: Lifecycle.Transition) {
    decided = (mapping, transition)
  }

  func answer(_ service: MappingService) async throws(MappingError) -> EventSourceMapping {
    guard let (mapping, transition) = decided else { throw .store("the store changed nothing and said nothing") }
    return await service.answer(mapping, transition)
  }
}
