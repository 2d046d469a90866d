import Testing

@testable import AWSClient

@Suite struct SNSClientTests {
  static let arn = "arn:aws:sns:eu-west-1:123456789012:failures"

  @Test func messageIsAFormField() async throws {
    let (client, transport) = try Self.make([.answer(200, "<PublishResponse/>")])
    try await client.publish(topicARN: Self.arn, message: Array(#"{"a":"ü +&=%"}"#.utf8))
    let request = try #require(transport.requests.first)
    #expect(
      request.text == "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Afailures"
        + "&Message=%7B%22a%22%3A%22%C3%BC%20%2B%26%3D%25%22%7D")
    #expect(request.method == "POST")
    #expect(request.url == "http://aws.test:4566/")
    #expect(request.header("content-type") == "application/x-www-form-urlencoded; charset=utf-8")
    #expect(request.shard == 5)
    #expect(request.header("authorization")?.contains("Credential=123456789012/20150830/eu-west-1/sns/") == true)
  }

  @Test func missingTopicIsAnError() async throws {
    let (client, _) = try Self.make([
      .answer(
        404,
        "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>no topic</Message></Error></ErrorResponse>"
      )
    ])
    await #expect(throws: AWSError.service(AWSServiceError(status: 404, code: "NotFound", message: "no topic"))) {
      try await client.publish(topicARN: Self.arn, message: [])
    }
  }

  @Test func throttledMessageIsSentAgain() async throws {
    let (client, transport) = try Self.make([.answer(429), .answer(200)])
    try await client.publish(topicARN: Self.arn, message: [])
    #expect(transport.requests.count == 2)
  }

  private static func make(_ script: [Result<AWSAnswer, AWSError>]) throws -> (SNSClient, ScriptedTransport) {
    let transport = ScriptedTransport(script)
    return (
      SNSClient(try AWSClient.make(transport), region: "eu-west-1", account: "123456789012", shard: 5), transport
    )
  }
}
