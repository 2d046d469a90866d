import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

@testable import AWSClient

/// Gives the answers of its script, one for each request, and keeps the requests.
final class ScriptedTransport: HTTPTransport {
  private struct State {
    var answers: [Result<AWSAnswer, AWSError>]
    var requests: [TransportRequest] = []
  }

  private let state: Mutex<State>

  init(_ answers: [Result<AWSAnswer, AWSError>]) {
    state = Mutex(State(answers: answers))
  }

  var requests: [TransportRequest] { state.withLock(\.requests) }

  func exchange(_ request: TransportRequest) async throws(AWSError) -> AWSAnswer {
    let answer = state.withLock { state -> Result<AWSAnswer, AWSError> in
      state.requests.append(request)
      guard !state.answers.isEmpty else {
        return .failure(.connection(endpoint: request.endpoint, reason: "the script is at its end"))
      }
      return state.answers.removeFirst()
    }
    return try answer.get()
  }

  func open(_ request: TransportRequest) async throws(AWSError) -> AWSStreamedAnswer {
    let answer = try await exchange(request)
    return AWSStreamedAnswer(
      status: answer.status, headers: answer.headers,
      body: AWSBody(pieces: .bytes(ByteBuffer(bytes: answer.body)), endpoint: request.endpoint))
  }

  func shutdown() async {}
}

extension Result where Success == AWSAnswer, Failure == AWSError {
  /// An answer with that text.
  static func answer(_ status: Int, _ text: String = "{}", headers: [(String, String)] = []) -> Self {
    .success(AWSAnswer(status: status, headers: headers, body: Array(text.utf8)))
  }
}

extension TransportRequest {
  /// The body as text.
  var text: String { body.map { String(buffer: $0) } ?? "" }
  /// The first header of that name.
  func header(_ name: String) -> String? { headers.first(name: name) }
}

extension AWSClient {
  /// A client of a local endpoint over a script; the random numbers are all 1, and pauses go to `pauses`.
  static func make(
    _ transport: ScriptedTransport, variables: [String: String] = ["AWS_ENDPOINT_URL": "http://aws.test:4566"],
    random: Double = 1, sleep: @escaping @Sendable (Duration) async throws -> Void = { _ in }
  ) throws -> AWSClient {
    var timing = Timing()
    timing.now = { 1_440_938_160 }
    timing.random = { random }
    timing.sleep = sleep
    return AWSClient(try AWSConfiguration(variables: variables), transport: transport, timing: timing)
  }
}
