import Mappings

/// Writes the records of one read.
struct RecordBlockWriter {
  /// Writes the members of the record.
  var text: RecordText
  private let block = RecordBlock()
  private var records: [StreamRecord] = []
  private var start = 0

  /// - Parameter capacity: about as many bytes as the records will have.
  init(capacity: Int) {
    text = RecordText(capacity: capacity)
  }

  /// Begins a record, member by member.
  mutating func begin() {
    separate()
    text.begin()
  }

  /// Begins a record with what is written already, the brace included.
  mutating func begin(with piece: [UInt8]) {
    separate()
    text.append(piece)
  }

  private mutating func separate() {
    if !text.bytes.isEmpty { text.append(",".utf8) }
    start = text.bytes.count
  }

  /// The record that was begun is whole.
  /// - Parameter sequenceNumber: where its digits stand.
  mutating func end(sequenceNumber: Range<Int>, arrival: Milliseconds, keyHash: UInt64) {
    records.append(
      StreamRecord(
        block, start..<text.bytes.count, sequenceNumber: sequenceNumber, arrival: arrival, keyHash: keyHash))
  }

  /// All of them; nothing can be written afterwards.
  consuming func finish() -> [StreamRecord] {
    block.bytes = text.bytes
    return records
  }
}
