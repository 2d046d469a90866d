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

extension ShardAnswer {
  /// Reads an answer, in one pass.
  /// - Parameters:
  ///   - record: writes one of its `Records`.
  ///   - member: takes what it knows of the other members.
  init(
    reading answer: [UInt8], record: (inout JSONReader, inout RecordBlockWriter) throws -> Void,
    member: (JSONToken, inout JSONReader, inout ShardAnswer) throws -> Void
  ) throws(StreamAnswerError) {
    do {
      self = try JSONReader.read(answer) { reader in
        var read = ShardAnswer()
        var hasRecords = false
        try reader.members { name, reader in
          guard name.isString("Records") else { return try member(name, &reader, &read) }
          guard reader.isAtArray else { throw StreamAnswerError.unreadable("its Records are no list") }
          hasRecords = true
          // A record gets longer by about as much as its names do.
          var writer = RecordBlockWriter(capacity: answer.count + answer.count / 4)
          try reader.elements { try record(&$0, &writer) }
          read.records = writer.finish()
        }
        guard hasRecords else { throw StreamAnswerError.unreadable("it has no Records") }
        return read
      }
    } catch let error as StreamAnswerError {
      throw error
    } catch {
      throw .unreadable("\(error)")
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
