import JSON
import Mappings

/// Turns the answers of DynamoDB Streams' GetRecords into records of the event, whose form was recorded (recorded-facts,
/// section 6).
///
/// Values are copied as the bytes in which the stream wrote them; only the time takes AWS's form.
struct DynamoDBStreamRecords: Sendable {
  private let tail: [UInt8]

  init(source: ARN) {
    tail = Array(#","eventSourceARN":"\#(source)"}"#.utf8)
  }

  /// The records of an answer, in its order.
  func read(_ answer: [UInt8]) throws(StreamAnswerError) -> ShardAnswer {
    var read = ShardAnswer()
    do {
      let document = try JSONFragment(document: answer)
      guard document.isObject else { throw StreamAnswerError.unreadable("it is no object") }
      guard let records = try document.member("Records"), records.isArray else {
        throw StreamAnswerError.unreadable("it has no list of Records")
      }
      try records.forEachElement { read.records.append(try record($0)) }
      read.next = try document.member("NextShardIterator")?.iterator
    } catch let error as StreamAnswerError {
      throw error
    } catch {
      throw .unreadable("\(error)")
    }
    return read
  }

  private func record(_ fragment: JSONFragment) throws -> StreamRecord {
    guard let change = try fragment.member("dynamodb"), change.isObject else {
      throw StreamAnswerError.incompleteRecord
    }
    var text = RecordText(capacity: fragment.token.count + tail.count + 32)
    var parts = Parts()
    try fragment.forEachMember { name, value in
      if name.isString("dynamodb") {
        text.open("dynamodb")
        try change.forEachMember { name, value in
          try parts.note(name, value)
          if name.isString("ApproximateCreationDateTime") {
            text.member("ApproximateCreationDateTime", Self.time(value))
          } else {
            text.member(name.token, value.token)
          }
        }
        text.close()
      } else if name.isString("userIdentity") {
        // The stream's API writes `PrincipalId` and `Type`; Lambda's events do not (DynamoDB's developer guide, TTL).
        text.open("userIdentity")
        if let type = try Self.member(of: value, "Type", "type") { text.member("type", type.token) }
        if let principal = try Self.member(of: value, "PrincipalId", "principalId") {
          text.member("principalId", principal.token)
        }
        text.close()
      } else if !name.isString("eventSourceARN") {
        text.member(name.token, value.token)
      }
    }
    text.append(tail)
    guard let number = parts.sequenceNumber else { throw StreamAnswerError.incompleteRecord }
    return StreamRecord(
      sequenceNumber: SequenceNumber(number), arrival: Milliseconds(unixSeconds: parts.seconds),
      keyHash: parts.hash.value, record: text.bytes)
  }

  /// What order and age need of a change.
  private struct Parts {
    var sequenceNumber: String?
    var seconds = 0.0
    var hash = KeyHash()

    mutating func note(_ name: JSONFragment, _ value: JSONFragment) throws {
      if name.isString("SequenceNumber") {
        sequenceNumber = value.text
      } else if name.isString("ApproximateCreationDateTime") {
        seconds = Double(String(decoding: value.token, as: UTF8.self)) ?? 0
      } else if name.isString("Keys") {
        // An item is known by its key, in whichever order its attributes are written.
        var keys: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
        try value.forEachMember { keys.append(($0.token, $1.token)) }
        keys.sort { $0.name.lexicographicallyPrecedes($1.name) }
        for key in keys {
          hash.combine(key.name)
          hash.combine(key.value)
        }
      }
    }
  }

  private static func member(
    of fragment: JSONFragment, _ name: StaticString, _ otherName: StaticString
  ) throws -> JSONFragment? {
    try fragment.member(name) ?? fragment.member(otherName)
  }

  /// As AWS writes it, `1.764078861E9`: a float, whatever the source wrote (recorded: it parses as one).
  private static func time(_ value: JSONFragment) -> [UInt8] {
    let text = String(decoding: value.token, as: UTF8.self)
    let digits = text.split(separator: ".", maxSplits: 1)
    guard let whole = digits.first, whole.count > 1, whole.allSatisfy(\.isNumber),
      digits.count == 1 || digits[1].allSatisfy(\.isNumber)
    else { return Array(value.token) }
    let fraction = String(whole.dropFirst()) + (digits.count > 1 ? String(digits[1]) : "")
    let significant = fraction.reversed().drop { $0 == "0" }.reversed()
    return Array("\(whole.prefix(1)).\(significant.isEmpty ? "0" : String(significant))E\(whole.count - 1)".utf8)
  }
}
