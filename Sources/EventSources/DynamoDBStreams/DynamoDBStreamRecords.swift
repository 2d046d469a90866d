import JSON
import Mappings

/// Turns the answers of DynamoDB Streams' GetRecords into records of the event, whose form was recorded (recorded-facts,
/// section 6).
///
/// Values are copied as the bytes in which the stream wrote them; only the time and the identity take AWS's form.
struct DynamoDBStreamRecords: Sendable {
  private let tail: [UInt8]

  init(source: ARN) {
    tail = Array(#","eventSourceARN":"\#(source)"}"#.utf8)
  }

  /// The records of an answer, in its order.
  func read(_ answer: [UInt8]) throws(StreamAnswerError) -> ShardAnswer {
    try ShardAnswer(reading: answer, record: write) { name, reader, read in
      if name.isString("NextShardIterator") { read.next = try reader.value().iterator }
    }
  }

  private func write(_ reader: inout JSONReader, to writer: inout RecordBlockWriter) throws {
    guard reader.isAtObject else { throw StreamAnswerError.incompleteRecord }
    var change = Change()
    writer.begin()
    try reader.members { name, reader in
      if name.isString("dynamodb"), reader.isAtObject {
        writer.text.open("dynamodb")
        try reader.members { name, reader in try Self.write(name, &reader, to: &writer.text, &change) }
        writer.text.close()
      } else if name.isString("userIdentity"), reader.isAtObject {
        try Self.writeIdentity(&reader, to: &writer.text)
      } else if !name.isString("eventSourceARN") {
        writer.text.member(name.bytes, try reader.value().bytes)
      }
    }
    writer.text.append(tail)
    guard let number = change.sequenceNumber else { throw StreamAnswerError.incompleteRecord }
    writer.end(sequenceNumber: number, arrival: change.time, keyHash: change.hash.value)
  }

  /// What order and age need of a change.
  private struct Change {
    /// Where it stands in what is written.
    var sequenceNumber: Range<Int>?
    /// What has no time is as old as it is to us.
    var time = Milliseconds.now()
    var hash = KeyHash()
  }

  private static func write(
    _ name: JSONToken, _ reader: inout JSONReader, to text: inout RecordText, _ change: inout Change
  ) throws {
    if name.isString("Keys"), reader.isAtObject {
      try writeKeys(&reader, to: &text, &change.hash)
      return
    }
    let value = try reader.value()
    if name.isString("ApproximateCreationDateTime") {
      change.time = Milliseconds(unixSecondsText: value.bytes) ?? change.time
      text.member("ApproximateCreationDateTime", time(value))
      return
    }
    text.member(name.bytes, value.bytes)
    if name.isString("SequenceNumber"), value.isString, !value.inner.isEmpty {
      change.sequenceNumber = (text.bytes.count - value.bytes.count + 1)..<(text.bytes.count - 1)
    }
  }

  /// An item is known by its key, in whichever order its attributes are written.
  private static func writeKeys(_ reader: inout JSONReader, to text: inout RecordText, _ hash: inout KeyHash) throws {
    var keys: [(name: JSONToken, value: JSONToken)] = []
    text.open("Keys")
    try reader.members { name, reader in
      let value = try reader.value()
      text.member(name.bytes, value.bytes)
      keys.append((name, value))
    }
    text.close()
    if keys.count > 1 { keys.sort { $0.name.bytes.lexicographicallyPrecedes($1.name.bytes) } }
    for key in keys {
      hash.combine(key.name.bytes)
      hash.combine(key.value.bytes)
    }
  }

  /// The stream's API writes `PrincipalId` and `Type`; Lambda's events do not (DynamoDB's developer guide, TTL).
  private static func writeIdentity(_ reader: inout JSONReader, to text: inout RecordText) throws {
    var (type, principal): (JSONToken?, JSONToken?)
    try reader.members { name, reader in
      if name.isString("PrincipalId") || name.isString("principalId") {
        principal = try reader.value()
      } else if name.isString("Type") || name.isString("type") {
        type = try reader.value()
      }
    }
    text.open("userIdentity")
    if let type { text.member("type", type.bytes) }
    if let principal { text.member("principalId", principal.bytes) }
    text.close()
  }

  /// As AWS writes it, `1.764078861E9`: a float, whatever the source wrote (recorded: it parses as one).
  private static func time(_ value: JSONToken) -> [UInt8] {
    let text = String(decoding: value.bytes, as: UTF8.self)
    let digits = text.split(separator: ".", maxSplits: 1)
    guard let whole = digits.first, whole.count > 1, whole.allSatisfy(\.isNumber),
      digits.count == 1 || digits[1].allSatisfy(\.isNumber)
    else { return Array(value.bytes) }
    let fraction = String(whole.dropFirst()) + (digits.count > 1 ? String(digits[1]) : "")
    let significant = fraction.reversed().drop { $0 == "0" }.reversed()
    return Array("\(whole.prefix(1)).\(significant.isEmpty ? "0" : String(significant))E\(whole.count - 1)".utf8)
  }
}
