import EventPatterns
import JSON
import Testing

@Suite("$or")
struct OrTests {
  @Test(
    "joins its branches with what stands beside it",
    arguments: [
      MatchingCase(
        #"{"s": ["x"], "$or": [{"a": [1]}, {"b": [2], "c": [3]}]}"#,
        matches: [#"{"s": "x", "a": 1}"#, #"{"s": "x", "b": 2, "c": 3}"#],
        drops: [#"{"s": "y", "a": 1}"#, #"{"s": "x", "b": 2}"#, #"{"s": "x"}"#, #"{"a": 1}"#]),
      MatchingCase(
        #"{"$or": [{"a": [1]}, {"b": [1]}], "d": {"$or": [{"e": [1]}, {"f": [1]}]}}"#,
        matches: [#"{"a": 1, "d": {"f": 1}}"#, #"{"b": 1, "d": {"e": 1}}"#],
        drops: [#"{"a": 1, "b": 1}"#, #"{"a": 1, "f": 1}"#, #"{"d": {"e": 1}}"#]),
      MatchingCase(
        #"{"$or": [{"a": [1]}, {"b": [1], "$or": [{"c": [1]}, {"d": [1]}]}]}"#,
        matches: [#"{"a": 1}"#, #"{"b": 1, "c": 1}"#, #"{"b": 1, "d": 1}"#], drops: [#"{"b": 1}"#, #"{"c": 1}"#]),
      MatchingCase(
        #"{"$or": [{"n": [{"numeric": ["<", 0]}]}, {"n": [{"numeric": [">", 9]}]}]}"#,
        matches: [#"{"n": -1}"#, #"{"n": 10}"#], drops: [#"{"n": 5}"#]),
      // One element of an array must have what a branch asks for together with what all branches do.
      MatchingCase(
        #"{"l": {"k": [1], "$or": [{"a": [1]}, {"b": [1]}]}}"#, matches: [#"{"l": [{"a": 1}, {"k": 1, "b": 1}]}"#],
        drops: [#"{"l": [{"k": 1}, {"a": 1, "b": 1}]}"#]),
    ])
  func branches(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "is a name like any other where no branches follow it",
    arguments: [
      MatchingCase(#"{"$or": ["x"]}"#, matches: [#"{"$or": "x"}"#], drops: ["{}"]),
      MatchingCase(#"{"$or": {"a": ["x"]}}"#, matches: [#"{"$or": {"a": "x"}}"#], drops: [#"{"a": "x"}"#]),
      MatchingCase(
        #"{"$or": [{"prefix": "a"}, {"suffix": "z"}]}"#, matches: [#"{"$or": "abc"}"#, #"{"$or": "xyz"}"#],
        drops: [#"{"$or": "b"}"#, "{}"]),
      MatchingCase(#"{"$or": [{"exists": false}]}"#, matches: ["{}"], drops: [#"{"$or": 1}"#]),
    ])
  func ordinaryName(_ example: MatchingCase) throws { try example.check() }

  @Test("makes a thousand combinations at most")
  func combinations() throws {
    func pattern(_ counts: Int...) -> String {
      let factors = counts.enumerated().map { place, count in
        let branches = (0..<count).map { #"{"a\#($0)": [\#($0)]}"# }.joined(separator: ",")
        return #""f\#(place)": {"$or": [\#(branches)]}"#
      }
      return "{" + factors.joined(separator: ",") + "}"
    }
    let largest = try EventPattern(parsing: pattern(10, 10, 10))
    #expect(largest.matches(["f0": ["a9": 9], "f1": ["a0": 0], "f2": ["a9": 9]]))
    #expect(!largest.matches(["f0": ["a9": 9], "f1": ["a0": 0], "f2": ["a9": 8]]))
    #expect(throws: EventPatternError.tooManyCombinations(limit: 1000)) {
      try EventPattern(parsing: pattern(10, 10, 11))
    }
    #expect(throws: EventPatternError.tooManyCombinations(limit: 1000)) { try EventPattern(parsing: pattern(1001)) }
  }
}
