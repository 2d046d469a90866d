import Mappings

/// How far lanes had come before a flow began, be it that there were more or fewer of them.
struct ResumedLanes: Sendable {
  /// By lane, the last record that was done with.
  let positions: [SequenceNumber?]
  private let last: SequenceNumber

  /// Nil where nothing was done with.
  init?(_ positions: [SequenceNumber?]) {
    guard let last = positions.compactMap(\.self).max() else { return nil }
    self.positions = positions
    self.last = last
  }

  /// Whether a record was done with.
  func haveDone(_ record: some StreamedRecord) -> Bool {
    guard record.sequenceNumber <= last, let position = positions[record.lane(among: positions.count)] else {
      return false
    }
    return record.sequenceNumber <= position
  }

  /// Whether records that were done with may still be read.
  func areAhead(of resumption: SequenceNumber?) -> Bool { resumption.map { $0 < last } ?? true }
}

extension StreamedRecord {
  /// The lane of a shard in which the record stays in order with others of its key.
  func lane(among count: Int) -> Int { count == 1 ? 0 : Int(keyHash % UInt64(count)) }
}
