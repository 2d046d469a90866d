public import AWSClient
public import Delivery
public import Logging
public import Mappings

/// What the workers of every source type use.
public struct SourceWorld: Sendable {
  public var client: AWSClient
  public var functions: any FunctionInvoker
  public var store: any MappingStore
  public var checkpoints: any CheckpointStore
  public var journal: Journal
  /// How long a shard of a stream rests between two reads where nothing more is there.
  public var streamPollInterval: Duration
  public var logger: Logger

  /// What workers use.
  public init(
    client: AWSClient, functions: any FunctionInvoker, store: any MappingStore, checkpoints: any CheckpointStore,
    journal: Journal, streamPollInterval: Duration = .milliseconds(250), logger: Logger
  ) {
    self.client = client
    self.functions = functions
    self.store = store
    self.checkpoints = checkpoints
    self.journal = journal
    self.streamPollInterval = streamPollInterval
    self.logger = logger
  }

  /// Whether there is anything to read a service with: an endpoint that was named, or credentials for AWS's own.
  func canReach(_ service: AWSService) -> Bool {
    client.configuration.hasOverride(for: service) || client.configuration.hasCredentialSource()
  }
}

extension SourceWorld: SourceInspector {
  public func inspect(
    _ draft: MappingDraft, kind: SourceKind, functionTimeoutSeconds: Int?
  ) async -> SourceInspection {
    guard let reader = Catalog().reader(of: kind), canReach(reader.service) else { return .usable() }
    return await reader.inspect(draft, functionTimeoutSeconds, self)
  }
}

extension SourceWorld {
  /// The worker of a mapping; nil where nobody can read its source, which the log then tells.
  public func worker(for mapping: EventSourceMapping) -> (any MappingWorker)? {
    guard let reader = Catalog().reader(of: mapping.kind) else {
      return unread(mapping, "Headrace does not read this type of source yet")
    }
    guard canReach(reader.service) else {
      return unread(
        mapping, "set \(reader.service.endpointVariable) or AWS_ENDPOINT_URL, or credentials for AWS")
    }
    return reader.worker(mapping, self) ?? unread(mapping, "what is stored of it is damaged")
  }

  private func unread(_ mapping: EventSourceMapping, _ reason: String) -> (any MappingWorker)? {
    logger.warning("mapping is kept but not read", metadata: ["mapping": "\(mapping.id)", "reason": "\(reason)"])
    return nil
  }
}
