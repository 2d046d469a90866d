import JSON

/// What the services that speak AWS JSON have in common
/// (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html): every call is a POST to `/` whose action stands in
/// `x-amz-target`.
struct JSONCaller: Sendable {
  /// The protocol's version, as the content type has it.
  enum Version: String, Sendable {
    case v1_0 = "1.0"
    case v1_1 = "1.1"
  }

  let client: AWSClient
  let service: AWSService
  let version: Version
  /// What stands before the action's name in `x-amz-target`, without its dot.
  let targetPrefix: String
  let region: String
  let account: String
  let shard: Int

  /// The call of an action; its body is a JSON object.
  func call(_ action: String, _ body: [UInt8]) -> AWSCall {
    AWSCall(
      service: service, region: region, account: account,
      headers: [
        ("content-type", "application/x-amz-json-\(version.rawValue)"), ("x-amz-target", "\(targetPrefix).\(action)"),
      ], body: body, shard: shard)
  }

  /// Performs an action with a document and gives the one it answers with.
  func answer(to action: String, _ document: JSONValue) async throws(AWSError) -> JSONValue {
    try await self.document(of: call(action, Array(document.text.utf8)))
  }

  /// Performs an action whose answer says nothing.
  func perform(_ action: String, _ document: JSONValue) async throws(AWSError) {
    _ = try await client.send(call(action, Array(document.text.utf8)))
  }

  /// Reads records from a shard: one attempt, since whoever polls tries again by himself, and a limit that is well above
  /// the time of the largest answer and short enough for a dead connection to be noticed.
  func records(_ body: [UInt8]) async throws(AWSError) -> [UInt8] {
    var call = call("GetRecords", body)
    call.attempts = 1
    call.timeout = .seconds(15)
    return try await client.send(call).body
  }

  /// Makes a call and gives its answer, parsed.
  func document(of call: AWSCall) async throws(AWSError) -> JSONValue {
    let answer = try await client.send(call)
    do throws(JSONParseError) {
      return try JSONValue(parsing: answer.body)
    } catch {
      throw invalid("\(error)")
    }
  }

  /// The error of an answer that is not what the service is documented to send.
  func invalid(_ reason: String) -> AWSError {
    .invalidAnswer(endpoint: endpoint, reason: reason)
  }

  /// What an error calls the service.
  var endpoint: String { client.configuration.endpoint(for: service, region: region).url }
}
