import NIOCore
import NIOHTTP1

/// One exchange over HTTP: a request that is ready to be sent, and its answer of whatever status.
protocol HTTPTransport: Sendable {
  /// Gives the whole answer, within the request's deadline. Throws all but `service`.
  func exchange(_ request: TransportRequest) async throws(AWSError) -> AWSAnswer
  /// Gives the answer as soon as its head is there, within the request's deadline. Throws all but `service`.
  func open(_ request: TransportRequest) async throws(AWSError) -> AWSStreamedAnswer
  /// Ends what is in flight; there may be no exchange afterwards.
  func shutdown() async
}

/// A request that is ready to be sent.
struct TransportRequest: Sendable {
  var method: String
  var url: String
  /// What an error calls the other side.
  var endpoint: String
  var headers: HTTPHeaders
  var body: ByteBuffer?
  var deadline: NIODeadline
  /// The limit that the deadline was made from, for the words of an error.
  var timeout: Duration
  var maximumAnswerBytes: Int
  var shard: Int
}
