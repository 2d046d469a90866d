import Synchronization
import Testing

@testable import AWSClient

@Suite struct AWSClientTests {
  static let refused = Result<AWSAnswer, AWSError>.failure(.connection(endpoint: "e", reason: "connection refused"))

  @Test func requestIsSentAsItWasSigned() async throws {
    let transport = ScriptedTransport([.answer(200)])
    let client = try AWSClient.make(transport, variables: ["AWS_ENDPOINT_URL": "http://aws.test:4566/base/"])
    _ = try await client.send(
      AWSCall(
        service: .dynamoDBStreams, region: "eu-west-1", account: "123456789012", path: "/p%20q", query: "a=1",
        headers: [("x-amz-target", "T")], body: Array("{}".utf8), shard: 3))
    let request = try #require(transport.requests.first)
    #expect(request.url == "http://aws.test:4566/base/p%20q?a=1")
    #expect(request.method == "POST")
    #expect(request.text == "{}")
    #expect(request.shard == 3)
    #expect(request.header("host") == "aws.test:4566")
    #expect(request.header("x-amz-target") == "T")
    #expect(request.header("x-amz-date") == "20150830T123600Z")
    let expected = SigV4Signer.headers(
      signing: SigningRequest(
        method: "POST", host: "aws.test:4566", path: "/base/p%20q", query: "a=1", headers: [("x-amz-target", "T")],
        body: Array("{}".utf8)),
      credentials: AWSCredentials(accessKeyID: "123456789012", secretAccessKey: "headrace"), region: "eu-west-1",
      service: "dynamodb", at: 1_440_938_160, keys: SigningKeyCache())
    #expect(request.header("authorization") == expected.last?.value)
  }

  @Test func configuredCredentialsGoBeforeTheAccount() async throws {
    let transport = ScriptedTransport([.answer(200)])
    let client = try AWSClient.make(
      transport,
      variables: ["AWS_ENDPOINT_URL": "http://e:1", "AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "s"])
    _ = try await client.send(AWSCall(service: .sqs, region: "r", account: "123456789012"))
    #expect(transport.requests.first?.header("authorization")?.contains("Credential=KEY/") == true)
  }

  @Test func withoutCredentialsAndEndpointNothingIsSent() async throws {
    let transport = ScriptedTransport([.answer(200)])
    let client = try AWSClient.make(transport, variables: [:])
    let error = await #expect(throws: AWSError.self) {
      try await client.send(AWSCall(service: .sqs, region: "r", account: "123456789012"))
    }
    #expect(error?.description.contains("AWS_ENDPOINT_URL_SQS") == true)
    #expect(transport.requests.isEmpty)
  }

  // MARK: Retries

  @Test(arguments: [
    ([refused, .answer(200)], 3, 2), ([.answer(500), .answer(503), .answer(200)], 3, 3),
    ([.answer(400, #"{"__type":"ThrottlingException"}"#), .answer(200)], 2, 2),
  ]) func failureThatMayPassIsTriedAgain(
    script: [Result<AWSAnswer, AWSError>], attempts: Int, requests: Int
  ) async throws {
    let transport = ScriptedTransport(script)
    let answer = try await AWSClient.make(transport).send(
      AWSCall(service: .sqs, region: "r", attempts: attempts))
    #expect(answer.status == 200)
    #expect(transport.requests.count == requests)
  }

  @Test(arguments: [
    ([refused, refused, refused, .answer(200)], 3, 3), ([.answer(500), .answer(200)], 1, 1),
    ([.answer(400, #"{"__type":"ValidationException"}"#), .answer(200)], 3, 1), ([.answer(501), .answer(200)], 3, 1),
    ([.failure(.invalidAnswer(endpoint: "e", reason: "r")), .answer(200)], 3, 1),
    ([.failure(.cancelled), .answer(200)], 3, 1),
  ]) func lastFailureIsThrown(script: [Result<AWSAnswer, AWSError>], attempts: Int, requests: Int) async throws {
    let transport = ScriptedTransport(script)
    let client = try AWSClient.make(transport)
    await #expect(throws: AWSError.self) {
      try await client.send(AWSCall(service: .sqs, region: "r", attempts: attempts))
    }
    #expect(transport.requests.count == requests)
  }

  @Test func acceptedErrorIsTheOnlyAttempt() async throws {
    let transport = ScriptedTransport([.answer(503, "raw", headers: [("X-Own", "v")]), .answer(200)])
    let answer = try await AWSClient.make(transport).send(
      AWSCall(service: .lambda, region: "r", acceptsErrors: true))
    #expect(answer.status == 503)
    #expect(answer.body == Array("raw".utf8))
    #expect(answer["x-own"] == "v")
    #expect(transport.requests.count == 1)
  }

  @Test func pausesGrowAndAreShortenedAtRandom() async throws {
    let pauses = Mutex<[Duration]>([])
    let transport = ScriptedTransport([Self.refused, .answer(500), .answer(429), .answer(200)])
    let client = try AWSClient.make(transport, random: 0.5, sleep: { pause in pauses.withLock { $0.append(pause) } })
    _ = try await client.send(AWSCall(service: .sqs, region: "r", attempts: 4))
    #expect(pauses.withLock(\.self) == [.milliseconds(50), .milliseconds(100), .seconds(1)])
  }

  @Test func pauseBeyondTheTimeLimitIsNotMade() async throws {
    let transport = ScriptedTransport([Self.refused, .answer(200)])
    let client = try AWSClient.make(transport, sleep: { _ in Issue.record("There is no time for a pause.") })
    await #expect(throws: AWSError.connection(endpoint: "e", reason: "connection refused")) {
      try await client.send(AWSCall(service: .sqs, region: "r", timeout: .milliseconds(99)))
    }
    #expect(transport.requests.count == 1)
  }

  @Test func cancelledPauseEndsTheCall() async throws {
    let transport = ScriptedTransport([Self.refused, .answer(200)])
    let client = try AWSClient.make(transport, sleep: { _ in throw CancellationError() })
    await #expect(throws: AWSError.cancelled) { try await client.send(AWSCall(service: .sqs, region: "r")) }
    #expect(transport.requests.count == 1)
  }

  @Test(arguments: [(1, 100), (2, 200), (5, 1600), (9, 20_000), (200, 20_000)])
  func pauseDoublesUpToALimit(attempt: Int, milliseconds: Int) {
    let pause = RetryPolicy().pause(
      after: .connection(endpoint: "e", reason: "r"), attempt: attempt, of: 1000, random: 1)
    #expect(pause == .milliseconds(milliseconds))
  }
}
