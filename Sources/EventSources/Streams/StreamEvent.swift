import Delivery
import Mappings

/// The event of a batch: `{"Records":[…]}`, and the members of a tumbling window where there is one.
struct StreamEvent {
  let shard: String
  let source: ARN

  func payload(of invocation: StreamInvocation<StreamRecord>) -> [UInt8] {
    var payload = Self.records(invocation.records, reserving: 1024 + (invocation.window?.state.count ?? 0))
    if let window = invocation.window { append(window, to: &payload) }
    payload.append(UInt8(ascii: "}"))
    return payload
  }

  /// The event as a failure record in S3 has it.
  static func payload(of records: [StreamRecord]) -> [UInt8] {
    var payload = Self.records(records, reserving: 16)
    payload.append(UInt8(ascii: "}"))
    return payload
  }

  /// All but the closing brace.
  private static func records(_ records: [StreamRecord], reserving spare: Int) -> [UInt8] {
    var payload: [UInt8] = []
    payload.reserveCapacity(records.reduce(spare) { $0 + $1.byteCount + 1 })
    payload.append(contentsOf: #"{"Records":["#.utf8)
    StreamRecord.append(records, to: &payload)
    payload.append(UInt8(ascii: "]"))
    return payload
  }

  /// Documented: "Tumbling windows", in the order of the developer guide's example.
  private func append(_ window: WindowContext, to payload: inout [UInt8]) {
    let (start, end) = (window.start.textInSeconds, window.end.textInSeconds)
    payload.append(contentsOf: #","window":{"start":"\#(start)","end":"\#(end)"},"state":"#.utf8)
    payload.append(contentsOf: window.state)
    payload.append(
      contentsOf: #"""
        ,"shardId":"\#(shard)","eventSourceARN":"\#(source)","isFinalInvokeForWindow":\#(window.isFinal)\#
        ,"isWindowTerminatedEarly":\#(window.isTerminatedEarly)
        """#.utf8)
  }
}

extension Milliseconds {
  /// In UTC, as `2026-01-31T23:59:59Z`.
  var textInSeconds: String { String(text.dropLast(5)) + "Z" }
}
