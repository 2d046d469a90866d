import Testing

@testable import AWSClient

/// The client over real connections.
@Suite struct PooledTransportTests {
  static let ok = "HTTP/1.1 200 OK\r\nX-Own: v\r\nContent-Length: 5\r\n\r\nhello"

  @Test func answerArrivesWhole() async throws {
    try await ScriptedServer.with(answer: Self.ok) { server in
      try await Self.withClient(server) { client in
        for shard in [0, 0, 31, 1000, -1] {
          let answer = try await client.send(
            AWSCall(service: .sqs, region: "r", path: "/a%3Ab", query: "c=%24d", body: [0x78], shard: shard))
          #expect(answer.status == 200)
          #expect(answer.body == Array("hello".utf8))
          #expect(answer["x-OWN"] == "v")
        }
        var events = server.events.makeAsyncIterator()
        guard case .request(let text) = await events.next() else {
          Issue.record("There is no request.")
          return
        }
        #expect(text.hasPrefix("POST /a%3Ab?c=%24d HTTP/1.1\r\n"))
        #expect(text.lowercased().ranges(of: "\r\nhost: ").count == 1)
        #expect(text.contains("host: 127.0.0.1:\(server.port)\r\n"))
        #expect(text.lowercased().contains("content-length: 1\r\n"))
      }
    }
  }

  @Test func chunkedAndEmptyBodiesAreRead() async throws {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    #expect(try await Self.post(chunked).body == Array("abcde".utf8))
    #expect(try await Self.post("HTTP/1.1 204 No Content\r\n\r\n").body.isEmpty)
    #expect(try await Self.post("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n").status == 503)
    #expect(
      try await Self.post("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n").status == 302)
  }

  @Test func redirectionOfAGetIsAnAnswer() async throws {
    let answer = "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    try await ScriptedServer.with(answer: answer) { server in
      try await Self.withClient(server) { client in
        let answer = try await client.get(url: "\(server.url)/a.pem", timeout: .seconds(30))
        #expect(answer.status == 302)
        var events = server.events.makeAsyncIterator()
        guard case .request(let text) = await events.next() else { return }
        #expect(text.hasPrefix("GET /a.pem HTTP/1.1\r\n"))
        #expect(!text.lowercased().contains("authorization"))
      }
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\nghijk\r\n",
  ]) func answerBeyondTheLimitIsRefused(answer: String) async throws {
    try await ScriptedServer.with(answer: answer) { server in
      try await Self.withClient(server) { client in
        await #expect(throws: AWSError.answerTooLarge(endpoint: server.url, limit: 10)) {
          try await client.post(
            url: server.url, headers: [], body: [0x78], timeout: .seconds(30), maximumAnswerBytes: 10)
        }
      }
    }
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"])
  func timeLimitHoldsForHeadAndBody(answer: String) async throws {
    try await ScriptedServer.with(answer: answer) { server in
      try await Self.withClient(server) { client in
        await #expect(throws: AWSError.timeout(endpoint: server.url, after: .milliseconds(200))) {
          try await client.post(url: server.url, headers: [], body: [], timeout: .milliseconds(200))
        }
      }
    }
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"])
  func cancellationEndsTheRequest(answer: String) async throws {
    try await ScriptedServer.with(answer: answer) { server in
      try await Self.withClient(server) { client in
        let task = Task {
          try await client.send(AWSCall(service: .sqs, region: "r", body: [0x78], timeout: .seconds(600)))
        }
        var events = server.events.makeAsyncIterator()
        guard case .request = await events.next() else {
          Issue.record("There is no request.")
          return
        }
        task.cancel()
        await #expect(throws: AWSError.cancelled) { try await task.value }
        #expect(await events.next() == .closed)
      }
    }
  }

  @Test func shutdownEndsTheRequestsInFlight() async throws {
    try await ScriptedServer.with(answer: "") { server in
      let client = AWSClient(try AWSConfiguration(variables: ["AWS_ENDPOINT_URL": server.url]))
      let task = Task { try await client.send(AWSCall(service: .sqs, region: "r", timeout: .seconds(600))) }
      var events = server.events.makeAsyncIterator()
      _ = await events.next()
      await client.shutdown()
      await #expect(throws: AWSError.cancelled) { try await task.value }
      await #expect(throws: AWSError.cancelled) { try await client.send(AWSCall(service: .sqs, region: "r")) }
    }
  }

  @Test func brokenConnectionsAreNamed() async throws {
    let closed = "connection closed before the answer"
    #expect(try await Self.failure("", closes: true) == closed)
    #expect(try await Self.failure("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", closes: true) == closed)
  }

  @Test func whatIsNoHTTPIsAnInvalidAnswer() async throws {
    try await ScriptedServer.with(answer: "220 mail.example ESMTP\r\n") { server in
      try await Self.withClient(server) { client in
        let error = await #expect(throws: AWSError.self) {
          try await client.post(url: server.url, headers: [], body: [], timeout: .seconds(30))
        }
        guard case .invalidAnswer = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
    }
  }

  @Test func refusedConnectionIsNamed() async throws {
    // The port was free a moment ago, and nobody listens there now.
    let url = try await ScriptedServer.with(answer: "") { $0.url }
    let client = AWSClient(try AWSConfiguration(variables: [:]))
    await #expect(throws: AWSError.connection(endpoint: url, reason: "connection refused")) {
      try await client.post(url: url, headers: [], body: [], timeout: .seconds(30))
    }
    await client.shutdown()
  }

  @Test func unknownHostIsNamed() async throws {
    // A label has at most 63 characters: the resolver knows without asking anybody.
    let url = "http://\(String(repeating: "a", count: 64)).invalid"
    let client = AWSClient(try AWSConfiguration(variables: [:]))
    await #expect(throws: AWSError.connection(endpoint: url, reason: "host not found")) {
      try await client.post(url: url, headers: [], body: [], timeout: .seconds(30))
    }
    await client.shutdown()
  }

  @Test func failedHandshakeIsNamed() async throws {
    try await ScriptedServer.with(answer: "220 mail.example ESMTP\r\n", greets: true) { server in
      try await Self.withClient(server) { client in
        let url = "https://127.0.0.1:\(server.port)"
        await #expect(throws: AWSError.connection(endpoint: url, reason: "TLS: the other side does not speak it")) {
          try await client.post(url: url, headers: [], body: [], timeout: .seconds(30))
        }
      }
    }
  }

  @Test func streamedBodyArrivesInPieces() async throws {
    try await ScriptedServer.with(answer: Self.ok) { server in
      try await Self.withClient(server) { client in
        let answer = try await client.stream(AWSCall(service: .kinesis, region: "r"))
        #expect(answer.status == 200)
        #expect(answer["x-own"] == "v")
        var body: [UInt8] = []
        for try await piece in answer.body { body += piece }
        #expect(body == Array("hello".utf8))
      }
    }
  }

  // MARK: Helpers

  @discardableResult
  private static func withClient<Result>(
    _ server: ScriptedServer, _ body: (AWSClient) async throws -> Result
  ) async throws -> Result {
    let client = AWSClient(try AWSConfiguration(variables: ["AWS_ENDPOINT_URL": server.url]))
    do {
      let result = try await body(client)
      await client.shutdown()
      return result
    } catch {
      await client.shutdown()
      throw error
    }
  }

  private static func post(_ answer: String) async throws -> AWSAnswer {
    try await ScriptedServer.with(answer: answer) { server in
      try await withClient(server) { client in
        try await client.post(url: server.url, headers: [], body: [], timeout: .seconds(30))
      }
    }
  }

  private static func failure(_ answer: String, closes: Bool) async throws -> String? {
    do {
      _ = try await ScriptedServer.with(answer: answer, closes: closes) { server in
        try await withClient(server) { client in
          try await client.post(url: server.url, headers: [], body: [], timeout: .seconds(30))
        }
      }
      return nil
    } catch AWSError.connection(_, let reason) {
      return reason
    }
  }
}
