import JSON
import Mappings
import Testing

@testable import Delivery
@testable import EventSources

@Suite struct StreamEventTests {
  private func payload(_ records: [StreamRecord], _ window: WindowContext? = nil) throws -> String {
    let event = StreamEvent(shard: "shardId-1", source: try #require(ARN(StreamSources.kinesisARN)))
    let invocation = StreamInvocation(records: records, attempt: 1, window: window)
    return String(decoding: event.payload(of: invocation), as: UTF8.self)
  }

  private func window(_ state: String, isFinal: Bool = false, isEarly: Bool = false) -> WindowContext {
    WindowContext(
      start: Milliseconds(1_790_000_040_000), end: Milliseconds(1_790_000_100_000), state: Array(state.utf8),
      isFinal: isFinal, isTerminatedEarly: isEarly)
  }

  @Test func eventIsTheListOfItsRecords() throws {
    #expect(try payload([.make(1)]) == #"{"Records":[{"n":1}]}"#)
    #expect(try payload([.make(1), .make(2), .make(3)]) == #"{"Records":[{"n":1},{"n":2},{"n":3}]}"#)
    #expect(
      String(decoding: StreamEvent.payload(of: [.make(1), .make(2)]), as: UTF8.self)
        == #"{"Records":[{"n":1},{"n":2}]}"#)
  }

  /// Documented: "Tumbling windows".
  @Test func windowStandsBehindTheRecords() throws {
    #expect(
      try payload([.make(1)], window(#"{"sum":1.50}"#)) == #"""
        {"Records":[{"n":1}],"window":{"start":"2026-09-21T14:14:00Z","end":"2026-09-21T14:15:00Z"},\#
        "state":{"sum":1.50},"shardId":"shardId-1","eventSourceARN":"\#(StreamSources.kinesisARN)",\#
        "isFinalInvokeForWindow":false,"isWindowTerminatedEarly":false}
        """#)
  }

  @Test(arguments: [(true, false), (true, true)]) func finalInvocationHasNoRecords(isFinal: Bool, isEarly: Bool) throws
  {
    let text = try payload([], window("{}", isFinal: isFinal, isEarly: isEarly))
    #expect(text.hasPrefix(#"{"Records":[],"window":{"#))
    #expect(text.hasSuffix(#","isFinalInvokeForWindow":\#(isFinal),"isWindowTerminatedEarly":\#(isEarly)}"#))
    #expect(throws: Never.self) { try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test(arguments: [(0, "1970-01-01T00:00:00Z"), (1_790_000_000_999, "2026-09-21T14:13:20Z")] as [(Int64, String)])
  func secondsAreCutOff(time: Int64, text: String) {
    #expect(Milliseconds(time).textInSeconds == text)
  }
}
