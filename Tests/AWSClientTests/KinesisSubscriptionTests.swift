import Testing

@testable import AWSClient

/// Subscriptions over real connections.
@Suite struct KinesisSubscriptionTests {
  static let arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks/consumer/c:1"
  static let opening = EventStreamFrame.event("initial-response", "{}")
  static let first = EventStreamFrame.event("SubscribeToShardEvent", #"{"Records":[1]}"#)
  static let second = EventStreamFrame.event("SubscribeToShardEvent", #"{"Records":[2]}"#)
  static let both = [#"{"Records":[1]}"#, #"{"Records":[2]}"#]

  @Test(
    arguments: [
      (.trimHorizon, #"{"Type":"TRIM_HORIZON"}"#), (.latest, #"{"Type":"LATEST"}"#),
      (.afterSequenceNumber("49"), #"{"Type":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"49"}"#),
      (.atTimestamp(milliseconds: 1_764_078_861_120), #"{"Type":"AT_TIMESTAMP","Timestamp":1764078861.120}"#),
    ] as [(ShardIteratorPosition, String)])
  func requestNamesConsumerShardAndPosition(position: ShardIteratorPosition, written: String) async throws {
    let transport = ScriptedTransport([.answer(200, "")])
    let client = KinesisClient(try AWSClient.make(transport), region: "eu-west-1", account: "123456789012", shard: 5)
    var subscription = try await client.subscribe(consumerARN: Self.arn, shard: "s0", at: position)
    #expect(try await subscription.next() == nil)
    let request = try #require(transport.requests.first)
    #expect(request.text == #"{"ConsumerARN":"\#(Self.arn)","ShardId":"s0","StartingPosition":\#(written)}"#)
    #expect(request.header("x-amz-target") == "Kinesis_20131202.SubscribeToShard")
    #expect(request.header("content-type") == "application/x-amz-json-1.1")
    #expect(request.shard == 5)
  }

  @Test func eachChunkMayBeAnEvent() async throws {
    #expect(try await Self.events(Self.chunked([Self.opening, Self.first, Self.second])) == Self.both)
  }

  @Test func chunkMayHaveSeveralEvents() async throws {
    #expect(try await Self.events(Self.chunked([Self.opening + Self.first + Self.second])) == Self.both)
  }

  @Test(arguments: [1, 7, 40]) func eventMayTakeSeveralChunks(size: Int) async throws {
    let stream = Self.opening + Self.first + Self.second
    let chunks = stride(from: 0, to: stream.count, by: size).map {
      Array(stream[$0..<min(stream.count, $0 + size)])
    }
    #expect(try await Self.events(Self.chunked(chunks)) == Self.both)
  }

  @Test func eventArrivesWhileTheStreamGoesOn() async throws {
    try await ScriptedServer.with(answer: Self.chunked([Self.opening, Self.first], isWhole: false)) { server in
      try await Self.withClient(server) { client in
        var subscription = try await Self.subscribe(client)
        #expect(try await subscription.next() == Array(Self.both[0].utf8))
      }
    }
  }

  @Test func messagesAboutNoRecordsAreSkipped() async throws {
    let later = EventStreamFrame.event("EventOfLaterYears", "{}")
    #expect(try await Self.events(Self.chunked([later, Self.first, later, Self.second])) == Self.both)
    #expect(try await Self.events(Self.chunked([Self.opening])) == [])
    #expect(try await Self.events(Self.chunked([])) == [])
  }

  @Test(arguments: [("ResourceInUseException", 400), ("InternalFailureException", 500)])
  func exceptionIsAnErrorOfTheService(code: String, status: Int) async throws {
    let exception = EventStreamFrame.exception(code, #"{"message":"in use"}"#)
    try await Self.expect(
      .service(AWSServiceError(status: status, code: code, message: "in use")),
      after: [Self.opening, Self.first, exception, Self.second])
  }

  @Test func errorOutsideTheModelIsAnErrorOfTheService() async throws {
    let error = EventStreamFrame.bytes([
      (":message-type", .string("error")), (":error-code", .string("InternalError")), (":error-message", .string("oh")),
    ])
    try await Self.expect(
      .service(AWSServiceError(status: 500, code: "InternalError", message: "oh")), after: [Self.first, error])
  }

  @Test func brokenFrameIsInvalid() async throws {
    var broken = Self.second
    broken[broken.count - 1] ^= 1
    try await ScriptedServer.with(answer: Self.chunked([Self.first + broken])) { server in
      try await Self.expect(
        .invalidAnswer(endpoint: server.url, reason: "the checksum of an event stream's message is wrong"), of: server)
    }
    try await ScriptedServer.with(answer: Self.chunked([Self.first, EventStreamFrame.bytes([("a", .bool(true))])])) {
      server in
      try await Self.expect(
        .invalidAnswer(endpoint: server.url, reason: "a message without a known :message-type"), of: server)
    }
  }

  @Test func connectionThatIsCutIsAnError() async throws {
    // Between two messages of a body that is not at its end.
    try await ScriptedServer.with(answer: Self.chunked([Self.first], isWhole: false), closes: true) { server in
      try await Self.expect(
        .connection(endpoint: server.url, reason: "connection closed before the answer"), of: server)
    }
    // Within a message of a body whose end is the connection's.
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    try await ScriptedServer.with(answer: Array(head.utf8) + Self.first + Self.second.dropLast(), closes: true) {
      server in
      try await Self.expect(
        .connection(endpoint: server.url, reason: "connection closed within a message"), of: server)
    }
  }

  @Test func refusedSubscriptionIsTheErrorOfTheBody() async throws {
    let body = #"{"__type":"ResourceNotFoundException","message":"no consumer"}"#
    let answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    try await ScriptedServer.with(answer: answer) { server in
      try await Self.withClient(server) { client in
        await #expect(
          throws: AWSError.service(
            AWSServiceError(status: 400, code: "ResourceNotFoundException", message: "no consumer"))
        ) { _ = try await Self.subscribe(client) }
      }
    }
  }

  @Test func errorWithoutEndIsReadInPart() async throws {
    let piece = [UInt8](repeating: 0x78, count: 1 << 16)
    let answer = Self.chunked(Array(repeating: piece, count: 20), status: "503 Service Unavailable", isWhole: false)
    try await ScriptedServer.with(answer: answer) { server in
      try await Self.withClient(server) { client in
        await #expect(throws: AWSError.service(AWSServiceError(status: 503, code: "Unknown", message: ""))) {
          _ = try await Self.subscribe(client)
        }
      }
    }
  }

  @Test func droppedSubscriptionEndsItsConnection() async throws {
    try await ScriptedServer.with(answer: Self.chunked([Self.first], isWhole: false)) { server in
      try await Self.withClient(server) { client in
        let event = try await Self.firstEvent(client)
        #expect(event == Array(Self.both[0].utf8))
        var events = server.events.makeAsyncIterator()
        _ = await events.next()
        #expect(await events.next() == .closed)
      }
    }
  }

  @Test func cancellationEndsTheConnection() async throws {
    try await ScriptedServer.with(answer: Self.chunked([Self.first], isWhole: false)) { server in
      try await Self.withClient(server) { client in
        let (isReading, signal) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
          var subscription = try await Self.subscribe(client)
          _ = try await subscription.next()
          signal.yield()
          return try await subscription.next()
        }
        for await _ in isReading { break }
        task.cancel()
        await #expect(throws: AWSError.cancelled) { try await task.value }
        var events = server.events.makeAsyncIterator()
        _ = await events.next()
        #expect(await events.next() == .closed)
      }
    }
  }

  // MARK: Helpers

  /// An answer, each of whose chunks the client gets as a piece of its own.
  private static func chunked(_ chunks: [[UInt8]], status: String = "200 OK", isWhole: Bool = true) -> [UInt8] {
    var bytes = Array("HTTP/1.1 \(status)\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
    for chunk in chunks { bytes += "\(String(chunk.count, radix: 16))\r\n".utf8 + chunk + "\r\n".utf8 }
    return isWhole ? bytes + "0\r\n\r\n".utf8 : bytes
  }

  private static func subscribe(_ client: AWSClient) async throws -> KinesisSubscription {
    try await KinesisClient(client, region: "eu-west-1", account: "123456789012")
      .subscribe(consumerARN: arn, shard: "s0", at: .latest)
  }

  private static func firstEvent(_ client: AWSClient) async throws -> [UInt8]? {
    var subscription = try await subscribe(client)
    return try await subscription.next()
  }

  /// All events of an answer.
  private static func events(_ answer: [UInt8]) async throws -> [String] {
    try await ScriptedServer.with(answer: answer) { server in
      try await withClient(server) { client in
        var subscription = try await subscribe(client)
        var events: [String] = []
        while let event = try await subscription.next() { events.append(String(decoding: event, as: UTF8.self)) }
        #expect(try await subscription.next() == nil)
        return events
      }
    }
  }

  /// Expects the first event, that error, and nothing more.
  private static func expect(_ error: AWSError, after chunks: [[UInt8]]) async throws {
    try await ScriptedServer.with(answer: chunked(chunks)) { server in try await expect(error, of: server) }
  }

  private static func expect(_ error: AWSError, of server: ScriptedServer) async throws {
    try await withClient(server) { client in
      var subscription = try await subscribe(client)
      #expect(try await subscription.next() == Array(both[0].utf8))
      do throws(AWSError) {
        let event = try await subscription.next()
        Issue.record("\(String(describing: event)) instead of an error")
      } catch let thrown {
        #expect(thrown == error)
      }
      #expect(try await subscription.next() == nil)
    }
  }

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
}
