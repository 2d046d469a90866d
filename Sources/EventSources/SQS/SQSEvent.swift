import Delivery
import JSON

/// The event of a batch: `{"Records":[…]}`.
enum SQSEvent {
  static func payload(of messages: [SQSMessage]) -> [UInt8] {
    var payload: [UInt8] = []
    payload.reserveCapacity(messages.reduce(14) { $0 + $1.record.count + 1 })
    payload.append(contentsOf: #"{"Records":["#.utf8)
    for (index, message) in messages.enumerated() {
      if index > 0 { payload.append(UInt8(ascii: ",")) }
      payload.append(contentsOf: message.record)
    }
    payload.append(contentsOf: "]}".utf8)
    return payload
  }
}

extension SQSMessage {
  /// Whether the filters let it through: they see the record with what its body holds.
  ///
  /// A record that cannot be read is let through, since what is not is deleted.
  func passes(_ filter: RecordFilter) -> Bool {
    guard !filter.isEmpty else { return true }
    guard case .object(var members)? = try? JSONValue(parsing: record) else { return true }
    guard let place = members.firstIndex(where: { $0.name == "body" }), case .string(let body) = members[place].value
    else { return true }
    members[place].value = RecordFilter.view(of: body)
    return filter.admits(.object(members))
  }
}
