import API
import ArgumentParser
import EventSources
import Glibc
import HTTPServer
import Logging
import MappingStore
import Mappings
import SQLite
import ServiceLifecycle
import UnixSignals

/// `headrace serve`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the API.",
    discussion: """
      Flags win over environment variables, which win over defaults. SIGTERM and SIGINT stop gracefully: requests in \
      flight are finished, then the process ends.
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
    let database = try Database(headrace: configuration.database)
    for migration in database.appliedMigrations {
      logger.info("migrated", metadata: ["version": "\(migration.version)", "name": "\(migration.name)"])
    }
    let mappings = MappingService(
      store: SQLiteMappingStore(database), catalog: Catalog(), transitionDelay: configuration.transitionDelay,
      observe: { mapping in
        logger.info(
          "mapping",
          metadata: [
            "id": "\(mapping.id)", "state": "\(mapping.state.rawValue)", "function": "\(mapping.function)",
            "source": "\(mapping.sourceARN ?? mapping.kind.rawValue)",
          ])
      })
    // Transitions that an earlier process did not see the end of.
    try await mappings.settle(dueBy: .distantFuture)

    let api = API(mappings: mappings, scope: configuration.scope, logger: logger)
    var services: [any Service] = []
    if configuration.transitionDelay > .zero { services.append(TransitionService(mappings: mappings, logger: logger)) }
    services.append(ServerService(server: server, api: api))
    let group = ServiceGroup(
      configuration: .init(
        services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    for address in server.addresses {
      // Said at every log level: whoever started the program on port 0 learns the port here.
      handler.write(.notice, "listening", ["url": "\(address)", "version": "\(API.version)"])
    }
    try await group.run()
    await database.close()
    logger.notice("stopped")
  }
}

/// The server as a part of the process that starts and stops with it.
private struct ServerService: Service {
  let server: HTTPServer
  let api: API

  func run() async throws {
    await withGracefulShutdownHandler {
      await server.run(api.service)
    } onGracefulShutdown: {
      server.stop()
    }
  }
}

/// The end of transitional states, where they last.
private struct TransitionService: Service {
  let mappings: MappingService
  let logger: Logger

  func run() async throws {
    let timer = TransitionTimer(mappings) { error in
      logger.error("cannot end transitions", metadata: ["reason": "\(error)"])
    }
    await cancelWhenGracefulShutdown { await timer.run() }
  }
}
