public import AWSClient
import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

/// Hands requests that Headrace does not serve to a Lambda endpoint, so that a client needs one endpoint alone. They are
/// signed anew, since the signature covers the host; answers are streamed.
public struct LambdaPassThrough: Sendable {
  /// Longer than any synchronous invocation (900 s).
  private static let timeout = Duration.seconds(910)
  /// What concerns one connection alone (RFC 9110 section 7.6.1), the client's own signature, and what is made anew.
  private static let dropped: Set<String> = [
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade", "host", "content-length", "expect", "authorization", "x-amz-date",
    "x-amz-security-token", "x-amz-content-sha256", "date",
  ]

  private let client: AWSClient

  /// To the Lambda endpoint that the client's configuration names.
  public init(_ client: AWSClient) {
    self.client = client
  }

  func forward(_ request: Request, for scope: Scope) async throws(LambdaError) -> Response {
    let connection = (request.fields[.connection] ?? "").lowercased().split(separator: ",")
      .map { String($0.drop { $0 == " " }.prefix { $0 != " " }) }
    let dropped = Self.dropped.union(connection)
    let headers = request.fields.compactMap { field in
      dropped.contains(field.name.canonicalName) ? nil : (field.name.canonicalName, field.value)
    }
    let answer: AWSStreamedAnswer
    do throws(AWSError) {
      answer = try await client.stream(
        AWSCall(
          service: .lambda, region: scope.region, account: scope.account, method: request.method.rawValue,
          path: request.path, query: request.query, headers: headers, body: request.body, timeout: Self.timeout))
    } catch {
      throw LambdaError(.service, "The Lambda endpoint cannot be reached. \(error)")
    }
    var fields = HTTPFields()
    for (name, value) in answer.headers {
      guard let name = HTTPField.Name(name), !Self.dropped.contains(name.canonicalName) else { continue }
      fields.append(HTTPField(name: name, value: value))
    }
    return Response(
      status: HTTPResponse.Status(code: answer.status), fields: fields, stream: ByteStream(answer.body))
  }
}

/// The body of an answer with its errors as the server wants them.
private struct ByteStream: AsyncSequence, Sendable {
  typealias Element = [UInt8]
  typealias Failure = any Error

  let body: AWSBody

  init(_ body: AWSBody) {
    self.body = body
  }

  struct AsyncIterator: AsyncIteratorProtocol {
    var base: AWSBody.AsyncIterator

    mutating func next() async throws -> [UInt8]? {
      try await base.next()
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: body.makeAsyncIterator()) }
}
