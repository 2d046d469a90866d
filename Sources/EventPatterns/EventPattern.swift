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

  /// Whether an event matches. An event that is no object matches no pattern.
  public func matches(_ event: JSONValue) -> Bool {
    guard case .object(let members) = event else { return false }
    return alternatives.contains { $0.matches(members) }
  }
}
