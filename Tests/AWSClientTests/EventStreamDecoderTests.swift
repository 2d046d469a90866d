import TestSupport
import Testing

@testable import AWSClient

@Suite struct EventStreamDecoderTests {
  static let uuid = [UInt8](0..<16)
  static let everyType: [(String, EventStreamHeaderValue)] = [
    ("true", .bool(true)), ("false", .bool(false)), ("byte", .byte(-2)), ("short", .short(-300)),
    ("integer", .integer(-70_000)), ("long", .long(.min)), ("bytes", .bytes([0, 255])), ("string", .string("ü")),
    ("timestamp", .timestamp(milliseconds: 1_764_078_861_123)), ("uuid", .uuid(uuid)), ("empty", .string("")),
  ]

  @Test func checksumIsTheOneOfGzip() {
    #expect(CRC32.checksum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
    #expect(CRC32.checksum([]) == 0)
  }

  @Test func smallestMessageHasNothing() throws {
    let bytes: [UInt8] = [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xC2, 0x48, 0xEB, 0x7D, 0x98, 0xC8, 0xFF]
    #expect(try Self.decode([bytes]) == [EventStreamMessage(headers: [:], payload: [])])
  }

  /// Bytes that another implementation wrote.
  @Test func headerAndPayloadAreRead() throws {
    let bytes =
      [0, 0, 0, 0x2B, 0, 0, 0, 0x0E, 0x34, 0x8B, 0xEC, 0x7B, 8] + Array("event-id".utf8)
      + [4, 0, 0, 0xA0, 0x0C] + Array("{'foo':'bar'}".utf8) + [0xD3, 0x89, 0x02, 0x85]
    #expect(
      try Self.decode([bytes]) == [
        EventStreamMessage(headers: ["event-id": .integer(40_972)], payload: Array("{'foo':'bar'}".utf8))
      ])
  }

  @Test func headersOfAllTypesAreRead() throws {
    let messages = try Self.decode([EventStreamFrame.bytes(Self.everyType, payload: [1])])
    #expect(
      messages == [
        EventStreamMessage(headers: Dictionary(uniqueKeysWithValues: Self.everyType), payload: [1])
      ])
  }

  @Test func cutsMeanNothing() throws {
    let stream = Self.stream
    let whole = try Self.decode([stream])
    #expect(whole.count == 3)
    for cut in 0...stream.count {
      #expect(try Self.decode([Array(stream[..<cut]), Array(stream[cut...])]) == whole)
    }
    #expect(try Self.decode(stream.map { [$0] }) == whole)
  }

  @Test func messageIsWaitedForToItsLastByte() throws {
    let frame = EventStreamFrame.event("e", "{}")
    for count in 0..<frame.count {
      var decoder = EventStreamDecoder()
      decoder.append(Array(frame[..<count]))
      #expect(try decoder.next() == nil)
      #expect(decoder.isBetweenMessages == (count == 0))
      decoder.append(Array(frame[count...]))
      #expect(try decoder.next()?.payload == Array("{}".utf8))
      #expect(decoder.isBetweenMessages)
    }
  }

  /// A checksum of 32 bits finds every change of a single byte.
  @Test func everyChangedByteIsFound() throws {
    let frame = EventStreamFrame.bytes(Self.everyType, payload: Array("payload".utf8))
    for index in frame.indices {
      var changed = frame
      changed[index] ^= 0x41
      let expected: EventStreamError = index < 12 ? .preludeChecksum : .messageChecksum
      #expect(throws: expected) { try Self.decode([changed]) }
    }
  }

  @Test(
    arguments: [
      ([1, 0x61], .truncatedHeader), ([5, 0x61], .truncatedHeader), ([1, 0x61, 5, 0, 0], .truncatedHeader),
      ([1, 0x61, 7, 0, 2, 0x62], .truncatedHeader), ([1, 0x61, 9, 0], .truncatedHeader), ([0, 0], .headerName),
      ([1, 0xFF, 0], .headerName), ([1, 0x61, 10], .headerType(10)),
      ([1, 0x61, 7, 0, 1, 0xFF], .headerText(name: "a")),
      ([1, 0x61, 0, 1, 0x61, 1], .repeatedHeader(name: "a")),
    ] as [([UInt8], EventStreamError)])
  func brokenHeadersAreNamed(headers: [UInt8], error: EventStreamError) {
    #expect(throws: error) { try Self.decode([EventStreamFrame.sealed(headers: headers)]) }
  }

  @Test(
    arguments: [
      (15, 0, .lengths(message: 15, headers: 0)), (0, 0, .lengths(message: 0, headers: 0)),
      (20, 5, .lengths(message: 20, headers: 5)),
      (16, 0xFFFF_FFFF, .lengths(message: 16, headers: 0xFFFF_FFFF)),
      ((16 << 20) + 1, 0, .tooLong(bytes: (16 << 20) + 1, limit: 16 << 20)),
      (0xFFFF_FFFF, 0, .tooLong(bytes: 0xFFFF_FFFF, limit: 16 << 20)),
    ] as [(Int, Int, EventStreamError)])
  func impossibleLengthsAreRefusedAtOnce(length: Int, headersLength: Int, error: EventStreamError) {
    #expect(throws: error) {
      try Self.decode([EventStreamFrame.prelude(length: length, headersLength: headersLength)])
    }
  }

  @Test func errorStays() throws {
    var decoder = EventStreamDecoder()
    decoder.append(EventStreamFrame.event("e", "{}") + EventStreamFrame.sealed(headers: [0, 0]))
    #expect(try decoder.next() != nil)
    for _ in 0..<2 {
      #expect(throws: EventStreamError.headerName) { try decoder.next() }
      decoder.append(EventStreamFrame.event("e", "{}"))
    }
  }

  /// Whatever arrives is messages, a wait or an error, and the same however it is cut.
  @Test func mutatedStreamsAreReadToAnEnd() async {
    var random = SeededGenerator.announced(for: "event streams")
    var errors = 0
    for round in 0..<1500 {
      await giveWay(inRound: round)
      let stream = Self.mutated(&random)
      var pieces: [[UInt8]] = []
      var rest = stream[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...max(1, rest.count), using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      let whole = Result { try Self.decode([stream]) }
      let cut = Result { try Self.decode(pieces) }
      switch (whole, cut) {
      case (.success(let whole), .success(let cut)): #expect(whole == cut)
      case (.failure, .failure): errors += 1
      default: Issue.record("\(stream) is read differently when it is cut.")
      }
    }
    #expect(errors > 100)
  }

  // MARK: Helpers

  static var stream: [UInt8] {
    EventStreamFrame.event("initial-response", "{}")
      + EventStreamFrame.bytes(everyType, payload: Array(#"{"Records":[]}"#.utf8))
      + EventStreamFrame.exception("InternalFailureException", #"{"message":"m"}"#)
  }

  private static func decode(_ pieces: [[UInt8]]) throws -> [EventStreamMessage] {
    var decoder = EventStreamDecoder()
    var messages: [EventStreamMessage] = []
    for piece in pieces {
      decoder.append(piece)
      while let message = try decoder.next() { messages.append(message) }
    }
    return messages
  }

  /// The stream with a few bytes changed, left out or added; in half of the cases in the headers of a message whose
  /// checksums are right, since those would keep every change from what comes after them.
  private static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
    let isSealed = Bool.random(using: &random)
    var bytes = isSealed ? everyType.flatMap { EventStreamFrame.header($0.0, $0.1) } : stream
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let index = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(UInt8.random(in: 0...15, using: &random), at: index)
      default: bytes.removeSubrange(index..<min(bytes.count, index + 8))
      }
      if bytes.isEmpty { bytes = [0] }
    }
    return isSealed ? EventStreamFrame.sealed(headers: bytes) + stream : bytes
  }
}
