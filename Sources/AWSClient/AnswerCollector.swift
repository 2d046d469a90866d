import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Puts the pieces of one answer together, as they come.
final class AnswerCollector: HTTPClientResponseDelegate {
  typealias Response = AWSAnswer

  private struct State {
    var head: HTTPResponseHead?
    var body: [UInt8] = []
  }

  private let maximumBytes: Int
  private let isHead: Bool
  private let endpoint: String
  private let state = Mutex(State())

  init(_ request: TransportRequest) {
    maximumBytes = request.maximumAnswerBytes
    isHead = request.method == "HEAD"
    endpoint = request.endpoint
  }

  func didReceiveHead(task: HTTPClient.Task<AWSAnswer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    let expected = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    guard expected <= maximumBytes || isHead else { return task.eventLoop.makeFailedFuture(tooLarge) }
    state.withLock { state in
      state.head = head
      if !isHead { state.body.reserveCapacity(expected) }
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<AWSAnswer>, _ piece: ByteBuffer) -> EventLoopFuture<Void> {
    let fits = state.withLock { state in
      guard state.body.count + piece.readableBytes <= maximumBytes else { return false }
      piece.withUnsafeReadableBytes { state.body.append(contentsOf: $0) }
      return true
    }
    return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(tooLarge)
  }

  func didFinishRequest(task: HTTPClient.Task<AWSAnswer>) throws -> AWSAnswer {
    try state.withLock { state in
      guard let head = state.head else { throw AWSError.invalidAnswer(endpoint: endpoint, reason: "no head") }
      return AWSAnswer(status: Int(head.status.code), fields: head.headers, body: state.body)
    }
  }

  private var tooLarge: AWSError { .answerTooLarge(endpoint: endpoint, limit: maximumBytes) }
}
