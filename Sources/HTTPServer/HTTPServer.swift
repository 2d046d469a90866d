import CLinux
import Glibc
import Synchronization

/// What the server needs to know of those who use it: how a request is answered, and how a refusal looks.
public struct HTTPService: Sendable {
  /// Answers a request. Runs on the connection's event loop: work that blocks does not belong here.
  public var handle: @Sendable (Request) async -> Response
  /// The answer to what could not be read as a request.
  public var refuse: @Sendable (HTTPRequestError) -> Response
  /// Told of every wait that the system forced on accepting, such as a lack of descriptors.
  public var acceptFailed: @Sendable (HTTPServerError) -> Void

  /// A service made of its parts.
  public init(
    handle: @escaping @Sendable (Request) async -> Response,
    refuse: @escaping @Sendable (HTTPRequestError) -> Response,
    acceptFailed: @escaping @Sendable (HTTPServerError) -> Void = { _ in }
  ) {
    self.handle = handle
    self.refuse = refuse
    self.acceptFailed = acceptFailed
  }
}

/// An HTTP/1.1 server: one event loop per core, each a thread with its own epoll instance and its own listener.
///
/// A connection is a child task that prefers its loop as executor, so that reading, handling and writing share one
/// thread while the code reads as plain `async` Swift.
public final class HTTPServer: Sendable {
  /// Where the server listens, with the ports that were chosen.
  public let addresses: [ListeningAddress]

  private let limits: HTTPLimits
  private let loops: [EventLoop]
  private let listeners: [Socket.Listener]
  private let budget: ConnectionBudget
  private let (stops, stopping) = AsyncStream<Void>.makeStream()

  /// Descriptors kept for what is not a connection: the database, the log, calls out.
  private static let reservedDescriptors = 64
  private static let backlog: Int32 = 4096

  /// Opens the listeners; peers may connect from now on, and are served once `run` is called. So a program learns that
  /// a port is taken before it touches anything else.
  ///
  /// - Parameter eventLoops: how many threads serve; one for each core is right.
  public init(
    listeningOn addresses: [ListeningAddress], limits: HTTPLimits = HTTPLimits(), eventLoops: Int
  ) throws(HTTPServerError) {
    var loops: [EventLoop] = []
    for index in 0..<max(1, eventLoops) { loops.append(try EventLoop(name: "http-\(index)")) }
    var listeners: [Socket.Listener] = []
    do throws(HTTPServerError) {
      for address in addresses {
        switch address {
        case .tcp(let host, let port):
          listeners += try Socket.listen(host: host, port: port, count: loops.count, backlog: Self.backlog)
        case .unix(let path):
          listeners.append(try Socket.listen(unixPath: path, backlog: Self.backlog))
        }
      }
    } catch {
      for listener in listeners { close(listener.descriptor) }
      for loop in loops { loop.stop() }
      throw error
    }
    let descriptors = Socket.raiseDescriptorLimit() - Self.reservedDescriptors
    budget = ConnectionBudget(limit: max(1, min(limits.maximumConnections, descriptors)))
    self.addresses = listeners.map(\.address).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    self.limits = limits
    self.loops = loops
    self.listeners = listeners
  }

  /// Serves until `stop` is called and what was in flight has ended, or until the task is cancelled. Once only.
  public func run(_ service: HTTPService) async {
    await withTaskGroup { group in
      group.addTask {
        await withDiscardingTaskGroup { group in
          for (index, listener) in self.listeners.enumerated() {
            let loop = self.loops[index % self.loops.count]
            group.addTask(executorPreference: loop) { await self.accept(from: listener, on: loop, for: service) }
          }
        }
      }
      group.addTask {
        for await _ in self.stops { break }
        await self.drain()
        // Ends early, by cancellation, when nothing is in flight any more.
        try? await Task.sleep(for: self.limits.shutdownTimeout)
        await self.onEachLoop { $0.cut() }
      }
      // Whichever ends first: the connections when all are served, the watch when its time is up.
      await group.next()
      group.cancelAll()
    }
    for loop in loops { loop.stop() }
    for case .unix(let path) in addresses { unlink(path) }
  }

  /// Begins a graceful stop: no more connections, idle ones close, requests in flight are finished within
  /// `shutdownTimeout`. Returns at once; `run` returns when it is done.
  public func stop() {
    stopping.finish()
  }

  private func drain() async {
    budget.close()
    await onEachLoop { $0.drain() }
  }

  private func onEachLoop(_ body: @escaping @Sendable (EventLoop) -> Void) async {
    for loop in loops {
      // A task of its own, since the caller may be cancelled while this still has to happen.
      await Task(executorPreference: loop) { body(loop) }.value
    }
  }

  /// Accepts the connections of one listener and places each on the loop that has the fewest.
  private func accept(from listener: Socket.Listener, on loop: EventLoop, for service: HTTPService) async {
    await withDiscardingTaskGroup { group in
      loop.watch(listener.descriptor)
      // Closed before the connections are waited for: a server that is stopping takes no more of them.
      defer { loop.close(watched: listener.descriptor) }
      while let descriptor = await nextConnection(of: listener, on: loop, for: service) {
        let home = loops.min { $0.connections < $1.connections } ?? loop
        home.connectionCount.add(1, ordering: .relaxed)
        group.addTask(executorPreference: home) { [self] in
          await Connection(descriptor: descriptor, loop: home, limits: limits, service: service).serve()
          home.connectionCount.subtract(1, ordering: .relaxed)
          budget.release()
        }
      }
    }
  }

  /// Takes the next connection together with a place in the budget. A place is never held while nobody asks for it,
  /// since another listener's peer may need it.
  ///
  /// - Returns: nil where the server is stopping.
  private func nextConnection(
    of listener: Socket.Listener, on loop: EventLoop, for service: HTTPService
  ) async -> Int32? {
    /// How long accepting rests when the system lacks descriptors or memory.
    let rest = Duration.milliseconds(50)
    var isLastLook = false
    while await budget.acquire() {
      let descriptor = headrace_accept(listener.descriptor)
      if descriptor >= 0 {
        if case .tcp = listener.address { Socket.sendAtOnce(descriptor) }
        return descriptor
      }
      let code = errno
      budget.release()
      switch code {
      case EINTR, ECONNABORTED: continue
      case EAGAIN:
        if isLastLook { return nil }
        // Whoever waits in the backlog when the server stops is still served.
        isLastLook = await loop.waitToRead(listener.descriptor, until: .max, interruptible: true) == .draining
      default:
        service.acceptFailed(.system(call: "accept", code: code))
        guard !loop.isStopping else { return nil }
        let deadline = EventLoop.deadline(after: rest)
        _ = await loop.waitToRead(listener.descriptor, until: deadline, interruptible: true)
      }
    }
    return nil
  }
}
