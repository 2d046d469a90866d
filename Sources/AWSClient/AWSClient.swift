import NIOCore
import NIOHTTP1

/// Calls AWS, and what is shaped like it: signs, sends, tries again, and reads errors.
///
/// One client serves the whole process. It must be shut down before it is dropped.
public final class AWSClient: Sendable {
  /// What it was made with.
  public let configuration: AWSConfiguration
  /// Where its credentials come from.
  public let credentialsProvider: AWSCredentialsProvider

  private let transport: any HTTPTransport
  private let timing: Timing
  private let signingKeys = SigningKeyCache()

  /// What a client takes from outside, so that tests hold it still.
  struct Timing: Sendable {
    var now: @Sendable () -> UnixSeconds = { UnixTime.now() }
    var retries = RetryPolicy()
    var random: @Sendable () -> Double = { Double.random(in: 0...1) }
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  }

  /// A client with connections of its own; `now` gives the time that requests are signed at, by default the system's.
  public convenience init(_ configuration: AWSConfiguration, now: (@Sendable () -> UnixSeconds)? = nil) {
    var timing = Timing()
    if let now { timing.now = now }
    self.init(
      configuration, transport: PooledTransport(connectTimeout: configuration.connectTimeout), timing: timing)
  }

  init(_ configuration: AWSConfiguration, transport: any HTTPTransport, timing: Timing) {
    self.configuration = configuration
    self.transport = transport
    self.timing = timing
    credentialsProvider = AWSCredentialsProvider(
      configuration.credentialSource, now: timing.now,
      fetch: { (url, headers) async throws(AWSError) in
        try await transport.exchange(TransportRequest(credentialsFrom: url, headers: headers))
      })
  }

  /// Ends the calls in flight, which throw `cancelled`, and closes the connections.
  public func shutdown() async {
    await transport.shutdown()
  }

  // MARK: Signed calls

  /// Makes a call and gives its whole answer.
  ///
  /// An answer of status 400 and more is thrown as `service`, unless the call accepts errors. Throttling, the service's
  /// own failures and those of the connection are tried again, up to the call's `attempts`, where the pause before still
  /// leaves time.
  public func send(_ call: AWSCall) async throws(AWSError) -> AWSAnswer {
    let outgoing = try await prepare(call)
    var attempt = 1
    while true {
      let failure: AWSError
      do throws(AWSError) {
        let answer = try await transport.exchange(signed(outgoing))
        if answer.status < 400 || call.acceptsErrors { return answer }
        failure = .service(AWSServiceError(answer))
      } catch {
        failure = error
      }
      let pause = timing.retries.pause(
        after: failure, attempt: attempt, of: call.attempts, random: timing.random())
      guard let pause, NIODeadline.now() + TimeAmount(pause) < outgoing.request.deadline else { throw failure }
      do {
        try await timing.sleep(pause)
      } catch {
        throw .cancelled
      }
      attempt += 1
    }
  }

  /// Makes a call and gives its answer, of whatever status, as soon as the head is there. Never tried again.
  public func stream(_ call: AWSCall) async throws(AWSError) -> AWSStreamedAnswer {
    try await transport.open(signed(try await prepare(call)))
  }

  /// A call with all that stays the same from one attempt to the next.
  private struct Outgoing {
    let call: AWSCall
    let credentials: AWSCredentials
    let signing: SigningRequest
    var request: TransportRequest
  }

  private func prepare(_ call: AWSCall) async throws(AWSError) -> Outgoing {
    let deadline = NIODeadline.now() + TimeAmount(call.timeout)
    let endpoint = configuration.endpoint(for: call.service, region: call.region)
    let credentials = try await credentials(for: call)
    let path = endpoint.basePath + (call.path.isEmpty ? "/" : call.path)
    var url = endpoint.url + (call.path.isEmpty ? "/" : call.path)
    if !call.query.isEmpty { url += "?\(call.query)" }
    return Outgoing(
      call: call,
      credentials: credentials,
      signing: SigningRequest(
        method: call.method, host: endpoint.hostHeader, path: path, query: call.query, headers: call.headers,
        body: call.body),
      request: TransportRequest(
        method: call.method, url: url, endpoint: endpoint.url, headers: [:],
        body: call.body.isEmpty ? nil : ByteBuffer(bytes: call.body), deadline: deadline, timeout: call.timeout,
        maximumAnswerBytes: call.maximumAnswerBytes, shard: call.shard))
  }

  /// An overridden endpoint is an emulator's or a proxy's: it gets by without credentials of its own.
  private func credentials(for call: AWSCall) async throws(AWSError) -> AWSCredentials {
    let hasOverride = configuration.hasOverride(for: call.service)
    do throws(AWSError) {
      if let credentials = try await credentialsProvider.credentials() { return credentials }
    } catch {
      guard hasOverride, case .configuration = error else { throw error }
    }
    guard hasOverride else {
      throw .configuration(
        "no AWS credentials are configured: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or "
          + "\(call.service.endpointVariable) for another endpoint")
    }
    return AWSCredentials(accessKeyID: call.account ?? "000000000000", secretAccessKey: "headrace")
  }

  private func signed(_ outgoing: Outgoing) -> TransportRequest {
    var request = outgoing.request
    let signature = SigV4Signer.headers(
      signing: outgoing.signing, credentials: outgoing.credentials, region: outgoing.call.region,
      service: outgoing.call.service.signingName, at: timing.now(), keys: signingKeys)
    // The host is sent as it was signed.
    request.headers.reserveCapacity(signature.count + outgoing.call.headers.count + 2)
    request.headers.add(name: "host", value: outgoing.signing.host)
    for (name, value) in outgoing.call.headers { request.headers.add(name: name, value: value) }
    for (name, value) in signature { request.headers.add(name: name, value: value) }
    return request
  }

  // MARK: Plain calls

  /// Posts to a URL, unsigned and never tried again; an answer of any status is an answer.
  public func post(
    url: String, headers: [(String, String)], body: [UInt8], timeout: Duration, maximumAnswerBytes: Int = 64 << 20,
    shard: Int = 0
  ) async throws(AWSError) -> AWSAnswer {
    try await transport.exchange(
      TransportRequest(
        method: "POST", url: url, endpoint: url, headers: HTTPHeaders(headers),
        body: body.isEmpty ? nil : ByteBuffer(bytes: body), deadline: .now() + TimeAmount(timeout), timeout: timeout,
        maximumAnswerBytes: maximumAnswerBytes, shard: shard))
  }

  /// Gets what is at a URL, unsigned and never tried again; an answer of any status is an answer, a redirection too.
  public func get(
    url: String, headers: [(String, String)] = [], timeout: Duration, maximumAnswerBytes: Int = 64 << 20,
    shard: Int = 0
  ) async throws(AWSError) -> AWSAnswer {
    try await transport.exchange(
      TransportRequest(
        method: "GET", url: url, endpoint: url, headers: HTTPHeaders(headers), body: nil,
        deadline: .now() + TimeAmount(timeout), timeout: timeout, maximumAnswerBytes: maximumAnswerBytes, shard: shard))
  }
}

extension TransportRequest {
  /// The request for the credentials of a container: a small answer from nearby.
  fileprivate init(credentialsFrom url: String, headers: [(String, String)]) {
    let timeout = Duration.seconds(5)
    self.init(
      method: "GET", url: url, endpoint: url, headers: HTTPHeaders(headers), body: nil,
      deadline: .now() + TimeAmount(timeout), timeout: timeout, maximumAnswerBytes: 1 << 20, shard: 0)
  }
}
