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
  /// What takes the events of those sources that send them.
  public var asynchronous: any AsynchronousInvoker
  public var installations: any InstallationStore
  public var push: PushSettings
  /// Checks who has posted a message of SNS.
  let verifier: SNSMessageVerifier
  /// The workers of sources that send.
  public let pushed: PushRegistry
  let freshQueueURLs = FreshQueueURLs()
  /// How long a shard of a stream rests between two reads where nothing more is there.
  public var streamPollInterval: Duration
  public var logger: Logger

  /// What workers use.
  public init(
    client: AWSClient, functions: any FunctionInvoker, store: any MappingStore, checkpoints: any CheckpointStore,
    journal: Journal, asynchronous: any AsynchronousInvoker, installations: any InstallationStore,
    push: PushSettings = PushSettings(), pushed: PushRegistry = PushRegistry(),
    streamPollInterval: Duration = .milliseconds(250), logger: Logger
  ) {
    self.client = client
    verifier = SNSMessageVerifier(client)
    self.functions = functions
    self.store = store
    self.checkpoints = checkpoints
    self.journal = journal
    self.asynchronous = asynchronous
    self.installations = installations
    self.push = push
    self.pushed = pushed
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
    guard let reader = Catalog().reader(of: kind), unreachable(reader) == nil else { return .usable() }
    return await reader.inspect(draft, functionTimeoutSeconds, self)
  }

  public func waitUntilApplied(_ mapping: EventSourceMapping) async {
    guard let reader = Catalog().reader(of: mapping.kind), reader.carriesChanges, unreachable(reader) == nil else {
      return
    }
    await pushed.waitUntilApplied(mapping)
  }

  public func waitUntilForgotten() async { await pushed.waitUntilForgotten() }
}

extension SourceWorld {
  /// The worker of a mapping; nil where nobody can read its source, which the log then tells.
  public func worker(for mapping: EventSourceMapping) -> (any MappingWorker)? {
    guard let reader = Catalog().reader(of: mapping.kind) else {
      return unread(mapping, "Headrace does not read this type of source yet")
    }
    if let service = unreachable(reader) {
      return unread(mapping, "set \(service.endpointVariable) or AWS_ENDPOINT_URL, or credentials for AWS")
    }
    return reader.worker(mapping, self) ?? unread(mapping, "what is stored of it is damaged")
  }

  /// A service that a reader needs and that cannot be called.
  private func unreachable(_ reader: SourceReader) -> AWSService? {
    reader.services(self).first { !canReach($0) }
  }

  private func unread(_ mapping: EventSourceMapping, _ reason: String) -> (any MappingWorker)? {
    logger.warning("mapping is kept but not read", metadata: ["mapping": "\(mapping.id)", "reason": "\(reason)"])
    return nil
  }
}
