import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// HTTP/1.1 over pools of connections, one pool for each shard, on event loops that the whole process shares.
final class PooledTransport: HTTPTransport {
  private struct Pools {
    var clients: [HTTPClient?] = Array(repeating: nil, count: PooledTransport.maximumShards)
    var isShutDown = false
  }

  private static let maximumShards = 64
  private let connectTimeout: TimeAmount
  private let pools = Mutex(Pools())

  init(connectTimeout: Duration) {
    self.connectTimeout = TimeAmount(connectTimeout)
  }

  /// Collects the answer where it arrives, and waits with one continuation: many calls wait long, and a call of the
  /// library's that streams would keep several times the memory meanwhile.
  func exchange(_ request: TransportRequest) async throws(AWSError) -> AWSAnswer {
    let task = try start(request)
    do {
      return try await withTaskCancellationHandler {
        try await task.get()
      } onCancel: {
        task.cancel()
      }
    } catch {
      if Task.isCancelled { throw .cancelled }
      throw AWSError(transport: error, endpoint: request.endpoint, timeout: request.timeout)
    }
  }

  private func start(_ request: TransportRequest) throws(AWSError) -> HTTPClient.Task<AWSAnswer> {
    let client = try client(shard: request.shard)
    do {
      let outgoing = try HTTPClient.Request(
        url: request.url, method: HTTPMethod(rawValue: request.method), headers: request.headers,
        body: request.body.map { .byteBuffer($0) })
      return client.execute(request: outgoing, delegate: AnswerCollector(request), deadline: request.deadline)
    } catch {
      throw AWSError(transport: error, endpoint: request.endpoint, timeout: request.timeout)
    }
  }

  func open(_ request: TransportRequest) async throws(AWSError) -> AWSStreamedAnswer {
    let response = try await head(of: request)
    return AWSStreamedAnswer(
      status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
      body: AWSBody(pieces: response.body, endpoint: request.endpoint))
  }

  func shutdown() async {
    let clients = pools.withLock { pools in
      pools.isShutDown = true
      defer { pools.clients = pools.clients.map { _ in nil } }
      return pools.clients.compactMap(\.self)
    }
    // It throws only where it is called twice.
    for client in clients { try? await client.shutdown() }
  }

  private func head(of request: TransportRequest) async throws(AWSError) -> HTTPClientResponse {
    var outgoing = HTTPClientRequest(url: request.url)
    outgoing.method = HTTPMethod(rawValue: request.method)
    outgoing.headers = request.headers
    if let body = request.body { outgoing.body = .bytes(body) }
    do {
      return try await client(shard: request.shard).execute(outgoing, deadline: request.deadline)
    } catch {
      if Task.isCancelled { throw .cancelled }
      throw AWSError(transport: error, endpoint: request.endpoint, timeout: request.timeout)
    }
  }

  private func client(shard: Int) throws(AWSError) -> HTTPClient {
    let index = Int(shard.magnitude % UInt(Self.maximumShards))
    let client: HTTPClient? = pools.withLock { pools in
      if let client = pools.clients[index] { return client }
      guard !pools.isShutDown else { return nil }
      let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
      pools.clients[index] = client
      return client
    }
    guard let client else { throw .cancelled }
    return client
  }

  private var configuration: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: .init(connect: connectTimeout), decompression: .disabled)
    configuration.httpVersion = .http1Only
    // Ten thousand idle long polls are one use.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 20_000
    configuration.connectionPool.idleTimeout = .seconds(30)
    // Who calls decides about another attempt: a refused connection is known at once, not when the time is up.
    configuration.connectionPool.retryConnectionEstablishment = false
    return configuration
  }
}

extension TimeAmount {
  /// A year at most, so that no sum overflows.
  init(_ duration: Duration) {
    let limited = min(duration, .seconds(365 * 86_400))
    let (seconds, attoseconds) = limited.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
