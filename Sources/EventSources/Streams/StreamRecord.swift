import Delivery
import Mappings

/// A record of a stream: its record in the event, written already, and what its order and its fate need.
struct StreamRecord: StreamedRecord {
  private let text: RecordBlock
  /// Where its record and its sequence number stand.
  private let start: UInt32
  private let end: UInt32
  private let sequenceStart: UInt32
  private let sequenceEnd: UInt32
  let arrival: Milliseconds
  let keyHash: UInt64

  init(
    _ text: RecordBlock, _ record: Range<Int>, sequenceNumber: Range<Int>, arrival: Milliseconds, keyHash: UInt64
  ) {
    self.text = text
    start = UInt32(record.lowerBound)
    end = UInt32(record.upperBound)
    sequenceStart = UInt32(sequenceNumber.lowerBound)
    sequenceEnd = UInt32(sequenceNumber.upperBound)
    self.arrival = arrival
    self.keyHash = keyHash
  }

  /// A record by itself.
  init(sequenceNumber: SequenceNumber, arrival: Milliseconds, keyHash: UInt64, record: [UInt8]) {
    let digits = Array(sequenceNumber.description.utf8)
    let text = RecordBlock()
    text.bytes = record + digits
    self.init(
      text, 0..<record.count, sequenceNumber: record.count..<(record.count + digits.count), arrival: arrival,
      keyHash: keyHash)
  }

  /// The same record without its neighbours: one that is held for long is not to hold all that was read with it.
  var alone: StreamRecord {
    StreamRecord(sequenceNumber: sequenceNumber, arrival: arrival, keyHash: keyHash, record: Array(record))
  }

  var byteCount: Int { Int(end - start) }

  var sequenceNumber: SequenceNumber {
    SequenceNumber(String(decoding: text.bytes[Int(sequenceStart)..<Int(sequenceEnd)], as: UTF8.self))
  }

  /// One element of the event's `Records`.
  var record: ArraySlice<UInt8> { text.bytes[Int(start)..<Int(end)] }

  /// Appends records with commas between them. Those that were read together stand so already, and are copied at once.
  static func append(_ records: [StreamRecord], to payload: inout [UInt8]) {
    var index = 0
    while index < records.count {
      let first = records[index]
      var end = first.end
      index += 1
      while index < records.count, records[index].text === first.text, records[index].start == end + 1 {
        end = records[index].end
        index += 1
      }
      payload.append(contentsOf: first.text.bytes[Int(first.start)..<Int(end)])
      if index < records.count { payload.append(UInt8(ascii: ",")) }
    }
  }
}

/// The records of one read, one behind the other with commas between them. Written once, and then only read.
final class RecordBlock: @unchecked Sendable {
  var bytes: [UInt8] = []
}
