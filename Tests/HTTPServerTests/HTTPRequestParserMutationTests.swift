import HTTPTypes
import TestSupport
import Testing

@testable import HTTPServer

/// A hundred thousand broken requests: none may crash the parser, keep it busy, or be answered as two.
@Suite struct HTTPRequestParserMutationTests {
  static let rounds = 100_000

  /// Pieces that decide how a request is framed.
  static let pieces = [
    "\r\n", "\n", "\r", "\r\n\r\n", "0\r\n\r\n", "5\r\n", "Content-Length: 5", "Content-Length: 0",
    "content-length:\t5",
    "Transfer-Encoding: chunked", "Transfer-Encoding : chunked", "Transfer-Encoding: x", "Host: a",
    "Expect: 100-continue",
    " ", "\t", ":", ";", "GET / HTTP/1.1", "HTTP/1.0", "\u{0}", "ffffffffffffffff", "-1", "+5", ",",
  ].map { Array($0.utf8) }

  static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1 where place < bytes.count: bytes.remove(at: place)
      case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
      case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...8, using: &random)))
      default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      }
    }
  }

  /// What a parser makes of bytes that come in pieces.
  static func outcome(
    _ bytes: [UInt8], split: (Int) -> Int
  ) -> (requests: [Request], error: HTTPRequestError?) {
    var parser = HTTPRequestParser()
    var requests: [Request] = []
    var start = 0
    do throws(HTTPRequestError) {
      while start < bytes.count {
        let end = min(bytes.count, start + split(start))
        parser.receive(bytes[start..<end])
        start = end
        while let request = try parser.next() { requests.append(request) }
      }
      return (requests, nil)
    } catch {
      return (requests, error)
    }
  }

  /// What a request that was taken must look like, as an independent reader sees its bytes: one host, and never two
  /// ways to tell where it ends.
  static func isSmuggled(_ request: Request) -> Bool {
    let names = request.fields.map(\.name.canonicalName)
    let lengths = names.count { $0 == "content-length" }
    let codings = names.count { $0 == "transfer-encoding" }
    let hosts = names.count { $0 == "host" }
    return lengths + codings > 1 || hosts > 1 || request.isHTTP11 && hosts == 0
      || codings == 1 && !request.isHTTP11
  }

  @Test func mutatedRequestsNeverCrashHangOrSmuggle() async {
    var random = SeededGenerator.announced(for: "broken requests")
    let originals = AcceptedRequest.all.map { Array($0.bytes.utf8) }
    for round in 0..<Self.rounds {
      await giveWay(inRound: round)
      var bytes = originals[round % originals.count]
      if round % 3 == 0 { bytes += originals[Int.random(in: 0..<originals.count, using: &random)] }
      Self.mutate(&bytes, &random)

      let whole = Self.outcome(bytes) { _ in bytes.count }
      guard !whole.requests.contains(where: Self.isSmuggled) else {
        Issue.record("smuggled in round \(round): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        return
      }
      // However the bytes are cut, they mean the same; of two faults another may be met first.
      let step = Int.random(in: 1...7, using: &random)
      let cut = Self.outcome(bytes) { _ in step }
      let areAlike =
        whole.error?.status == cut.error?.status && whole.requests.count == cut.requests.count
        && zip(whole.requests, cut.requests).allSatisfy { $0.body == $1.body && $0.path == $1.path }
      guard areAlike else {
        Issue.record("cut by \(step) in round \(round): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        return
      }
    }
  }
}
