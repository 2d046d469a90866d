import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A whole answer.
public struct AWSAnswer: Sendable {
  /// The HTTP status.
  public let status: Int
  /// The body.
  public let body: [UInt8]
  private let fields: HTTPHeaders

  init(status: Int, fields: HTTPHeaders, body: [UInt8]) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// An answer of those parts.
  public init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
    self.init(status: status, fields: HTTPHeaders(headers), body: body)
  }

  /// The headers, as they came.
  public var headers: [(String, String)] { fields.map { ($0.name, $0.value) } }

  /// The first header of that name, whatever its case; nil where there is none.
  public subscript(name: String) -> String? { fields.first(name: name) }
}

/// An answer whose body is still to come.
public struct AWSStreamedAnswer: Sendable {
  /// The HTTP status.
  public let status: Int
  /// The headers, as they came.
  public let headers: [(String, String)]
  /// The body; its connection is used until it is read to its end, dropped, or the reading task is cancelled.
  public let body: AWSBody

  /// The first header of that name, whatever its case; nil where there is none.
  public subscript(name: String) -> String? { HTTPHeaders(headers).first(name: name) }
}

/// The pieces of a body as they arrive. It can be iterated once; the errors are `AWSError`s.
public struct AWSBody: AsyncSequence, Sendable {
  /// Some bytes of it; where one piece ends means nothing.
  public typealias Element = [UInt8]

  let pieces: HTTPClientResponse.Body
  let endpoint: String

  /// Reads the body.
  public struct AsyncIterator: AsyncIteratorProtocol {
    var pieces: HTTPClientResponse.Body.AsyncIterator
    let endpoint: String

    /// The next piece; nil at the end.
    public mutating func next() async throws(AWSError) -> [UInt8]? {
      do {
        return try await pieces.next().map { Array($0.readableBytesView) }
      } catch {
        throw AWSError(transport: error, endpoint: endpoint, timeout: .zero)
      }
    }
  }

  /// An iterator; there may be one.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(pieces: pieces.makeAsyncIterator(), endpoint: endpoint)
  }
}
