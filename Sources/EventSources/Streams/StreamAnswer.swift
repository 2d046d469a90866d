import JSON
import Mappings

/// Why an answer of a stream cannot be used.
enum StreamAnswerError: Error, CustomStringConvertible {
  case unreadable(String)
  case incompleteRecord

  var description: String {
    switch self {
    case .unreadable(let reason): "the answer cannot be read: \(reason)"
    case .incompleteRecord: "a record of the answer lacks its sequence number, key, data or time"
    }
  }
}

extension JSONToken {
  /// Where the next read begins; nil for `null`, which says that nothing can follow. Anything but a text says nothing, and
  /// least of all that.
  var iterator: String? {
    get throws {
      if isNull { return nil }
      guard let text, !text.isEmpty else { throw StreamAnswerError.unreadable("its next iterator is no text") }
      return text
    }
  }
}

extension Milliseconds {
  /// The text of a JSON number of seconds; nil where it is none.
  init?(unixSecondsText text: UnsafeBufferPointer<UInt8>) {
    guard let seconds = Double(String(decoding: text, as: UTF8.self)) else { return nil }
    self.init(unixSeconds: seconds)
  }

  /// Seconds since the epoch; what no clock shows is brought back into its range.
  init(unixSeconds seconds: Double) {
    let limit = 253_402_300_799.0
    self.init(Int64((min(max(seconds.isNaN ? 0 : seconds, 0), limit) * 1000).rounded()))
  }
}
