import EventPatterns
public import JSON
public import LambdaWire

/// The filters of a mapping: a record is delivered where any of them matches it (recorded-facts, section 7).
public struct RecordFilter: Sendable {
  private let patterns: [EventPattern]

  /// - Parameter criteria: checked when the mapping was made. Should one not be valid now, all is admitted: to drop is to
  ///   delete.
  public init(_ criteria: FilterCriteria?) {
    let filters = criteria?.filters ?? []
    let parsed = filters.compactMap { filter in filter.pattern.flatMap { try? EventPattern(parsing: $0) } }
    patterns = parsed.count == filters.count ? parsed : []
  }

  /// Whether there is anything to ask: without filters a record is never looked at.
  public var isEmpty: Bool { patterns.isEmpty }

  /// Whether a record is delivered, by the view of it that filters see.
  public func admits(_ view: JSONValue) -> Bool {
    isEmpty || patterns.contains { $0.matches(view) }
  }

  /// How filters see a payload: JSON objects and arrays by what they hold, everything else as the text that it is.
  ///
  /// Documented as a table: a JSON pattern drops plain text, and a plain pattern drops JSON. A lone JSON number, word
  /// or string is taken for plain text (assumed).
  public static func view(of payload: String) -> JSONValue {
    guard let parsed = try? JSONValue(parsing: payload) else { return .string(payload) }
    switch parsed {
    case .object, .array: return parsed
    case .null, .bool, .number, .string: return .string(payload)
    }
  }
}
