import Glibc
import HTTPTypes
import Testing

@testable import HTTPServer

/// What a connection does between requests and with answers that have no body.
@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
  private struct Pieces: AsyncSequence, AsyncIteratorProtocol, Sendable {
    mutating func next() async throws -> [UInt8]? { nil }
    func makeAsyncIterator() -> Pieces { self }
  }

  private func exchange(
    limits: HTTPLimits = HTTPLimits(), _ handle: @escaping @Sendable (Request) async -> Response,
    _ body: (RawClient) async throws -> Void
  ) async throws {
    let server = try HTTPServer(listeningOn: [.tcp(host: "127.0.0.1", port: 0)], limits: limits, eventLoops: 1)
    guard case .tcp(_, let port)? = server.addresses.first else { return }
    async let run: Void = server.run(HTTPService(handle: handle, refuse: { Response(status: $0.status) }))
    let client = try RawClient(port: port)
    try await body(client)
    client.hangUp()
    server.stop()
    await run
  }

  @Test(arguments: [HTTPResponse.Status.noContent, .notModified])
  func streamedAnswerWithoutABodyIsNotChunked(status: HTTPResponse.Status) async throws {
    // RFC 9112 section 6.1: what followed the head would be taken for the next answer.
    try await exchange({ _ in Response(status: status, stream: Pieces()) }) { client in
      for _ in 0..<2 {
        client.ask("/")
        let answer = await client.head()
        #expect(answer.hasPrefix("HTTP/1.1 \(status.code) "))
        #expect(!answer.lowercased().contains("transfer-encoding"))
        #expect(answer.hasSuffix("\r\n\r\n"))
      }
    }
  }

  @Test(arguments: [true, false]) func idleConnectionIsClosedUnlessSomebodyWatchesIt(isWatched: Bool) async throws {
    var limits = HTTPLimits()
    limits.idleTimeout = .milliseconds(50)
    try await exchange(
      limits: limits,
      { request in
        if isWatched { request.peer?.whenGone("test") {} }
        return Response(status: .noContent)
      }
    ) { client in
      client.ask("/")
      _ = await client.head()
      // Several times the limit: what is not closed by then is kept. What is to be closed may take its time.
      #expect(await client.isClosed(within: isWatched ? .milliseconds(400) : .seconds(30)) == !isWatched)
    }
  }
}
