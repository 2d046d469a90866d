import HTTPServer
import HTTPTypes
import LambdaWire
import Synchronization
import Testing

@testable import HeadraceClient

/// What the client makes of a service's answers.
@Suite struct AnswerTests {
  private static let mapping =
    #"{"UUID":"14e0db71-5d35-4eb5-b481-8945cf9d10c2","FunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:f","State":"Enabled","BatchSize":5}"#

  /// A client of a server that gives these answers, one after the other.
  private func with(
    _ answers: [Response], _ body: (Client) async throws -> Void
  ) async throws {
    let server = try HTTPServer(listeningOn: [.tcp(host: "127.0.0.1", port: 0)], eventLoops: 1)
    guard case .tcp(_, let port)? = server.addresses.first else { return }
    let left = Mutex(answers)
    let service = HTTPService(
      handle: { _ in left.withLock { $0.isEmpty ? Response(status: .internalServerError) : $0.removeFirst() } },
      refuse: { _ in Response(status: .badRequest) })
    async let run: Void = server.run(service)
    let result: Result<Void, any Error>
    do {
      try await Client.with(endpoint: "http://127.0.0.1:\(port)", region: "us-east-1") { client in
        var client = client
        client.timeout = .seconds(600)
        try await body(client)
      }
      result = .success(())
    } catch {
      result = .failure(error)
    }
    server.stop()
    await run
    try result.get()
  }

  private static func answer(_ status: Int, _ fields: HTTPFields = [:], _ body: String) -> Response {
    Response(status: .init(code: status), fields: fields, body: Array(body.utf8))
  }

  private static func page(_ count: Int, next: String?) -> Response {
    let mappings = Array(repeating: mapping, count: count).joined(separator: ",")
    return answer(200, [:], #"{"EventSourceMappings":[\#(mappings)]\#(next.map { #","NextMarker":"\#($0)""# } ?? "")}"#)
  }

  @Test func anErrorComesWithAllThatTheServiceSaid() async throws {
    let fields: HTTPFields = [
      .init("x-amzn-errortype")!: "ResourceNotFoundException", .init("x-amzn-requestid")!: "r-1",
    ]
    try await with([Self.answer(404, fields, #"{"Type":"User","Message":"gone"}"#)]) { client in
      let expected = ServiceError(
        code: "ResourceNotFoundException", status: 404, message: "gone", requestID: "r-1", isRetryable: false)
      await #expect(throws: HeadraceClientError.service(expected)) { try await client.eventSource("x").get() }
      #expect(expected.description == "ResourceNotFoundException (404): gone (request r-1)")
    }
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"UUID":"x"}"#, "<html>", #"{"UUID":"x","FunctionArn":"f","State":"Enabled","BatchSize":"a"}"#,
  ])
  func whatIsNoMappingIsSaidToBeNone(body: String) async throws {
    try await with([Self.answer(200, [:], body)]) { client in
      await #expect {
        try await client.eventSource("x").get()
      } throws: { error in
        if case HeadraceClientError.unexpectedAnswer = error { true } else { false }
      }
    }
  }

  @Test func pagesAreReadToTheLast() async throws {
    try await with([Self.page(2, next: "a"), Self.page(0, next: "b"), Self.page(1, next: nil)]) { client in
      var count = 0
      for try await mapping in client.eventSources() {
        #expect(mapping.parameters.batchSize == 5)
        count += 1
      }
      #expect(count == 3)
    }
  }

  @Test func aServiceThatRepeatsItsPageKeepsNobodyForEver() async throws {
    try await with(Array(repeating: Self.page(1, next: "a"), count: 5)) { client in
      var count = 0
      await #expect {
        for try await _ in client.eventSources() { count += 1 }
      } throws: { error in
        "\(error)".contains("goes on with the same page")
      }
      #expect(count == 1)
    }
  }

  @Test func aServiceThatDoesNotAnswerIsGivenUpAfterTheTimeout() async throws {
    // It listens, and nobody takes what comes.
    let server = try HTTPServer(listeningOn: [.tcp(host: "127.0.0.1", port: 0)], eventLoops: 1)
    guard case .tcp(_, let port)? = server.addresses.first else { return }
    defer { server.stop() }
    let endpoint = "http://127.0.0.1:\(port)"
    try await Client.with(endpoint: endpoint, region: "us-east-1") { client in
      var client = client
      client.timeout = .milliseconds(20)
      await #expect(throws: HeadraceClientError.connection("\(endpoint): no answer within 0.02 s")) {
        try await client.eventSource("x").get()
      }
    }
  }
}
