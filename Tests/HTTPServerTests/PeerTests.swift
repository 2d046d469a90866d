import HTTPTypes
import Testing

@testable import HTTPServer

@Suite(.timeLimit(.minutes(5))) struct PeerTests {
  /// What the handlers of a test saw.
  enum Sight: Hashable, Sendable {
    case request(String, connection: UInt64)
    case gone(String)
  }

  private let sights: AsyncStream<Sight>
  private let seen: AsyncStream<Sight>.Continuation

  init() {
    (sights, seen) = AsyncStream<Sight>.makeStream()
  }

  private func listen() throws -> (HTTPServer, port: Int) {
    let server = try HTTPServer(listeningOn: [.tcp(host: "127.0.0.1", port: 0)], eventLoops: 1)
    guard case .tcp(_, let port)? = server.addresses.first else { return (server, 0) }
    return (server, port)
  }

  /// Tells of each request, and of the end of its peer under the last part of its path; a path that begins with
  /// `/wait` is answered once its peer is gone.
  private var service: HTTPService {
    HTTPService(
      handle: { [seen] request in
        let name = String(request.path.split(separator: "/").last ?? "")
        await withCheckedContinuation { continuation in
          let (waits, peer) = (request.path.hasPrefix("/wait"), request.peer)
          peer?.whenGone(name) {
            seen.yield(.gone(request.path))
            if waits { continuation.resume() }
          }
          seen.yield(.request(request.path, connection: peer?.connection ?? 0))
          if !waits { continuation.resume() }
        }
        return Response(status: .noContent)
      }, refuse: { Response(status: $0.status) })
  }

  private func run(_ server: HTTPServer, _ body: () async throws -> Void) async rethrows {
    async let run: Void = server.run(service)
    try await body()
    server.stop()
    await run
    seen.finish()
  }

  @Test(arguments: [false, true]) func handlerThatWaitsIsToldWhenItsPeerIsGone(halfOnly: Bool) async throws {
    let (server, port) = try listen()
    var sights = sights.makeAsyncIterator()
    try await run(server) {
      let client = try RawClient(port: port)
      client.ask("/wait/a")
      guard case .request("/wait/a", _) = await sights.next() else {
        Issue.record("no request")
        return
      }
      if halfOnly { client.sayNothingMore() } else { client.hangUp() }
      #expect(await sights.next() == .gone("/wait/a"))
      if halfOnly { client.hangUp() }
    }
    #expect(await sights.next() == nil)
  }

  @Test func handlerOfAPeerThatIsGoneAlreadyIsToldAtOnce() async throws {
    let (server, port) = try listen()
    let client = try RawClient(port: port)
    client.ask("/wait/a")
    client.hangUp()
    var sights = sights.makeAsyncIterator()
    var seen: Set<String> = []
    await run(server) {
      for _ in 0..<2 {
        switch await sights.next() {
        case .request(let path, _)?: seen.insert("request \(path)")
        case .gone(let path)?: seen.insert("gone \(path)")
        case nil: break
        }
      }
    }
    #expect(seen == ["request /wait/a", "gone /wait/a"])
  }

  @Test func laterCallOfTheSameNameReplacesTheFirst() async throws {
    let (server, port) = try listen()
    var sights = sights.makeAsyncIterator()
    var connections: Set<UInt64> = []
    var gone: Set<Sight> = []
    try await run(server) {
      let client = try RawClient(port: port)
      for path in ["/first/a", "/only/b", "/second/a"] {
        client.ask(path)
        guard case .request(path, let connection)? = await sights.next() else {
          Issue.record("no request")
          return
        }
        connections.insert(connection)
      }
      client.hangUp()
      for _ in 0..<2 { if let sight = await sights.next() { gone.insert(sight) } }
    }
    #expect(connections.count == 1)
    #expect(gone == [.gone("/only/b"), .gone("/second/a")])
    #expect(await sights.next() == nil)
  }

  @Test func everyConnectionHasItsNumber() async throws {
    let (server, port) = try listen()
    var sights = sights.makeAsyncIterator()
    var connections: [UInt64] = []
    try await run(server) {
      for _ in 0..<5 {
        let client = try RawClient(port: port)
        client.ask("/once/a")
        if case .request(_, let connection)? = await sights.next() { connections.append(connection) }
        client.hangUp()
        #expect(await sights.next() == .gone("/once/a"))
      }
    }
    #expect(Set(connections).count == 5)
  }

  @Test func requestThatCameOverNoConnectionHasNoPeer() {
    #expect(Request(method: .get, path: "/").peer == nil)
  }
}
