import JSON

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
