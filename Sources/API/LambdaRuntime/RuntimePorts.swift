import Functions
public import HTTPServer
import Synchronization

/// Serves the Lambda Runtime API on ports of their own, each for one function: for runtimes that take no path.
public final class RuntimePorts: Sendable {
  private struct State {
    /// Nil while a port is being opened.
    var servers: [Int: (function: String, server: HTTPServer?)] = [:]
    var waiting: [(String, HTTPServer)] = []
  }

  private let host: String
  private let limits: HTTPLimits
  private let state = Mutex(State())
  private let (signals, signal) = AsyncStream<Void>.makeStream()

  /// - Parameter host: where the ports are opened, as Headrace's own.
  public init(host: String, limits: HTTPLimits) {
    self.host = host
    self.limits = limits
  }

  /// Opens a port for a function; one that is open for it stays so. Runtimes are served once `run` is called.
  ///
  /// - Throws: what is wrong with the port, or which other function has it.
  public func open(_ port: Int, for function: String) throws(RuntimePortError) {
    let owner = state.withLock { state in
      let owner = state.servers[port]?.function
      if owner == nil { state.servers[port] = (function, nil) }
      return owner
    }
    guard owner == nil else {
      if owner == function { return }
      throw .taken(port: port, function: owner ?? "")
    }
    do throws(HTTPServerError) {
      let server = try HTTPServer(listeningOn: [.tcp(host: host, port: port)], limits: limits, eventLoops: 1)
      state.withLock { state in
        state.servers[port] = (function, server)
        state.waiting.append((function, server))
      }
    } catch {
      state.withLock { $0.servers[port] = nil }
      throw .unusable(error)
    }
    signal.yield()
  }

  /// Closes a port where it is the function's: the function runs elsewhere from now on.
  public func close(_ port: Int, of function: String) {
    let server = state.withLock { state in
      guard let (owner, server) = state.servers[port], owner == function else { return HTTPServer?.none }
      state.servers[port] = nil
      return server
    }
    server?.stop()
  }

  /// Serves what is open and what is opened, until `stop`.
  ///
  /// - Parameter service: of a function by its name.
  public func run(_ service: @escaping @Sendable (String) -> HTTPService) async {
    await withDiscardingTaskGroup { group in
      for await _ in signals {
        let waiting = state.withLock { state in
          defer { state.waiting = [] }
          return state.waiting
        }
        for (function, server) in waiting { group.addTask { await server.run(service(function)) } }
      }
      for (_, server) in state.withLock(\.servers).values { server?.stop() }
    }
  }

  /// Begins a graceful stop; `run` returns when it is done.
  public func stop() { signal.finish() }
}

/// Why a port of its own cannot be had.
public enum RuntimePortError: Error, Sendable, CustomStringConvertible {
  case taken(port: Int, function: String)
  case unusable(HTTPServerError)

  public var description: String {
    switch self {
    case .taken(let port, let function): "port \(port) is the runtime port of function '\(function)' already"
    case .unusable(let error): "\(error)"
    }
  }
}
