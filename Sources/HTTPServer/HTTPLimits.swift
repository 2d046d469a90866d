/// What one peer may ask of the server. Every queue, buffer and wait has its limit here.
public struct HTTPLimits: Sendable, Equatable {
  /// Longest request target in bytes; longer is 414.
  public var maximumTargetBytes = 8 * 1024
  /// Longest block of header fields in bytes, also for trailers; longer is 431.
  public var maximumHeaderBytes = 16 * 1024
  /// Most header fields of one request; more is 431.
  public var maximumHeaderFields = 100
  /// Longest request body in bytes after decoding; longer is 413.
  public var maximumBodyBytes = 8 * 1024 * 1024
  /// Most connections at once. At the limit accepting pauses: further peers wait in the kernel's backlog.
  public var maximumConnections = 8192
  /// From the first byte of a request to the end of its header block; longer is 408.
  public var headerTimeout: Duration = .seconds(10)
  /// From the end of the header block to the end of the body; longer is 408.
  public var bodyTimeout: Duration = .seconds(30)
  /// How long a connection may stay without a request, or with an answer that the peer does not read.
  public var idleTimeout: Duration = .seconds(60)
  /// How long a graceful stop waits for requests in flight.
  public var shutdownTimeout: Duration = .seconds(10)
  /// How long a connection that was refused is still read, so that the peer sees the answer and not a reset.
  public var lingerTimeout: Duration = .seconds(2)

  /// The defaults.
  public init() {}
}
