import JSON
import LambdaWire
import Testing

@testable import Delivery

/// A message body, a pattern on it and whether the message is delivered.
struct FilterCase: Sendable, CustomTestStringConvertible {
  var body: String
  var patterns: [String]
  var isAdmitted: Bool

  var testDescription: String { "'\(body)' against \(patterns)" }

  init(_ body: String, _ patterns: String..., isAdmitted: Bool) {
    self.body = body
    self.patterns = patterns
    self.isAdmitted = isAdmitted
  }

  /// Documented: what a pattern of either kind does to a body of either kind.
  static let table = [
    FilterCase(#"{"a":1}"#, #"{"body":{"a":[1]}}"#, isAdmitted: true),
    FilterCase(#"{"a":2}"#, #"{"body":{"a":[1]}}"#, isAdmitted: false),
    FilterCase("plain", #"{"body":{"a":[1]}}"#, isAdmitted: false),
    FilterCase(#"{"a":1}"#, #"{"body":["plain"]}"#, isAdmitted: false),
    FilterCase("plain", #"{"body":["plain"]}"#, isAdmitted: true),
    FilterCase("other", #"{"body":["plain"]}"#, isAdmitted: false),
    FilterCase("plain", #"{"body":[{"prefix":"pl"}]}"#, isAdmitted: true),
    FilterCase(#"{"a":1"#, #"{"body":[{"prefix":"{"}]}"#, isAdmitted: true),
    FilterCase(#"{"a":{"b":["x","y"]}}"#, #"{"body":{"a":{"b":["y"]}}}"#, isAdmitted: true),
    // Assumed: a lone number, word or string is the text that it is.
    FilterCase("5", #"{"body":["5"]}"#, isAdmitted: true),
    FilterCase("5", #"{"body":[5]}"#, isAdmitted: false),
    FilterCase("null", #"{"body":[null]}"#, isAdmitted: false),
    FilterCase(#""quoted""#, #"{"body":["quoted"]}"#, isAdmitted: false),
    FilterCase("", #"{"body":[""]}"#, isAdmitted: true),
    // Any of several filters is enough.
    FilterCase("b", #"{"body":["a"]}"#, #"{"body":["b"]}"#, isAdmitted: true),
    FilterCase("c", #"{"body":["a"]}"#, #"{"body":["b"]}"#, isAdmitted: false),
    // The metadata of the record.
    FilterCase("any", #"{"eventSource":["aws:sqs"]}"#, isAdmitted: true),
    FilterCase("any", #"{"eventSource":["aws:kinesis"]}"#, isAdmitted: false),
    // A stored pattern that is none matches nothing beside one that is.
    // To drop is to delete: where one pattern cannot be asked, nothing is dropped.
    FilterCase("a", "nonsense", #"{"body":["b"]}"#, isAdmitted: true),
  ]
}

extension FilterCriteria {
  fileprivate static func make(_ patterns: [String]) throws -> FilterCriteria {
    let filters = patterns.map { JSONValue.object([JSONMember("Pattern", .string($0))]) }
    return try WireCoding.decode(
      FilterCriteria.self, from: Array(JSONValue.object([JSONMember("Filters", .array(filters))]).text.utf8))
  }
}

@Suite struct RecordFilterTests {
  @Test(arguments: FilterCase.table) func admitsAsDocumented(filter: FilterCase) throws {
    let record: JSONValue = .object([
      JSONMember("eventSource", "aws:sqs"), JSONMember("body", RecordFilter.view(of: filter.body)),
    ])
    #expect(try RecordFilter(.make(filter.patterns)).admits(record) == filter.isAdmitted)
  }

  @Test func withoutFiltersEverythingIsAdmitted() throws {
    for criteria in [nil, try FilterCriteria.make([])] {
      let filter = RecordFilter(criteria)
      #expect(filter.isEmpty)
      #expect(filter.admits(["body": "a"]))
      #expect(filter.admits(.null))
    }
  }
}
