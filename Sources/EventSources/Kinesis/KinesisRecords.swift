import AWSClient
import Delivery
import JSON
import Mappings

/// Turns the answers of GetRecords, and the events of SubscribeToShard, into records of the event, whose form was
/// recorded (recorded-facts, section 6).
///
/// Values are copied as the bytes in which the stream wrote them; none is decoded and written again.
struct KinesisRecords: Sendable {
  // What stands between the values of a record, in AWS's order.
  private static let beforeKey = Array(#"{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"#.utf8)
  private static let beforeNumber = Array(#","sequenceNumber":""#.utf8)
  private static let beforeData = Array(#"","data":"#.utf8)
  private static let beforeTime = Array(#","approximateArrivalTimestamp":"#.utf8)
  private let beforeID: [UInt8]
  private let tail: [UInt8]

  /// - Parameter source: the mapping's source.
  init(shard: String, source: ARN) {
    // There are no roles here; AWS names the function's.
    let role = "arn:\(source.partition):iam::\(source.account):role/headrace"
    beforeID = Array(#"},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"\#(shard):"#.utf8)
    tail = Array(
      #"""
      ","eventName":"aws:kinesis:record","invokeIdentityArn":"\#(role)","awsRegion":"\#(source.region)",\#
      "eventSourceARN":"\#(source)"}
      """#.utf8)
  }

  /// The records of an answer, in its order.
  func read(_ answer: [UInt8]) throws(StreamAnswerError) -> ShardAnswer {
    var hasChildren = false
    var read = try ShardAnswer(reading: answer, record: write) { name, reader, read in
      if name.isString("NextShardIterator") || name.isString("ContinuationSequenceNumber") {
        read.next = try reader.value().iterator
      } else if name.isString("MillisBehindLatest") {
        read.millisBehindLatest = Int(String(decoding: try reader.value().inner, as: UTF8.self))
      } else if name.isString("ChildShards") {
        hasChildren = try reader.value().bytes.contains(UInt8(ascii: "{"))
      }
    }
    // Documented: children are told at the end of a shard.
    if hasChildren { read.next = nil }
    return read
  }

  private func write(_ reader: inout JSONReader, to writer: inout RecordBlockWriter) throws {
    var (number, key, data, time): (JSONToken?, JSONToken?, JSONToken?, JSONToken?)
    guard reader.isAtObject else { throw StreamAnswerError.incompleteRecord }
    try reader.members { name, reader in
      if name.isString("SequenceNumber") {
        number = try reader.value()
      } else if name.isString("PartitionKey") {
        key = try reader.value()
      } else if name.isString("Data") {
        data = try reader.value()
      } else if name.isString("ApproximateArrivalTimestamp") {
        time = try reader.value()
      }
    }
    guard let number, number.isString, !number.inner.isEmpty, let key, key.isString, let data, data.isString, let time,
      let arrival = Milliseconds(unixSecondsText: time.bytes)
    else { throw StreamAnswerError.incompleteRecord }
    writer.begin(with: Self.beforeKey)
    writer.text.append(key.bytes)
    writer.text.append(Self.beforeNumber)
    let start = writer.text.bytes.count
    writer.text.append(number.inner)
    let end = writer.text.bytes.count
    writer.text.append(Self.beforeData)
    writer.text.append(data.bytes)
    writer.text.append(Self.beforeTime)
    writer.text.append(time.bytes)
    if !Self.isDecimal(time) { writer.text.append(".0".utf8) }
    writer.text.append(beforeID)
    writer.text.append(number.inner)
    writer.text.append(tail)
    var hash = KeyHash()
    hash.combine(key.bytes)
    writer.end(sequenceNumber: start..<end, arrival: arrival, keyHash: hash.value)
  }

  /// Recorded: a float, also where the time has no fraction.
  private static func isDecimal(_ time: JSONToken) -> Bool {
    time.bytes.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
  }
}
