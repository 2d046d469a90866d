import Testing

@testable import AWSClient

@Suite struct S3ClientTests {
  @Test func objectIsNamedInThePath() async throws {
    let (client, transport) = try Self.make([.answer(200, "")])
    try await client.put(
      bucket: "failures", key: "aws/lambda/u-1/shardId-0/2026/01/02/2026-01-02T03.04.05-ü +%",
      contentType: "application/json",
      body: Array("{}".utf8))
    let request = try #require(transport.requests.first)
    #expect(request.method == "PUT")
    #expect(
      request.url == "http://aws.test:4566/failures/aws/lambda/u-1/shardId-0/2026/01/02/"
        + "2026-01-02T03.04.05-%C3%BC%20%2B%25")
    #expect(request.text == "{}")
    #expect(request.header("content-type") == "application/json")
    #expect(request.shard == 5)
    // The SHA-256 of the two bytes.
    #expect(
      request.header("x-amz-content-sha256") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
    #expect(request.header("authorization")?.contains("Credential=123456789012/20150830/eu-west-1/s3/") == true)
  }

  @Test func slashesOfTheKeyStay() async throws {
    let (client, transport) = try Self.make([.answer(200, "")])
    try await client.put(bucket: "b", key: "/a//b/", contentType: "text/plain", body: [])
    #expect(transport.requests.first?.url == "http://aws.test:4566/b//a//b/")
  }

  @Test(arguments: [(404, "NoSuchBucket"), (301, "PermanentRedirect")])
  func objectThatIsNotWrittenIsAnError(status: Int, code: String) async throws {
    let (client, _) = try Self.make([
      .answer(status, "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>m</Message></Error>")
    ])
    await #expect(throws: AWSError.service(AWSServiceError(status: status, code: code, message: "m"))) {
      try await client.put(bucket: "b", key: "k", contentType: "text/plain", body: [])
    }
  }

  // MARK: Notifications

  @Test(arguments: ["", "<NotificationConfiguration/>", "<a>\r\n<!-- b --></a>"])
  func notificationConfigurationIsGivenAsItCame(xml: String) async throws {
    let (client, transport) = try Self.make([.answer(200, xml)])
    #expect(try await client.notificationConfiguration(bucket: "pictures") == Array(xml.utf8))
    let request = try #require(transport.requests.first)
    #expect(request.method == "GET")
    #expect(request.url == "http://aws.test:4566/pictures?notification")
    #expect(request.body == nil)
    #expect(request.shard == 5)
    #expect(request.header("authorization")?.contains("Credential=123456789012/20150830/eu-west-1/s3/") == true)
  }

  @Test func notificationConfigurationIsReplaced() async throws {
    let (client, transport) = try Self.make([.answer(200, "")])
    try await client.putNotificationConfiguration(bucket: "pictures", xml: Array("<a>ü</a>".utf8))
    let request = try #require(transport.requests.first)
    #expect(request.method == "PUT")
    #expect(request.url == "http://aws.test:4566/pictures?notification")
    #expect(request.text == "<a>ü</a>")
    #expect(request.header("content-type") == "application/xml")
  }

  @Test(arguments: [(404, "NoSuchBucket"), (301, "PermanentRedirect"), (307, "TemporaryRedirect")])
  func notificationConfigurationOfABucketThatIsElsewhereIsAnError(status: Int, code: String) async throws {
    let answer = Result<AWSAnswer, AWSError>.answer(
      status, "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>m</Message></Error>")
    let (client, _) = try Self.make([answer, answer])
    let error = AWSError.service(AWSServiceError(status: status, code: code, message: "m"))
    await #expect(throws: error) { try await client.notificationConfiguration(bucket: "b") }
    await #expect(throws: error) { try await client.putNotificationConfiguration(bucket: "b", xml: []) }
  }

  private static func make(_ script: [Result<AWSAnswer, AWSError>]) throws -> (S3Client, ScriptedTransport) {
    let transport = ScriptedTransport(script)
    return (
      S3Client(try AWSClient.make(transport), region: "eu-west-1", account: "123456789012", shard: 5), transport
    )
  }
}
