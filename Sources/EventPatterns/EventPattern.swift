public import JSON

/// A pattern of the event filter language: EventBridge's, as Lambda's event source mappings use it.
///
/// A pattern is parsed once, when a mapping is created or changed, and then asked for every record.
public struct EventPattern: Sendable, Equatable {
  /// The pattern with every `$or` multiplied out: the event must match one of these.
  private let alternatives: [PatternNode]

  /// Parses a pattern, and refuses one that is not valid in any part.
  public init(parsing text: String) throws(EventPatternError) {
    alternatives = try PatternParser.parse(text).map(PatternNode.init)
  }

  /// Parses a pattern of a service that has limits of its own: with it come the lists that it is made of.
  /// - Parameter emptyValuesExist: whether `exists: true` takes `null` and the empty text for values.
  /// - Parameter combinations: what must match together, with every `$or` multiplied out.
  public init(
    parsing text: String, emptyValuesExist: Bool, combinations: inout [[PatternField]]
  ) throws(EventPatternError) {
    var parsed = try PatternParser.parse(text)
    if !emptyValuesExist {
      for (place, fields) in parsed.enumerated() {
        for index in fields.indices { parsed[place][index].rules.replace([.exists(true)], with: [.existsNotEmpty]) }
      }
    }
    alternatives = parsed.map(PatternNode.init)
    combinations = parsed.map { $0.map(\.field) }
  }

  /// Whether an event matches. An event that is no object matches no pattern.
  public func matches(_ event: JSONValue) -> Bool {
    guard case .object(let members) = event else { return false }
    return alternatives.contains { $0.matches(members) }
  }
}

/// One list of a pattern, as it was written.
public struct PatternField: Sendable, Equatable {
  /// The names that lead to the field, cut at their dots.
  public let path: [String]
  /// 1 for a list that stands in the pattern's own object, 2 for one in an object of that, and so on.
  public let level: Int
  /// What the list holds.
  public let elements: [JSONValue]
}
