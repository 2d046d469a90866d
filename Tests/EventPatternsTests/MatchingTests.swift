import EventPatterns
import JSON
import Testing

/// A pattern, and events that it must let through or drop; all as JSON text.
struct MatchingCase: Sendable, CustomTestStringConvertible {
  let pattern: String
  let matching: [String]
  let dropped: [String]

  init(_ pattern: String, matches matching: [String] = [], drops dropped: [String] = []) {
    self.pattern = pattern
    self.matching = matching
    self.dropped = dropped
  }

  var testDescription: String { pattern }

  func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let pattern = try EventPattern(parsing: pattern)
    for event in matching {
      #expect(pattern.matches(try JSONValue(parsing: event)), "drops \(event)", sourceLocation: sourceLocation)
    }
    for event in dropped {
      #expect(!pattern.matches(try JSONValue(parsing: event)), "passes \(event)", sourceLocation: sourceLocation)
    }
    try #require(matching.count + dropped.count > 0, sourceLocation: sourceLocation)
  }
}

@Suite("A pattern matches")
struct MatchingTests {
  @Test(
    "exact values of the same type",
    arguments: [
      MatchingCase(#"{"id": ["7"]}"#, matches: [#"{"id": "7"}"#], drops: [#"{"id": 7}"#, #"{"id": "77"}"#, "{}"]),
      MatchingCase(#"{"id": ["a", "b"]}"#, matches: [#"{"id": "a"}"#, #"{"id": "b"}"#], drops: [#"{"id": "c"}"#]),
      MatchingCase(#"{"id": [""]}"#, matches: [#"{"id": ""}"#], drops: [#"{"id": null}"#, #"{"id": " "}"#]),
      MatchingCase(#"{"on": [false]}"#, matches: [#"{"on": false}"#], drops: [#"{"on": true}"#, #"{"on": "false"}"#]),
      MatchingCase(#"{"on": [true]}"#, matches: [#"{"on": true}"#], drops: [#"{"on": 1}"#]),
      MatchingCase(
        #"{"gone": [null]}"#, matches: [#"{"gone": null}"#],
        drops: [#"{"gone": "null"}"#, #"{"gone": []}"#, #"{"gone": {}}"#, "{}"]),
      MatchingCase(
        #"{"id": [7, "seven", null]}"#, matches: [#"{"id": 7}"#, #"{"id": "seven"}"#, #"{"id": null}"#],
        drops: [#"{"id": "7"}"#]),
      // The same letter, composed and decomposed: Swift's `String` would call the two equal.
      MatchingCase(#"{"id": ["caf\u00e9"]}"#, matches: [#"{"id": "café"}"#], drops: [#"{"id": "cafe\u0301"}"#]),
      MatchingCase(
        #"{"caf\u00e9": [{"exists": true}]}"#, matches: [#"{"café": 1}"#], drops: [#"{"cafe\u0301": 1}"#]),
    ])
  func exactValues(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "numbers by what they are worth, not by how they are written",
    arguments: [
      MatchingCase(
        #"{"n": [300]}"#, matches: ["300", "300.0", "3.0e2", "3E+2", "30000e-2"].map { #"{"n": \#($0)}"# },
        drops: ["301", "300.000001", "-300", #""300""#].map { #"{"n": \#($0)}"# }),
      MatchingCase(#"{"n": [0]}"#, matches: [#"{"n": -0.0}"#, #"{"n": 0e99999999999999999999}"#]),
      MatchingCase(#"{"n": [1.5e0]}"#, matches: [#"{"n": 1.5}"#, #"{"n": 0.15e1}"#], drops: [#"{"n": 1.50001}"#]),
      // An account number is too large to be compared: its text decides.
      MatchingCase(
        #"{"n": [123456789012]}"#, matches: [#"{"n": 123456789012}"#], drops: [#"{"n": 123456789012.0}"#]),
      MatchingCase(#"{"n": [0.1234567]}"#, matches: [#"{"n": 0.1234567}"#], drops: [#"{"n": 0.12345670}"#]),
    ])
  func numbers(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "all fields together, at any depth",
    arguments: [
      MatchingCase(
        #"{"kind": ["a"], "detail": {"state": {"now": ["up"]}}}"#,
        matches: [#"{"detail": {"more": 1, "state": {"now": "up"}}, "kind": "a"}"#],
        drops: [
          #"{"kind": "b", "detail": {"state": {"now": "up"}}}"#, #"{"kind": "a", "detail": {"state": "up"}}"#,
          #"{"kind": "a", "detail": {"state": {"now": {"now": "up"}}}}"#, #"{"kind": "a"}"#,
        ]),
      MatchingCase(#"{"KEY": ["v"]}"#, matches: [#"{"KEY": "v"}"#], drops: [#"{"key": "v"}"#]),
      MatchingCase(
        #"{"dynamodb": {"NewImage": {"size": {"N": ["12"]}}}}"#,
        matches: [#"{"dynamodb": {"NewImage": {"size": {"S": "x", "N": "12"}}}}"#],
        drops: [#"{"dynamodb": {"NewImage": {"size": {"N": 12}}}}"#]),
      // JSON within a string is a string.
      MatchingCase(
        #"{"body": {"a": ["b"]}}"#, matches: [#"{"body": {"a": "b"}}"#], drops: [#"{"body": "{\"a\": \"b\"}"}"#]),
      MatchingCase(#"{"": ["x"]}"#, matches: [#"{"": "x"}"#], drops: [#"{"a": "x"}"#]),
    ])
  func fields(_ example: MatchingCase) throws { try example.check() }

  @Test("no event that is not an object", arguments: ["null", "[]", #"[{"a": 1}]"#, #""a""#, "1"])
  func otherDocuments(_ event: String) throws {
    let pattern = try EventPattern(parsing: #"{"a": [{"exists": false}]}"#)
    #expect(!pattern.matches(try JSONValue(parsing: event)))
    #expect(pattern.matches([:]))
  }

  @Test(
    "names with dots as the paths they spell, on either side",
    arguments: [
      MatchingCase(
        #"{"d": {"state.now": ["up"]}}"#,
        matches: [
          #"{"d": {"state": {"now": "up"}}}"#, #"{"d": {"state.now": "up"}}"#, #"{"d.state.now": "up"}"#,
          #"{"d.state": {"now": "up"}}"#,
        ],
        drops: [#"{"d": {"state.nowhere": "up"}}"#, #"{"d": {"state": "up"}}"#, #"{"d": {"state..now": "up"}}"#]),
      MatchingCase(
        #"{"d": {"state": {"now": ["up"]}}}"#, matches: [#"{"d": {"state.now": "up"}}"#],
        drops: [#"{"d": {"state.now": {"now": "up"}}}"#]),
      MatchingCase(
        #"{"d": {"state.now": {"now": ["up"]}}}"#, matches: [#"{"d": {"state": {"now": {"now": "up"}}}}"#],
        drops: [#"{"d": {"state": {"now": "up"}}}"#]),
      // Two spellings of one object count together.
      MatchingCase(
        #"{"d": {"x": [1], "y": [2]}}"#, matches: [#"{"d": {"x": 1}, "d.y": 2}"#],
        drops: [#"{"d": {"x": 1}, "e.y": 2}"#]
      ),
      MatchingCase(#"{"a.": ["x"]}"#, matches: [#"{"a": {"": "x"}}"#, #"{"a.": "x"}"#], drops: [#"{"a": "x"}"#]),
    ])
  func dottedNames(_ example: MatchingCase) throws { try example.check() }
}
