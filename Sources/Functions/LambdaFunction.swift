import AWSClient
import JSON
import Mappings

/// A function behind a Lambda endpoint.
struct LambdaFunction {
  /// Longer than any function may take (900 s), so that the endpoint's own word comes first.
  private static let timeout = Duration.seconds(905)

  let client: AWSClient

  func invoke(_ invocation: Invocation, timeout: Duration?) async -> InvocationResult {
    let arn = ARN(invocation.function.description)
    let lambda = LambdaClient(client, region: arn?.region ?? "us-east-1", account: arn?.account ?? "000000000000")
    do throws(AWSError) {
      let answer = try await lambda.invoke(
        function: invocation.function.name, qualifier: invocation.function.qualifier, payload: invocation.payload,
        timeout: timeout ?? Self.timeout)
      guard let kind = answer.functionError else { return .answered(answer.payload) }
      return .functionError(FunctionError(kind: kind, payload: answer.payload))
    } catch {
      return InvocationResult(error)
    }
  }

  func lookUp(_ function: FunctionARN) async -> FunctionLookup {
    guard let arn = ARN(function.description) else { return .unknown }
    let lambda = LambdaClient(client, region: arn.region, account: arn.account)
    do throws(AWSError) {
      let found = try await lambda.configuration(function: function.name, qualifier: function.qualifier)
      return .found(timeoutSeconds: found.timeoutSeconds)
    } catch {
      guard case .service(let refusal) = error, refusal.code == "ResourceNotFoundException" else { return .unknown }
      return .missing
    }
  }
}

extension InvocationResult {
  /// What an invocation came to that got no answer of the function.
  init(_ error: AWSError) {
    switch error {
    case .service(let refusal) where refusal.isThrottling: self = .throttled("\(error)")
    case .service(let refusal) where refusal.code == "RequestTooLargeException" || refusal.status == 413:
      self = .tooLarge("\(error)")
    case .timeout: self = .timedOut("\(error)")
    case .answerTooLarge: self = .functionError(.answerTooLarge)
    // The process stops, and hears no answer any more.
    case .cancelled: self = .withdrawn
    case .service, .connection, .invalidAnswer, .configuration: self = .unreachable("\(error)")
    }
  }
}

extension FunctionError {
  /// Lambda's own words for an answer over 6 MB (Lambda developer guide, troubleshooting invocations).
  static let answerTooLarge = FunctionError(
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage:
      "Response payload size exceeded maximum allowed payload size (\(Invocation.maximumAnswerBytes) bytes).")

  /// An error document of two known words; the message may be a peer's.
  init(errorType: String, errorMessage: String) {
    let message = JSONValue.string(errorMessage).text
    self.init(payload: Array(#"{"errorType":"\#(errorType)","errorMessage":\#(message)}"#.utf8))
  }
}

extension Invocation {
  /// Bytes of an answer at most: 6 MB and a little, as Lambda's own message says.
  static let maximumAnswerBytes = 6_291_556
}
