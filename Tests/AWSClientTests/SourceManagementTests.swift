import JSON
import Testing

@testable import AWSClient

/// What the calls that make and describe sources do with answers that say nothing.
@Suite struct SourceManagementTests {
  @Test func answerWithoutItsSubjectIsInvalid() async throws {
    let empty = "<CreateTopicResponse><CreateTopicResult/></CreateTopicResponse>"
    try await expect("no TopicArn", empty) { client throws(AWSError) in
      _ = try await SNSClient(client, region: "r", account: "1").createTopic(name: "t")
    }
    try await expect("no Table", "{}") { client throws(AWSError) in
      _ = try await DynamoDBClient(client, region: "r", account: "1").describeTable(name: "t")
    }
    try await expect("no StreamDescriptionSummary", "{}") { client throws(AWSError) in
      _ = try await KinesisClient(client, region: "r", account: "1").summary(ofStream: "s")
    }
    try await expect("no ConsumerDescription", "{}") { client throws(AWSError) in
      _ = try await KinesisClient(client, region: "r", account: "1").description(ofConsumer: "c", ofStream: "s")
    }
  }

  @Test func pageOfSubscriptionsThatLeadsToItselfIsInvalid() async throws {
    let page = Result<AWSAnswer, AWSError>.answer(
      200,
      "<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><NextToken>n</NextToken>"
        + "</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>")
    let client = SNSClient(try AWSClient.make(ScriptedTransport([page, page])), region: "r", account: "1")
    await #expect(
      throws: AWSError.invalidAnswer(
        endpoint: "http://aws.test:4566", reason: "a NextToken that leads to itself")
    ) { try await client.subscription(topicARN: "t", protocol: "sqs", endpoint: "q") }
  }

  @Test func tablesAreCalledAtDynamoDB() async throws {
    let transport = ScriptedTransport([.answer(200)])
    let client = try AWSClient.make(
      transport,
      variables: [
        "AWS_ENDPOINT_URL_DYNAMODB": "http://tables.test", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": "http://streams.test",
      ])
    try await DynamoDBClient(client, region: "eu-west-1", account: "123456789012").deleteTable(name: "t")
    let request = try #require(transport.requests.first)
    #expect(request.url == "http://tables.test/")
    #expect(request.text == #"{"TableName":"t"}"#)
    #expect(request.header("x-amz-target") == "DynamoDB_20120810.DeleteTable")
    #expect(request.header("authorization")?.contains("/eu-west-1/dynamodb/") == true)
  }

  private func expect(
    _ reason: String, _ answer: String, _ call: (AWSClient) async throws(AWSError) -> Void
  ) async throws {
    let client = try AWSClient.make(ScriptedTransport([.answer(200, answer)]))
    await #expect(throws: AWSError.invalidAnswer(endpoint: "http://aws.test:4566", reason: reason)) {
      try await call(client)
    }
  }
}
