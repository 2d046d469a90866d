import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Reads answers and forgets them.
final class Forgetting: HTTPClientResponseDelegate {
  func didFinishRequest(task: HTTPClient.Task<Void>) throws {}
}

extension HTTPClient {
  /// The client of the loops, over the event loops that Headrace has.
  static func ofLoops() -> HTTPClient {
    var configuration = HTTPClient.Configuration()
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 20_000
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Sends a request over a connection of an event loop, where its answer is noticed as well.
  func send(_ request: HTTPClient.Request, on loop: any EventLoop) -> EventLoopFuture<Void> {
    execute(request: request, delegate: Forgetting(), eventLoop: .delegateAndChannel(on: loop)).futureResult
  }
}

extension HTTPClient.Request {
  /// A request to the memory source and its function.
  /// - Parameter target: the service and its action; nil for the function.
  init(port: Int, path: String, target: String?, body: ByteBuffer) throws {
    var headers: HTTPHeaders = ["content-type": "application/x-amz-json-1.0"]
    if let target { headers.add(name: "x-amz-target", value: target) }
    try self.init(
      url: "http://127.0.0.1:\(port)\(path)", method: .POST, headers: headers, body: .byteBuffer(body))
  }
}
