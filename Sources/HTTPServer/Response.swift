public import HTTPTypes

/// An answer. The server adds the lengths, the date and the connection's fate.
public struct Response: Sendable {
  /// What the answer carries.
  public enum Body: Sendable {
    /// A body that is there whole; it goes out in one `send`, together with its head.
    case fixed([UInt8])
    /// A body that is made while it is sent: chunked for HTTP/1.1, ended by closing for HTTP/1.0.
    /// An error thrown by the sequence cuts the connection, so that the peer cannot take a part for the whole.
    case stream(any AsyncSequence<[UInt8], any Error> & Sendable)
  }

  /// The status.
  public var status: HTTPResponse.Status
  /// The header fields in order.
  public var fields: HTTPFields
  /// The body.
  public var body: Body

  /// An answer with a body that is there whole.
  public init(status: HTTPResponse.Status, fields: HTTPFields = [:], body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = .fixed(body)
  }

  /// An answer whose body is made while it is sent.
  public init(
    status: HTTPResponse.Status, fields: HTTPFields = [:],
    stream: any AsyncSequence<[UInt8], any Error> & Sendable
  ) {
    self.status = status
    self.fields = fields
    self.body = .stream(stream)
  }
}
