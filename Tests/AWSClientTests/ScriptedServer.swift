import NIOCore
import NIOPosix

/// A server on a free port of this machine that answers each request with the same bytes, whatever it asks.
final class ScriptedServer: Sendable {
  /// What happens on a connection.
  enum Event: Sendable, Equatable {
    /// A request has arrived; its bytes.
    case request(String)
    case closed
  }

  private let channel: any Channel
  private let continuation: AsyncStream<Event>.Continuation
  let events: AsyncStream<Event>
  let port: Int

  var url: String { "http://127.0.0.1:\(port)" }

  private init(_ channel: any Channel, _ events: AsyncStream<Event>, _ continuation: AsyncStream<Event>.Continuation) {
    self.channel = channel
    self.events = events
    self.continuation = continuation
    port = channel.localAddress?.port ?? 0
  }

  /// Runs the body with a server. `answer` is written after the head of each request, or where the server greets as soon
  /// as there is a connection; where it closes, the connection ends then.
  @discardableResult
  static func with<Result>(
    answer: String, closes: Bool = false, greets: Bool = false, _ body: (ScriptedServer) async throws -> Result
  ) async throws -> Result {
    try await with(answer: Array(answer.utf8), closes: closes, greets: greets, body)
  }

  /// The same with an answer that is no text.
  @discardableResult
  static func with<Result>(
    answer: [UInt8], closes: Bool = false, greets: Bool = false, _ body: (ScriptedServer) async throws -> Result
  ) async throws -> Result {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Handler(answer: answer, closes: closes, greets: greets, continuation: continuation))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let server = ScriptedServer(channel, events, continuation)
    do {
      let result = try await body(server)
      try await channel.close()
      return result
    } catch {
      try? await channel.close()
      throw error
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: [UInt8]
    private let closes: Bool
    private let greets: Bool
    private let continuation: AsyncStream<Event>.Continuation
    private var received = ""

    init(answer: [UInt8], closes: Bool, greets: Bool, continuation: AsyncStream<Event>.Continuation) {
      self.answer = answer
      self.closes = closes
      self.greets = greets
      self.continuation = continuation
    }

    func channelActive(context: ChannelHandlerContext) {
      if greets { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received += String(buffer: unwrapInboundIn(data))
      guard received.contains("\r\n\r\n") else { return }
      continuation.yield(.request(received))
      received = ""
      if !answer.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil) }
      if closes { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
      continuation.yield(.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
