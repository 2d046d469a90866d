public import HTTPTypes

/// A request, read whole.
public struct Request: Sendable {
  /// The method, as sent: methods are case-sensitive (RFC 9110 section 9.1).
  public var method: HTTPRequest.Method
  /// The target's path, still percent-encoded, so that an encoded slash is no separator.
  public var path: String
  /// What follows the first `?` of the target, still percent-encoded; empty where there is none.
  public var query: String
  /// The header fields in order.
  public var fields: HTTPFields
  /// The body after decoding of the transfer coding.
  public var body: [UInt8]
  /// Whether the peer wants the connection to stay open after the answer (RFC 9112 section 9.3).
  public var keepsAlive: Bool
  /// Whether the peer speaks HTTP/1.1, and so understands a chunked answer.
  public var isHTTP11: Bool
  /// Who waits for the answer; nil for a request that came over no connection.
  public var peer: Peer?

  /// A request as a handler sees it.
  public init(
    method: HTTPRequest.Method, path: String, query: String = "", fields: HTTPFields = [:], body: [UInt8] = [],
    keepsAlive: Bool = true, isHTTP11: Bool = true
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.fields = fields
    self.body = body
    self.keepsAlive = keepsAlive
    self.isHTTP11 = isHTTP11
  }
}
