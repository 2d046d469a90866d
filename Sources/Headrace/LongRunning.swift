import API
import Delivery
import Functions
import HTTPServer
import Logging
import Mappings
import ServiceLifecycle
import Templates

/// The server as a part of the process that starts and stops with it.
struct ServerService: Service {
  let server: HTTPServer
  let api: API
  let journal: Journal
  /// Said when signals are heard: whoever reads it may stop the process at once.
  let announce: @Sendable () -> Void

  func run() async throws {
    announce()
    await withGracefulShutdownHandler {
      await server.run(api.service)
    } onGracefulShutdown: {
      journal.endWaiting()
      server.stop()
    }
  }
}

/// The Runtime API on ports of its own.
struct RuntimePortsService: Service {
  let ports: RuntimePorts
  let api: API

  func run() async throws {
    await withGracefulShutdownHandler {
      await ports.run { api.runtimeService(of: $0) }
    } onGracefulShutdown: {
      ports.stop()
    }
  }
}

/// What writes the journal.
struct JournalService: Service {
  let journal: Journal

  func run() async throws {
    await withGracefulShutdownHandler {
      await journal.run()
    } onGracefulShutdown: {
      journal.close()
    }
  }
}

/// The workers of all mappings. What is in flight when the process stops is finished, within a limit.
struct DeliveryService: Service {
  let supervisor: Supervisor
  let asynchronous: AsynchronousInvocations
  let outcomes: any AsynchronousOutcomes
  let runtimes: RuntimeHub
  let limit: Duration
  let logger: Logger

  /// For giving back the messages of what was given up.
  private static let lastWords = Duration.seconds(1)

  func run() async throws {
    let ended = Mailbox<Void>()
    let work = Task {
      await withDiscardingTaskGroup { group in
        group.addTask { await supervisor.run() }
        group.addTask { await asynchronous.run(outcomes) }
      }
      ended.send(())
    }
    try? await gracefulShutdown()
    supervisor.stop()
    asynchronous.stop()
    let isDone = await Self.hears(ended, within: limit)
    if !isDone {
      logger.warning("deliveries in flight were left", metadata: ["afterSeconds": "\(limit.components.seconds)"])
      work.cancel()
    }
    // Runtimes that wait for work are told that there is none, and what they still do is given up.
    runtimes.close()
    if !isDone { _ = await Self.hears(ended, within: Self.lastWords) }
  }

  /// - Returns: whether it was said in time that the work has ended.
  private static func hears(_ ended: Mailbox<Void>, within limit: Duration) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { await ended.next() != nil }
      group.addTask {
        try? await Task.sleep(for: limit)
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }
}

/// The end of transitional states, where they last.
struct TransitionService: Service {
  let mappings: MappingService
  let logger: Logger

  func run() async throws {
    let timer = TransitionTimer(mappings) { error in
      logger.error("cannot end transitions", metadata: ["reason": "\(error)"])
    }
    await cancelWhenGracefulShutdown { await timer.run() }
  }
}

/// Stacks whose application an earlier process did not see the end of: brought to it once at the start. What cannot be,
/// because an emulator is not there yet, is tried again by the stack's next application.
struct StackService: Service {
  let stacks: Stacks
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      do throws(StackError) {
        for failure in try await stacks.resumeAll() {
          logger.error(
            "a stack is left in the middle",
            metadata: ["stack": "\(failure.identity.name)", "reason": "\(failure.reason)"])
        }
      } catch {
        logger.error("cannot look for stacks that were left in the middle", metadata: ["reason": "\(error)"])
      }
    }
    try? await gracefulShutdown()
  }
}
