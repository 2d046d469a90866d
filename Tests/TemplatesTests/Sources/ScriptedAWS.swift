import JSON
import NIOCore
import NIOHTTP1
import Synchronization

@testable import AWSClient
@testable import Templates

/// An endpoint that gives the answers of its script, one for each call, and keeps the calls.
final class ScriptedAWS: HTTPTransport {
  private struct State {
    var answers: [Result<AWSAnswer, AWSError>]
    var calls: [String] = []
  }

  private let state: Mutex<State>

  init(_ answers: [Result<AWSAnswer, AWSError>]) {
    state = Mutex(State(answers: answers))
  }

  /// What was called: `ACTION BODY` of the JSON protocols, the form of the Query protocol, `METHOD PATH BODY` of S3.
  var calls: [String] { state.withLock(\.calls) }

  func exchange(_ request: TransportRequest) async throws(AWSError) -> AWSAnswer {
    let body = request.body.map { String(buffer: $0) } ?? ""
    let call =
      if let target = request.headers.first(name: "x-amz-target") {
        "\(target.split(separator: ".").last ?? "") \(body)"
      } else if body.hasPrefix("Action=") {
        body
      } else {
        "\(request.method) \(request.url) \(body)"
      }
    let answer = state.withLock { state -> Result<AWSAnswer, AWSError> in
      state.calls.append(call)
      guard !state.answers.isEmpty else {
        return .failure(.configuration("the script is at its end at \(call)"))
      }
      return state.answers.removeFirst()
    }
    return try answer.get()
  }

  func open(_ request: TransportRequest) async throws(AWSError) -> AWSStreamedAnswer {
    throw .configuration("nothing is streamed")
  }

  func shutdown() async {}
}

extension Result where Success == AWSAnswer, Failure == AWSError {
  /// An answer with that text.
  static func answer(_ text: String = "{}", status: Int = 200) -> Self {
    .success(AWSAnswer(status: status, body: Array(text.utf8)))
  }

  /// The answer to an action of the Query protocol.
  static func result(_ action: String, _ xml: String) -> Self {
    .answer("<\(action)Response><\(action)Result>\(xml)</\(action)Result></\(action)Response>")
  }

  /// An error in JSON.
  static func error(_ code: String, _ message: String = "no") -> Self {
    .answer(#"{"__type":"com.amazonaws#\#(code)","message":"\#(message)"}"#, status: 400)
  }

  /// An error in XML.
  static func xmlError(_ code: String, status: Int = 404) -> Self {
    .answer("<Error><Code>\(code)</Code><Message>no</Message></Error>", status: status)
  }
}

extension SourceEndpoint {
  /// Runs the body with a provider of a type over a script, whose pauses take no time, and gives the calls.
  static func calls(
    to type: String, region: String = "eu-west-1", _ answers: [Result<AWSAnswer, AWSError>],
    _ body: (any SourceProvider) async throws -> Void
  ) async throws -> [String] {
    let transport = ScriptedAWS(answers)
    var timing = AWSClient.Timing()
    timing.sleep = { _ in }
    let client = AWSClient(
      try AWSConfiguration(variables: ["AWS_ENDPOINT_URL": "http://aws.test:4566"]), transport: transport,
      timing: timing)
    var endpoint = SourceEndpoint(client: client, account: "123456789012", region: region)
    endpoint.patience.sleep = { _ in }
    guard let provider = SourceProviders(endpoint).provider(of: type) else { throw TemplateError("no provider") }
    try await body(provider)
    return transport.calls
  }

  /// What it means to change properties, given as JSON text.
  static func change(of type: String, from old: String, to new: String) async throws -> SourceChange {
    var change = SourceChange.none
    _ = try await calls(to: type, []) { provider in
      change = provider.change(
        from: try JSONValue(parsing: Array(old.utf8)), to: try JSONValue(parsing: Array(new.utf8)))
    }
    return change
  }
}
