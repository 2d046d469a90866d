import EventPatterns
import JSON
import Testing

@Suite("An array of the event")
struct ArrayTests {
  @Test(
    "passes when one of its values does",
    arguments: [
      MatchingCase(
        #"{"tags": ["a", "b"]}"#, matches: [#"{"tags": ["x", "b"]}"#, #"{"tags": [["x"], ["a"]]}"#],
        drops: [#"{"tags": ["x", "y"]}"#, #"{"tags": []}"#, #"{"tags": [["x"], []]}"#, #"{"tags": [{"a": "a"}]}"#]),
      MatchingCase(
        #"{"tags": [{"prefix": "a"}]}"#, matches: [#"{"tags": [1, "ab"]}"#], drops: [#"{"tags": [1, "ba"]}"#]),
      MatchingCase(
        #"{"tags": [{"anything-but": "a"}]}"#, matches: [#"{"tags": ["a", "b"]}"#],
        drops: [#"{"tags": ["a", "a"]}"#, #"{"tags": []}"#]),
      MatchingCase(
        #"{"tags": [{"exists": true}]}"#, matches: [#"{"tags": [null]}"#, #"{"tags": [[0]]}"#],
        drops: [#"{"tags": []}"#, #"{"tags": [[]]}"#, #"{"tags": [{}]}"#]),
      MatchingCase(
        #"{"tags": [{"exists": false}]}"#, matches: [#"{"tags": []}"#, #"{"tags": [[]]}"#],
        drops: [#"{"tags": [null]}"#, #"{"tags": [[], [1]]}"#]),
      // Arrays of patterns and of events are not compared as such.
      MatchingCase(#"{"tags": [1, 2]}"#, matches: [#"{"tags": [2]}"#, #"{"tags": 1}"#]),
    ])
  func values(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "of objects passes when one of them has all that is asked for",
    arguments: [
      MatchingCase(
        #"{"list": {"id": [{"exists": true}]}}"#, matches: [#"{"list": [{"other": "x"}, {"id": "y"}, {}]}"#],
        drops: [#"{"list": [{"other": "x"}, {}]}"#, #"{"list": ["id"]}"#]),
      MatchingCase(
        #"{"list": {"first": ["Ann"], "last": ["Lee"]}}"#,
        matches: [
          #"{"list": [{"first": "Bo", "last": "Day"}, {"first": "Ann", "last": "Lee"}]}"#,
          #"{"list": [[], [{"first": "Ann", "last": "Lee"}]]}"#,
          #"{"list": {"first": "Ann", "last": "Lee"}}"#,
        ],
        drops: [
          #"{"list": [{"first": "Ann", "last": "Day"}, {"first": "Bo", "last": "Lee"}]}"#,
          #"{"list": [[{"first": "Ann"}], [{"last": "Lee"}]]}"#,
        ]),
      MatchingCase(
        #"{"a": {"x": [1], "b": {"y": [2], "z": [3]}}}"#,
        matches: [#"{"a": [{"x": 0}, {"x": 1, "b": [{"y": 2}, {"y": 2, "z": 3}]}]}"#],
        drops: [
          #"{"a": [{"x": 1, "b": [{"y": 2}, {"z": 3}]}]}"#,
          #"{"a": [{"x": 1}, {"b": [{"y": 2, "z": 3}]}]}"#,
        ]),
      MatchingCase(
        #"{"a": {"x": [1]}, "b": {"y": [2]}}"#, matches: [#"{"a": [{}, {"x": 1}], "b": [{"y": 2}, {}]}"#]),
      MatchingCase(#"{"a": ["s"], "a.x": [1]}"#, matches: [#"{"a": ["s", {"x": 1}]}"#], drops: [#"{"a": {"x": 1}}"#]),
    ])
  func objects(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "of objects lacks a field when all lack it, or the one that has the rest",
    arguments: [
      MatchingCase(
        #"{"list": {"id": [{"exists": false}]}}"#,
        matches: [#"{"list": [{"a": 1}, {"b": 1}]}"#, #"{"list": []}"#, #"{"list": [1]}"#, "{}"],
        drops: [#"{"list": [{"a": 1}, {"id": 1}]}"#]),
      MatchingCase(
        #"{"list": {"a": [1], "id": [{"exists": false}]}}"#,
        matches: [#"{"list": [{"a": 1}, {"id": 1}]}"#], drops: [#"{"list": [{"a": 1, "id": 1}, {}]}"#]),
    ])
  func absentFields(_ example: MatchingCase) throws { try example.check() }

  @Test("may be nested as deeply as a document may be")
  func deepNesting() throws {
    let levels = JSONValue.defaultMaximumDepth - 1
    let brackets = (String(repeating: "[", count: levels), String(repeating: "]", count: levels))
    let pattern = try EventPattern(parsing: #"{"a": ["x"]}"#)
    #expect(pattern.matches(try JSONValue(parsing: #"{"a": \#(brackets.0)"x"\#(brackets.1)}"#)))
    #expect(!pattern.matches(try JSONValue(parsing: #"{"a": \#(brackets.0)"y"\#(brackets.1)}"#)))
  }

  /// One path spelled in many ways, an array behind each, would offer a search through all combinations of
  /// their elements more work than can be done.
  @Test("spelled many ways at once is matched in no time", .timeLimit(.minutes(5)))
  func manySpellings() throws {
    let pattern = try EventPattern(parsing: #"{"a": {"b": {"c": {"d": {"x": [1], "y": [1], "z": [1]}}}}}"#)
    let element: JSONValue = ["x": 1, "y": 1]
    let spellings = ["a.b.c.d", "a.b.c", "a.b", "a"]
    var members: [JSONMember] = []
    for _ in 0..<50 {
      for spelling in spellings {
        let missing = 4 - spelling.split(separator: ".").count
        var value = JSONValue.array(Array(repeating: element, count: 20))
        for name in ["d", "c", "b"].prefix(missing) {
          value = .array(Array(repeating: .object([JSONMember(name, value)]), count: 3))
        }
        members.append(JSONMember(spelling, value))
      }
    }
    #expect(!pattern.matches(.object(members)))
    members.append(JSONMember("a.b", ["c.d": [["x": 1, "y": 1, "z": 1]]]))
    #expect(pattern.matches(.object(members)))
  }
}
