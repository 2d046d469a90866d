import EventPatterns
import JSON
import Testing

@Suite("A service with limits of its own")
struct PatternFieldTests {
  private func combinations(_ text: String) throws -> [[PatternField]] {
    var combinations: [[PatternField]] = []
    _ = try EventPattern(parsing: text, emptyValuesExist: true, combinations: &combinations)
    return combinations
  }

  @Test("gets the lists of a pattern, and how deep they stand")
  func lists() throws {
    let fields = try #require(try combinations(#"{"a": {"b.c": [1, "x"]}, "d": [{"exists": true}]}"#).first)
    #expect(fields.map(\.path) == [["a", "b", "c"], ["d"]])
    #expect(fields.map(\.level) == [2, 1])
    #expect(fields.map(\.elements) == [[1, "x"], [["exists": true]]])
  }

  @Test("gets what must match together where there is `$or`")
  func orCombinations() throws {
    let combinations = try combinations(
      #"{"s": [1], "$or": [{"a": [1]}, {"b": [1], "d": {"$or": [{"e": [1]}, {"f": [1]}]}}]}"#)
    #expect(
      combinations.map { $0.map { $0.path.joined(separator: ".") } } == [
        ["s", "a"], ["s", "b", "d.e"], ["s", "b", "d.f"],
      ])
    #expect(combinations.map { $0.map(\.level) } == [[1, 1], [1, 1, 2], [1, 1, 2]])
  }

  @Test("may have it that nothing is there where there is no more than `null` or an empty text")
  func emptyValues() throws {
    var combinations: [[PatternField]] = []
    let pattern = try EventPattern(
      parsing: #"{"v": [{"exists": true}]}"#, emptyValuesExist: false, combinations: &combinations)
    for event in [#"{"v": "x"}"#, #"{"v": 0}"#, #"{"v": false}"#, #"{"v": [null, "x"]}"#] {
      #expect(pattern.matches(try JSONValue(parsing: event)), "\(event)")
    }
    for event in [#"{"v": null}"#, #"{"v": ""}"#, #"{"v": [null, ""]}"#, #"{"v": []}"#, #"{"v": {}}"#, "{}"] {
      #expect(!pattern.matches(try JSONValue(parsing: event)), "\(event)")
    }
  }
}
