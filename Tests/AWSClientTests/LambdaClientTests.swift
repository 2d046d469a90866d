import Testing

@testable import AWSClient

@Suite struct LambdaClientTests {
  static let arn = "arn:aws:lambda:us-east-1:123456789012:function:orders"

  @Test func functionIsNamedInThePath() async throws {
    let (client, transport) = try Self.make([.answer(200, "null")])
    let answer = try await client.invoke(
      function: Self.arn, qualifier: "$LATEST", payload: Array("{}".utf8), timeout: .seconds(60))
    #expect(answer.status == 200)
    #expect(answer.functionError == nil)
    #expect(answer.payload == Array("null".utf8))
    let request = try #require(transport.requests.first)
    #expect(
      request.url == "http://aws.test:4566/2015-03-31/functions/"
        + "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aorders/invocations?Qualifier=%24LATEST")
    #expect(request.header("x-amz-invocation-type") == "RequestResponse")
    #expect(request.timeout == .seconds(60))
  }

  @Test func errorOfTheFunctionIsAnAnswer() async throws {
    let (client, _) = try Self.make([
      .answer(200, #"{"errorMessage":"m"}"#, headers: [("X-Amz-Function-Error", "Unhandled")])
    ])
    let answer = try await client.invoke(function: "orders", payload: [], timeout: .seconds(1))
    #expect(answer.functionError == "Unhandled")
  }

  @Test func throttlingIsThrownAndNotTriedAgain() async throws {
    let (client, transport) = try Self.make([
      .answer(
        429, #"{"message":"Rate Exceeded."}"#, headers: [("x-amzn-errortype", "TooManyRequestsException")]),
      .answer(200),
    ])
    let error = await #expect(throws: AWSError.self) {
      try await client.invoke(function: "orders", payload: [], timeout: .seconds(1))
    }
    #expect(error?.isThrottling == true)
    #expect(transport.requests.count == 1)
  }

  @Test func configurationHasTheTimeout() async throws {
    let (client, transport) = try Self.make([
      .answer(200, #"{"FunctionArn":"\#(Self.arn)","Timeout":31,"State":"Active"}"#)
    ])
    let configuration = try await client.configuration(function: "orders:live")
    #expect(configuration.timeoutSeconds == 31)
    #expect(
      transport.requests.first?.url == "http://aws.test:4566/2015-03-31/functions/orders%3Alive/configuration")
    #expect(transport.requests.first?.method == "GET")
    #expect(transport.requests.first?.body == nil)
  }

  private static func make(_ script: [Result<AWSAnswer, AWSError>]) throws -> (LambdaClient, ScriptedTransport) {
    let transport = ScriptedTransport(script)
    return (LambdaClient(try AWSClient.make(transport), region: "us-east-1", account: "123456789012"), transport)
  }
}
