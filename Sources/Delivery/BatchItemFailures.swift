import JSON

/// What a function's answer says of a batch's items where the mapping has `ReportBatchItemFailures`.
public enum BatchItemFailures: Equatable, Sendable {
  case none
  /// The items at these places of the batch failed; at least one.
  case some([Int])
  /// The answer cannot be understood, or names an item that is not in the batch: all of them failed.
  case all(reason: String)

  /// Reads an answer.
  ///
  /// Recorded (recorded-facts, sections 8 and 9): an empty answer, `""`, `[]`, `null`, `{}` and a list that is empty,
  /// null or missing are successes; an identifier that is empty, null, missing, no text or none of the batch's fails
  /// the whole batch. Documented: so does an answer that is no JSON. Assumed: so does any other JSON.
  ///
  /// - Parameter identifiers: of the batch's items, in their order.
  public init(answer: [UInt8], identifiers: [String]) {
    guard !answer.allSatisfy(Self.isBlank) else {
      self = .none
      return
    }
    guard let document = try? JSONValue(parsing: answer) else {
      self = .all(reason: "the answer is not JSON")
      return
    }
    switch document {
    case .null, .array([]), .string(""): self = .none
    case .object: self.init(document["batchItemFailures"] ?? .null, identifiers)
    default: self = .all(reason: "the answer is not an object with batchItemFailures")
    }
  }

  private init(_ list: JSONValue, _ identifiers: [String]) {
    switch list {
    case .null, .array([]): self = .none
    case .array(let failures):
      let places = Dictionary(zip(identifiers, 0...)) { first, _ in first }
      var failed: Set<Int> = []
      for failure in failures {
        guard case .string(let identifier) = failure["itemIdentifier"], let place = places[identifier] else {
          self = .all(reason: "the answer names an item that is not in the batch")
          return
        }
        failed.insert(place)
      }
      self = .some(failed.sorted())
    default: self = .all(reason: "batchItemFailures is not a list")
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }
}
