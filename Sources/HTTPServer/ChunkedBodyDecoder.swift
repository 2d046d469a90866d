/// Decodes a chunked body (RFC 9112 section 7.1), incrementally and strictly.
///
/// White space around sizes is refused where the RFC lets a recipient drop it: it is how requests get smuggled.
/// Extensions are read over and trailer fields checked, then both are dropped.
struct ChunkedBodyDecoder {
  private enum State {
    case size
    case data(remaining: Int)
    case dataEnd
    case trailers(bytes: Int)
  }

  /// Longest line with a chunk's size and extensions; longer has no honest use.
  private static let maximumSizeLineBytes = 256

  private let limits: HTTPLimits
  private var state = State.size
  private(set) var body: [UInt8] = []

  init(limits: HTTPLimits) {
    self.limits = limits
  }

  /// Takes what it can from `bytes`.
  /// - Returns: how many bytes were used, and whether the body is complete.
  mutating func consume(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(HTTPRequestError) -> (used: Int, isComplete: Bool) {
    var used = 0
    while true {
      let rest = UnsafeBufferPointer(rebasing: bytes[used...])
      switch state {
      case .size:
        guard let line = try Self.line(in: rest, limit: Self.maximumSizeLineBytes, excess: .malformedChunk) else {
          return (used, false)
        }
        used += line.count + 2
        let size = try Self.parseSize(line)
        guard size <= limits.maximumBodyBytes - body.count else { throw .bodyTooLarge }
        state = size == 0 ? .trailers(bytes: 0) : .data(remaining: size)
      case .data(let remaining):
        let taken = min(remaining, rest.count)
        body.append(contentsOf: rest.prefix(taken))
        used += taken
        guard taken == remaining else {
          state = .data(remaining: remaining - taken)
          return (used, false)
        }
        state = .dataEnd
      case .dataEnd:
        guard let first = rest.first else { return (used, false) }
        guard first == UInt8(ascii: "\r") else { throw .malformedChunk }
        guard rest.count > 1 else { return (used, false) }
        guard rest[1] == UInt8(ascii: "\n") else { throw .malformedChunk }
        used += 2
        state = .size
      case .trailers(let sum):
        let limit = limits.maximumHeaderBytes - sum
        guard let line = try Self.line(in: rest, limit: limit, excess: .headerTooLarge) else { return (used, false) }
        used += line.count + 2
        guard !line.isEmpty else { return (used, true) }
        _ = try HTTPRequestHeadParser.parseField(line)
        state = .trailers(bytes: sum + line.count + 2)
      }
    }
  }

  /// The first line of `bytes` without its CRLF, or nil where it is not complete yet.
  private static func line(
    in bytes: UnsafeBufferPointer<UInt8>, limit: Int, excess: HTTPRequestError
  ) throws(HTTPRequestError) -> UnsafeBufferPointer<UInt8>? {
    guard let lineFeed = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
      guard bytes.count <= limit + 1 else { throw excess }
      // A CR may still be waiting for its LF only as the last byte.
      guard !bytes.dropLast().contains(UInt8(ascii: "\r")) else { throw .bareCarriageReturn }
      return nil
    }
    guard lineFeed > 0, bytes[lineFeed - 1] == UInt8(ascii: "\r") else { throw .bareLineFeed }
    let line = UnsafeBufferPointer(rebasing: bytes[..<(lineFeed - 1)])
    guard line.count <= limit else { throw excess }
    guard !line.contains(UInt8(ascii: "\r")) else { throw .bareCarriageReturn }
    return line
  }

  private static func parseSize(_ line: UnsafeBufferPointer<UInt8>) throws(HTTPRequestError) -> Int {
    let end = line.firstIndex(of: UInt8(ascii: ";")) ?? line.endIndex
    let digits = line[..<end]
    guard !digits.isEmpty else { throw .malformedChunk }
    guard line[end...].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
      throw .malformedChunk
    }
    var size = 0
    for digit in digits {
      guard let value = digit.hexadecimalValue else { throw .malformedChunk }
      let (product, overflow) = size.multipliedReportingOverflow(by: 16)
      guard !overflow else { throw .malformedChunk }
      size = product | Int(value)
      guard size >= 0 else { throw .malformedChunk }
    }
    return size
  }
}
