import Glibc
import HTTPTypes

/// One peer: reads its requests one after another, has them handled, writes the answers. Runs on one event loop.
struct Connection {
  /// Why a connection ends without an answer: the peer is gone, or stopped reading. Nobody is left to be told.
  private struct Lost: Error {}

  let descriptor: Int32
  let loop: EventLoop
  let limits: HTTPLimits
  let service: HTTPService
  private let peer: Peer

  init(descriptor: Int32, loop: EventLoop, limits: HTTPLimits, service: HTTPService) {
    self.descriptor = descriptor
    self.loop = loop
    self.limits = limits
    self.service = service
    peer = Peer(descriptor: descriptor)
  }

  /// Serves the peer until either side is done. Never throws: a peer's fate is its own.
  func serve() async {
    loop.watch(descriptor, peer: peer)
    defer { loop.close(watched: descriptor) }
    var parser = HTTPRequestParser(limits: limits)
    do {
      while var request = try await nextRequest(&parser) {
        request.peer = peer
        let response = await service.handle(request)
        guard try await answer(request, with: response) else { return }
      }
    } catch let error as HTTPRequestError {
      let answered: Void? = try? await send(fixed: service.refuse(error), closes: true)
      if answered != nil { await linger() }
    } catch {
      return
    }
  }

  // MARK: Reading

  /// - Returns: nil where the connection ended or is to end between two requests.
  private func nextRequest(_ parser: inout HTTPRequestParser) async throws -> Request? {
    var phase = HTTPRequestParser.Phase.idle
    var deadline = EventLoop.deadline(after: limits.idleTimeout)
    while true {
      if let request = try parser.next() { return request }
      if parser.takeContinueExpectation() { try await write(ResponseEncoder.continueHead) }
      if parser.phase != phase {
        phase = parser.phase
        deadline = EventLoop.deadline(after: phase == .body ? limits.bodyTimeout : limits.headerTimeout)
      }
      guard try await receive(into: &parser, phase: phase, until: deadline) else { return nil }
    }
  }

  /// - Returns: false where nothing more will come.
  private func receive(
    into parser: inout HTTPRequestParser, phase: HTTPRequestParser.Phase, until deadline: UInt64
  ) async throws -> Bool {
    var deadline = deadline
    var isLastLook = false
    while true {
      let count = recv(descriptor, loop.scratch.baseAddress, loop.scratch.count, 0)
      if count > 0 {
        parser.receive(UnsafeBufferPointer(rebasing: loop.scratch[..<count]))
        return true
      }
      if count == 0 { return false }
      guard errno == EAGAIN || errno == EINTR else { throw Lost() }
      if errno == EINTR { continue }
      if isLastLook { return false }
      switch await loop.waitToRead(descriptor, until: deadline, interruptible: phase == .idle) {
      case .ready: continue
      case .draining:
        // A request that arrived just before the stop is still served.
        isLastLook = true
      case .timedOut:
        switch phase {
        case .idle:
          guard peer.isWatched else { return false }
          deadline = EventLoop.deadline(after: limits.idleTimeout)
        case .head: throw HTTPRequestError.headerTimeout
        case .body: throw HTTPRequestError.bodyTimeout
        }
      }
    }
  }

  /// After a refusal the peer may still be sending. Closing at once would reset the connection, and the reset can
  /// overtake the answer (RFC 9112 section 9.6); so what comes is read and dropped for a while.
  private func linger() async {
    shutdown(descriptor, Int32(SHUT_WR))
    let deadline = EventLoop.deadline(after: limits.lingerTimeout)
    while EventLoop.now() < deadline {
      let count = recv(descriptor, loop.scratch.baseAddress, loop.scratch.count, 0)
      if count > 0 { continue }
      guard count < 0, errno == EAGAIN, await loop.waitToRead(descriptor, until: deadline) == .ready else { return }
    }
  }

  // MARK: Writing

  /// - Returns: whether the connection stays open.
  private func answer(_ request: Request, with response: Response) async throws -> Bool {
    let closes = !request.keepsAlive || loop.isStopping
    let isHead = request.method == .head
    switch response.body {
    case .fixed:
      try await send(fixed: response, closes: closes, isHead: isHead)
      return !closes
    // RFC 9110 sections 15.3.5 and 15.4.5: these have no body, whoever they were passed on from.
    case .stream where response.status == .noContent || response.status == .notModified:
      let bare = Response(status: response.status, fields: response.fields)
      try await send(fixed: bare, closes: closes, isHead: isHead)
      return !closes
    case .stream(let chunks):
      let framing = request.isHTTP11 ? ResponseEncoder.Framing.chunked : .untilClose
      let closesAfter = closes || framing == .untilClose
      try await write(
        ResponseEncoder.head(of: response, framing: framing, closes: closesAfter, date: loop.httpDate()))
      guard !isHead else { return !closesAfter }
      for try await chunk in chunks {
        try await write(framing == .chunked ? ResponseEncoder.chunk(chunk) : chunk)
      }
      if framing == .chunked { try await write(ResponseEncoder.lastChunk) }
      return !closesAfter
    }
  }

  private func send(fixed response: Response, closes: Bool, isHead: Bool = false) async throws {
    guard case .fixed(let body) = response.body else { return }
    let hasNone = response.status == .noContent || response.status == .notModified
    var bytes = ResponseEncoder.head(
      of: response, framing: hasNone ? .none : .length(body.count), closes: closes, date: loop.httpDate(),
      bodyCapacity: body.count)
    if !isHead, !hasNone { bytes.append(contentsOf: body) }
    try await write(bytes)
  }

  private func write(_ bytes: [UInt8]) async throws {
    var sent = 0
    var deadline: UInt64?
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
        continue
      }
      guard errno == EAGAIN else { throw Lost() }
      // One deadline for the whole answer: a peer that reads a byte now and then does not hold it for ever.
      let limit = deadline ?? EventLoop.deadline(after: limits.idleTimeout)
      deadline = limit
      guard await loop.waitToWrite(descriptor, until: limit) == .ready else { throw Lost() }
    }
  }
}
