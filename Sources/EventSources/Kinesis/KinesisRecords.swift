import AWSClient
import Delivery
import JSON
import Mappings

/// Turns the answers of GetRecords, and the events of SubscribeToShard, into records of the event, whose form was
/// recorded (recorded-facts, section 6).
///
/// Values are copied as the bytes in which the stream wrote them; none is decoded and written again.
struct KinesisRecords: Sendable {
  /// The shard and a colon, as they stand in an `eventID`.
  private let shard: [UInt8]
  private let tail: [UInt8]

  /// - Parameter source: the mapping's source.
  init(shard: String, source: ARN) {
    self.shard = Array("\(shard):".utf8)
    // There are no roles here; AWS names the function's.
    let role = "arn:\(source.partition):iam::\(source.account):role/headrace"
    tail = Array(
      #"""
      ,"eventName":"aws:kinesis:record","invokeIdentityArn":"\#(role)","awsRegion":"\#(source.region)",\#
      "eventSourceARN":"\#(source)"}
      """#.utf8)
  }

  /// The records of an answer, in its order.
  func read(_ answer: [UInt8]) throws(StreamAnswerError) -> ShardAnswer {
    var read = ShardAnswer()
    do {
      let document = try JSONFragment(document: answer)
      guard document.isObject else { throw StreamAnswerError.unreadable("it is no object") }
      var hasRecords = false
      var hasChildren = false
      try document.forEachMember { name, value in
        if name.isString("Records") {
          guard value.isArray else { throw StreamAnswerError.unreadable("its Records are no list") }
          hasRecords = true
          try value.forEachElement { read.records.append(try record($0)) }
        } else if name.isString("NextShardIterator") || name.isString("ContinuationSequenceNumber") {
          read.next = try value.iterator
        } else if name.isString("MillisBehindLatest") {
          read.millisBehindLatest = value.integer
        } else if name.isString("ChildShards") {
          hasChildren = value.isArray && value.token.contains(UInt8(ascii: "{"))
        }
      }
      guard hasRecords else { throw StreamAnswerError.unreadable("it has no Records") }
      // Documented: children are told at the end of a shard.
      if hasChildren { read.next = nil }
    } catch let error as StreamAnswerError {
      throw error
    } catch {
      throw .unreadable("\(error)")
    }
    return read
  }

  private func record(_ fragment: JSONFragment) throws -> StreamRecord {
    var sequenceNumber: JSONFragment?
    var partitionKey: JSONFragment?
    var data: JSONFragment?
    var arrival: JSONFragment?
    try fragment.forEachMember { name, value in
      if name.isString("SequenceNumber") {
        sequenceNumber = value
      } else if name.isString("PartitionKey") {
        partitionKey = value
      } else if name.isString("Data") {
        data = value
      } else if name.isString("ApproximateArrivalTimestamp") {
        arrival = value
      }
    }
    guard let sequenceNumber, let number = sequenceNumber.text, !number.isEmpty, let partitionKey,
      partitionKey.isString, let data, data.isString
    else { throw StreamAnswerError.incompleteRecord }
    guard let time = arrival.flatMap({ Double(String(decoding: $0.token, as: UTF8.self)) }) else {
      throw StreamAnswerError.incompleteRecord
    }
    var text = RecordText(capacity: data.token.count + partitionKey.token.count + tail.count + 320)
    text.open("kinesis")
    text.member("kinesisSchemaVersion", #""1.0""#.utf8)
    text.member("partitionKey", partitionKey.token)
    text.member("sequenceNumber", sequenceNumber.token)
    text.member("data", data.token)
    text.member("approximateArrivalTimestamp", Self.decimal(arrival?.token ?? []))
    text.close()
    text.member("eventSource", #""aws:kinesis""#.utf8)
    text.member("eventVersion", #""1.0""#.utf8)
    text.member("eventID", joining: shard[...], sequenceNumber.token.dropFirst().dropLast())
    text.append(tail)
    var hash = KeyHash()
    hash.combine(partitionKey.token)
    return StreamRecord(
      sequenceNumber: SequenceNumber(number), arrival: Milliseconds(unixSeconds: time), keyHash: hash.value,
      record: text.bytes)
  }

  /// Recorded: a float, also where the time has no fraction.
  private static func decimal(_ token: ArraySlice<UInt8>) -> [UInt8] {
    let hasFraction = token.contains { [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains($0) }
    return Array(token) + (hasFraction ? [] : Array(".0".utf8))
  }
}
