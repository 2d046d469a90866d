public import AWSClient
public import JSON

/// The use cases of stacks: what each operation on them means.
///
/// An application is carried to its end whoever waits for it, and by whoever finds it when the process ended in between.
public actor Stacks {
  /// A template that is to be applied.
  public struct Application: Sendable {
    public var identity: StackIdentity
    public var document: JSONValue
    /// Values of the template's parameters.
    public var parameters: [String: String] = [:]
    /// Names by logical id, in place of those that the template gives or leaves out.
    public var names: [String: String] = [:]
    /// Whether queues, topics, streams, tables and buckets are made too.
    public var createsSources = false
    /// Of a plan: whether exports that are not there are taken for such as will be.
    public var awaitsExports = false

    /// A template as that stack.
    public init(identity: StackIdentity, document: JSONValue) {
      self.identity = identity
      self.document = document
    }
  }

  let store: any StackStore
  private let mappings: @Sendable (_ account: String, _ region: String) -> any MappingHost
  private let sources: @Sendable (_ account: String, _ region: String) -> any SourceMaking
  private let now: @Sendable () -> Int64
  private var busy: Set<StackIdentity> = []

  /// Stacks whose sources are made by a client's calls.
  /// - Parameters:
  ///   - now: milliseconds since the epoch.
  ///   - mappings: who makes the mappings of an account and region.
  public init(
    store: any StackStore, client: AWSClient, now: @escaping @Sendable () -> Int64,
    mappings: @escaping @Sendable (_ account: String, _ region: String) -> any MappingHost
  ) {
    self.init(store: store, now: now, mappings: mappings) {
      SourceProviders(client: client, account: $0, region: $1)
    }
  }

  init(
    store: any StackStore, now: @escaping @Sendable () -> Int64,
    mappings: @escaping @Sendable (_ account: String, _ region: String) -> any MappingHost,
    sources: @escaping @Sendable (_ account: String, _ region: String) -> any SourceMaking
  ) {
    self.store = store
    self.mappings = mappings
    self.sources = sources
    self.now = now
  }

  // MARK: Reading

  /// The stacks of an account and region, by name.
  public nonisolated func list(account: String, region: String) throws(StackError) -> [StackRecord] {
    try reading { () throws(StackStoreError) in try store.stacks(account: account, region: region) }
  }

  /// One stack, and what it has made.
  public nonisolated func get(_ identity: StackIdentity) throws(StackError) -> (
    record: StackRecord, entries: [StackEntry]
  ) {
    guard let record = try reading({ () throws(StackStoreError) in try store.stack(identity) }) else {
      throw .notFound(identity.name)
    }
    return (record, try reading { () throws(StackStoreError) in try store.entries(of: identity) })
  }

  /// What an application would do. Nothing is changed.
  public func plan(_ application: Application) async throws(StackError) -> StackOutcome {
    let (record, entries) = try found(application.identity)
    return try await planned(application, record, entries)
  }

  // MARK: Changing

  /// Applies a template: all of it, or nothing.
  public func apply(_ application: Application) async throws(StackError) -> StackOutcome {
    try await alone(application.identity) { () async throws(StackError) in
      try await self.resume(application.identity)
      return try await self.applied(application)
    }
  }

  /// Takes away all that a stack has made, but for what its template wants to be retained.
  public func delete(_ identity: StackIdentity) async throws(StackError) -> StackOutcome {
    try await alone(identity) { () async throws(StackError) in
      // What was to be deleted already is deleted now, and answered.
      let isGoing = try self.get(identity).record.status.isOfDeletion
      if !isGoing { try await self.resume(identity) }
      let (record, entries) = try self.get(identity)
      try await self.refuseExportsInUse(of: record, keeping: [])
      return try await self.deleted(record, entries)
    }
  }

  /// Brings those stacks to an end that an earlier process left in the middle.
  /// - Returns: those that could not be, each with the reason.
  public func resumeAll() async throws(StackError) -> [(identity: StackIdentity, reason: String)] {
    var failures: [(identity: StackIdentity, reason: String)] = []
    for record in try reading({ () throws(StackStoreError) in try store.unsettledStacks() }) {
      do throws(StackError) {
        try await alone(record.identity) { () async throws(StackError) in try await self.resume(record.identity) }
      } catch {
        failures.append((record.identity, error.reason))
      }
    }
    return failures
  }

  func alone<Result: Sendable>(
    _ identity: StackIdentity, _ work: @escaping @Sendable () async throws(StackError) -> Result
  ) async throws(StackError) -> Result {
    guard busy.insert(identity).inserted else { throw .busy(identity.name) }
    defer { busy.remove(identity) }
    // Whoever asked may go away: what was begun is brought to its end.
    let task = Task { () async -> Swift.Result<Result, StackError> in
      do throws(StackError) { return .success(try await work()) } catch { return .failure(error) }
    }
    return try await task.value.get()
  }

  // MARK: Applying

  func found(
    _ identity: StackIdentity
  ) throws(StackError) -> (record: StackRecord?, entries: [StackEntry]) {
    if let objection = StackIdentity.objection(toName: identity.name) { throw .refused(TemplateError(objection)) }
    return (
      try reading { () throws(StackStoreError) in try store.stack(identity) },
      try reading { () throws(StackStoreError) in try store.entries(of: identity) }
    )
  }

  func planned(
    _ application: Application, _ record: StackRecord?, _ entries: [StackEntry]
  ) async throws(StackError) -> StackOutcome {
    let run = try run(application, record, entries, isPlan: true)
    return try await refusing { () async throws(TemplateError) in
      try await run.visitAll()
      var outcome = await run.outcome
      outcome.record.outputs = try await run.outputs()
      return outcome
    }
  }

  func applied(_ application: Application) async throws(StackError) -> StackOutcome {
    let (before, entries) = try found(application.identity)
    let plan = try await planned(application, before, entries)
    if let before {
      try refuseExportsInUse(of: before, keeping: plan.record.outputs.compactMap(\.exportName))
    }
    let run = try run(application, before, entries, isPlan: false)
    var record = await run.outcome.record
    record.statusReason = nil
    record.status = before == nil ? .createInProgress : .updateInProgress
    try await save(record)
    do throws(TemplateError) {
      try await run.visitAll()
      record.outputs = try await run.outputs()
      record.imports = await run.book.others.imported
      try refuseTakenExports(record)
      try await run.markLeaving()
      record.status = .cleanupInProgress
      try await saving { [record] () async throws(StackStoreError) in try await self.store.save(record) }
    } catch {
      throw await rolledBack(record, after: error)
    }
    record.status = before == nil ? .createComplete : .updateComplete
    var outcome = await run.outcome
    let isUnchanged = outcome.changes.isEmpty && before?.outputs == record.outputs
    record.updatedAt = isUnchanged ? before?.updatedAt ?? record.updatedAt : now()
    if isUnchanged, before?.status == .createComplete { record.status = .createComplete }
    outcome.leftovers = try await cleanedUp(&record)
    outcome.record = record
    return outcome
  }

  func run(
    _ application: Application, _ record: StackRecord?, _ entries: [StackEntry], isPlan: Bool
  ) throws(StackError) -> StackRun {
    let identity = application.identity
    let store = store
    let others = OtherStacks(of: identity, areAwaited: isPlan && application.awaitsExports) {
      (region) throws(EvaluationError) in
      do throws(StackStoreError) {
        return try store.stacks(account: identity.account, region: region)
      } catch {
        throw .template(.storeFailed(error))
      }
    }
    let record =
      record ?? StackRecord(identity: identity, status: .createInProgress, createdAt: now(), updatedAt: now())
    do throws(TemplateError) {
      return try StackRun(
        StackRun.Plan(
          record: record, document: application.document, parameters: application.parameters,
          names: application.names, createsSources: application.createsSources, isPlan: isPlan),
        entries: entries, others: others, workshop: workshop(identity), store: store)
    } catch {
      throw .refused(error)
    }
  }

  func workshop(_ identity: StackIdentity) -> ItemWorkshop {
    ItemWorkshop(
      mappings: mappings(identity.account, identity.region), sources: sources(identity.account, identity.region))
  }

  // MARK: Between the layers' errors

  func save(_ record: StackRecord) async throws(StackError) {
    try await writing { () async throws(StackStoreError) in try await self.store.save(record) }
  }

  nonisolated func reading<Value>(_ read: () throws(StackStoreError) -> Value) throws(StackError) -> Value {
    do throws(StackStoreError) { return try read() } catch { throw .store(error.detail) }
  }

  func writing(_ write: @Sendable () async throws(StackStoreError) -> Void) async throws(StackError) {
    do throws(StackStoreError) { try await write() } catch { throw .store(error.detail) }
  }

  func saving(_ write: @Sendable () async throws(StackStoreError) -> Void) async throws(TemplateError) {
    do throws(StackStoreError) { try await write() } catch { throw .storeFailed(error) }
  }

  func refusing<Value: Sendable>(
    _ body: @Sendable () async throws(TemplateError) -> Value
  ) async throws(StackError) -> Value {
    do throws(TemplateError) { return try await body() } catch { throw .refused(error) }
  }
}

extension StackError {
  /// In a sentence.
  var reason: String {
    switch self {
    case .refused(let error), .rolledBack(let error): error.description
    case .notRolledBack(let error, let because): "\(error.description); \(because)"
    case .notFound(let name): "Stack with id \(name) does not exist"
    case .busy(let name): "Stack [\(name)] is being worked on"
    case .inUse(let text), .store(let text): text
    }
  }
}
