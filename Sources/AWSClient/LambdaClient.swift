import JSON

/// The part of Lambda's API that a mapping needs (https://docs.aws.amazon.com/lambda/latest/api/).
public struct LambdaClient: Sendable {
  private let client: AWSClient
  private let region: String
  private let account: String
  private let shard: Int

  /// Calls in a region, for an account, over the connections of a shard.
  public init(_ client: AWSClient, region: String, account: String, shard: Int = 0) {
    self.client = client
    self.region = region
    self.account = account
    self.shard = shard
  }

  /// Invokes a function and waits for its answer; one attempt.
  ///
  /// `function` is an ARN, or a name with or without `:QUALIFIER`. What the function itself makes of the event, an error
  /// included, is an answer; throttling and all other errors of Lambda are thrown as `service`.
  public func invoke(
    function: String, qualifier: String? = nil, payload: [UInt8], timeout: Duration
  ) async throws(AWSError) -> LambdaAnswer {
    let answer = try await client.send(
      AWSCall(
        service: .lambda, region: region, account: account, path: Self.path(function, "invocations"),
        query: Self.query(qualifier),
        headers: [("content-type", "application/json"), ("x-amz-invocation-type", "RequestResponse")], body: payload,
        timeout: timeout, attempts: 1, shard: shard))
    return LambdaAnswer(
      status: answer.status, functionError: answer["x-amz-function-error"], payload: answer.body)
  }

  /// What Lambda knows of a function; `service` with `ResourceNotFoundException` where there is none.
  public func configuration(
    function: String, qualifier: String? = nil
  ) async throws(AWSError) -> LambdaFunctionConfiguration {
    let answer = try await client.send(
      AWSCall(
        service: .lambda, region: region, account: account, method: "GET",
        path: Self.path(function, "configuration"), query: Self.query(qualifier), shard: shard))
    do throws(JSONParseError) {
      return LambdaFunctionConfiguration(try JSONValue(parsing: answer.body))
    } catch {
      throw .invalidAnswer(
        endpoint: client.configuration.endpoint(for: .lambda, region: region).url, reason: "\(error)")
    }
  }

  private static func path(_ function: String, _ action: String) -> String {
    "/2015-03-31/functions/\(PercentEncoding.text(function))/\(action)"
  }

  private static func query(_ qualifier: String?) -> String {
    qualifier.map { "Qualifier=\(PercentEncoding.text($0))" } ?? ""
  }
}

/// What an invocation came to.
public struct LambdaAnswer: Sendable {
  /// The HTTP status: 200 for `RequestResponse`.
  public let status: Int
  /// `Handled` or `Unhandled` where the function failed; nil where it did not.
  public let functionError: String?
  /// What the function answered, or its error as JSON.
  public let payload: [UInt8]

  /// An answer of those parts.
  public init(status: Int, functionError: String? = nil, payload: [UInt8]) {
    self.status = status
    self.functionError = functionError
    self.payload = payload
  }
}

/// The configuration of a function, as far as it matters to a mapping.
public struct LambdaFunctionConfiguration: Sendable, Equatable {
  /// How long the function may run, where the answer has it.
  public let timeoutSeconds: Int?

  init(_ document: JSONValue) {
    guard case .number(let number)? = document["Timeout"] else {
      timeoutSeconds = nil
      return
    }
    timeoutSeconds = Int(number.text)
  }
}
