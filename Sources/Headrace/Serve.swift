import API
import AWSClient
import ArgumentParser
import Delivery
import EventSources
import Functions
import Glibc
import HTTPServer
import Logging
import MappingStore
import Mappings
import SQLite
import ServiceLifecycle
import Templates
import UnixSignals

/// `headrace serve`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the API, read the sources and invoke the functions.",
    discussion: """
      Flags win over environment variables, which win over defaults. Where sources and Lambda are is told as to the AWS \
      SDKs: AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL, AWS_PROFILE, AWS_ACCESS_KEY_ID, \
      AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN. SIGTERM and SIGINT stop gracefully: requests and deliveries in flight \
      are finished, then the process ends.
      """)

  @OptionGroup var options: ServeOptions

  func run() async throws {
    let configuration = try Configuration(options, .current)
    // A peer that is gone is an error of one write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let handler = LineLogHandler(format: configuration.logFormat, logLevel: configuration.logLevel)
    let logger = Logger(label: "headrace") { _ in handler }

    let server = try HTTPServer(
      listeningOn: configuration.addresses, limits: configuration.limits, eventLoops: configuration.eventLoops)
    let selfCall = SelfCall(addresses: server.addresses)
    try selfCall.refuse(configuration)
    let database = try Database(headrace: configuration.database)
    for migration in database.appliedMigrations {
      logger.info("migrated", metadata: ["version": "\(migration.version)", "name": "\(migration.name)"])
    }

    let client = AWSClient(configuration.aws)
    let functions = Functions(
      directory: try FunctionDirectory(
        configured: configuration.functions, fallback: configuration.defaultTarget,
        store: SQLiteFunctionTargetStore(database)),
      client: client, timeout: configuration.functionTimeout, logger: logger)
    let store = SQLiteMappingStore(database)
    let journal = Journal(
      store: SQLiteDeliveryStore(database), keeping: configuration.journalDeliveries,
      payloadLimit: configuration.journalPayloadBytes, logger: logger)
    let eventInvokeConfigurations = EventInvokeConfigurations(
      store: SQLiteEventInvokeConfigurationStore(database), functions: functions)
    let asynchronous = try AsynchronousInvocations(
      store: SQLiteAsynchronousEventStore(database), functions: functions, policy: configuration.asynchronous.policy,
      configuration: { (function) throws(MappingError) in
        try eventInvokeConfigurations.configuration(of: function)
      },
      concurrency: configuration.asynchronous.concurrency, logger: logger)
    let installations = SQLiteInstallationStore(database)
    var push = configuration.push
    if case .memory = configuration.database { push.isTransient = true }
    if !push.isPublic, let url = server.addresses.lazy.compactMap(\.urlOfThisMachine).first { push.publicURL = url }
    let sources = SourceWorld(
      client: client, functions: functions, store: store, checkpoints: SQLiteCheckpointStore(database),
      journal: journal, asynchronous: asynchronous, installations: installations, push: push,
      streamPollInterval: configuration.streamPollInterval, logger: logger)
    let supervisor = Supervisor(
      store: store, installations: installations, logger: logger, onLoaded: { sources.pushed.complete() }
    ) { sources.worker(for: $0) }
    let mappings = MappingService(
      store: store, catalog: Catalog(isStrict: configuration.isStrict), functions: functions, sources: sources,
      transitionDelay: configuration.transitionDelay,
      observe: { event in
        log(event, to: logger)
        if case .allForgotten = event {
          asynchronous.forgetAll()
          sources.pushed.forgetAll()
        }
        supervisor.note(event)
      })
    // Transitions that an earlier process did not see the end of.
    try await mappings.settle(dueBy: .distantFuture)

    let stacks = Stacks(
      store: SQLiteStackStore(database), client: client, now: { Milliseconds.now().count },
      mappings: { StackMappings(mappings, eventInvokeConfigurations, in: Scope(account: $0, region: $1)) })
    let ports = RuntimePorts(host: configuration.host, limits: configuration.limits)
    try open(ports, of: functions.directory, logger)
    let api = API(
      Services(
        mappings: mappings, eventInvokeConfigurations: eventInvokeConfigurations, functions: functions,
        journal: journal, asynchronous: asynchronous, intake: sources, stacks: stacks,
        lambda: configuration.hasLambdaEndpoint ? LambdaPassThrough(client) : nil, runtimePorts: ports, logger: logger,
        isHeadraceItself: { selfCall.isHeadraceItself($0) }),
      scope: configuration.scope)

    // Stopped from the last to the first: deliveries still need the server, where runtimes answer.
    var services: [any Service] = [
      JournalService(journal: journal), RuntimePortsService(ports: ports, api: api),
      ServerService(server: server, api: api, journal: journal) {
        for address in server.addresses {
          // Said at every log level: whoever started the program on port 0 learns the port here.
          handler.write(.notice, "listening", ["url": "\(address)", "version": "\(API.version)"])
        }
      },
    ]
    services.append(StackService(stacks: stacks, logger: logger))
    if configuration.transitionDelay > .zero { services.append(TransitionService(mappings: mappings, logger: logger)) }
    services.append(
      DeliveryService(
        supervisor: supervisor, asynchronous: asynchronous, outcomes: sources, runtimes: functions.runtimes,
        limit: configuration.limits.shutdownTimeout,
        logger: logger))
    let group = ServiceGroup(
      configuration: .init(
        services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
    await client.shutdown()
    await database.close()
    logger.notice("stopped")
  }

  private func open(_ ports: RuntimePorts, of directory: FunctionDirectory, _ logger: Logger) throws {
    for (entry, origin) in directory.entries {
      guard case .runtime(let port?) = entry.target else { continue }
      do throws(RuntimePortError) {
        try ports.open(port, for: entry.name)
      } catch {
        // What was set through the API can only be taken back there, so it must not keep Headrace from starting.
        guard origin == .stored else { throw ValidationError("--function \(entry.name): \(error)") }
        logger.error("runtime port is not open", metadata: ["function": "\(entry.name)", "reason": "\(error)"])
      }
    }
  }
}

private func log(_ event: MappingEvent, to logger: Logger) {
  switch event {
  case .changed(let mapping):
    logger.info(
      "mapping",
      metadata: [
        "id": "\(mapping.id)", "state": "\(mapping.state.rawValue)", "function": "\(mapping.function)",
        "source": "\(mapping.sourceARN ?? mapping.kind.rawValue)",
      ])
  case .allForgotten:
    logger.info("reset")
  }
}
