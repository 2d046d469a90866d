import Delivery
import Mappings

/// A record that is its number, which is its sequence number as well.
struct StreamedNumber: StreamedRecord, CustomStringConvertible {
  var number: Int
  var arrival = Milliseconds(0)
  var byteCount = 100
  var keyHash: UInt64 = 0

  var sequenceNumber: SequenceNumber { SequenceNumber("\(number)") }
  var description: String { "\(number)" }
}
