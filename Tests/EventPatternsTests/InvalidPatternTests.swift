import JSON
import Testing

@testable import EventPatterns

@Suite("An invalid pattern is refused")
struct InvalidPatternTests {
  @Test(
    "with the place of what is not JSON",
    arguments: [
      ("", 0), ("simple string", 0), ("single-string", 0), (#"[{"eventName": ["INSERT"=123}]"#, 24),
      (#"{"a": ["b"]} x"#, 13), (#"{"a": ["b",]}"#, 11), ("{'a': ['b']}", 1), (#"{"a": [01]}"#, 8),
      (#"{"a": ["\#("\u{7}")"]}"#, 8),
    ])
  func notJSON(_ pattern: String, offset: Int) throws {
    let error = try #require(throws: EventPatternError.self) { try EventPattern(parsing: pattern) }
    guard case .notJSON(let jsonError) = error else {
      Issue.record("unexpected: \(error)")
      return
    }
    #expect(jsonError.offset == offset)
    #expect(error.reason.hasPrefix("Not a JSON document: "))
  }

  @Test(
    "with the reason that AWS gives",
    arguments: [
      // Its structure
      ("null", "Filter is not an object"),
      (#"[{"a": ["b"]}]"#, "Filter is not an object"),
      (#""text""#, "Filter is not an object"),
      ("{}", "Empty objects are not allowed"),
      (#"{"a": {}}"#, "Empty objects are not allowed"),
      (#"{"a": ["x"], "b": {"c": {}}}"#, "Empty objects are not allowed"),
      (#"{"source": "aws:sqs"}"#, #""source" must be an object or an array"#),
      (#"{"n": 42}"#, #""n" must be an object or an array"#),
      (#"{"n": null}"#, #""n" must be an object or an array"#),
      (#"{"source": []}"#, "Empty arrays are not allowed"),
      (#"{"a": [["b"]]}"#, "Match value must be String, number, true, false, or null"),
      (#"{"a": [1], "a": [2]}"#, "Path `a` cannot be allowed multiple times"),
      (#"{"a": {"b": [1]}, "a": {"c": [1]}}"#, "Path `a` cannot be allowed multiple times"),
      (#"{"a": {"b": [1]}, "a.b": [2]}"#, "Path `a.b` cannot be allowed multiple times"),
      (#"{"a": [1], "$or": [{"a": [2]}, {"b": [3]}]}"#, "Path `a` cannot be allowed multiple times"),
      // Operators
      (#"{"a": [{}]}"#, "Match expression name not found"),
      (#"{"a": [{"EXISTS": true}]}"#, "Unrecognized match type EXISTS"),
      (#"{"a": [{"NUMERIC": ["=", 5]}]}"#, "Unrecognized match type NUMERIC"),
      (#"{"a": [{"regex": "x"}]}"#, "Unrecognized match type regex"),
      (#"{"a": [{"prefix": "x", "suffix": "y"}]}"#, "Only one key allowed in match expression"),
      (#"{"a": [{"prefix": "x", "prefix": "x"}]}"#, "Only one key allowed in match expression"),
      (#"{"a": [{"anything-but": {"prefix": "x", "suffix": "y"}}]}"#, "Only one key allowed in match expression"),
      (
        #"{"a": [{"prefix": {"equals-ignore-case": "x", "prefix": "y"}}]}"#,
        "Only one key allowed in match expression"
      ),
      (#"{"a": [{"prefix": ["x"]}]}"#, "prefix match pattern must be a string"),
      (#"{"a": [{"suffix": 1}]}"#, "suffix match pattern must be a string"),
      (#"{"a": [{"prefix": {"suffix": "x"}}]}"#, "Unsupported prefix pattern: suffix"),
      (#"{"a": [{"suffix": {"equals-ignore-case": 1}}]}"#, "equals-ignore-case match pattern must be a string"),
      (#"{"a": [{"equals-ignore-case": ["x"]}]}"#, "equals-ignore-case match pattern must be a string"),
      (#"{"a": [{"equals-ignore-case": {"prefix": "x"}}]}"#, "equals-ignore-case match pattern must be a string"),
      (#"{"a": [{"wildcard": 123}]}"#, "wildcard match pattern must be a string"),
      (#"{"a": [{"wildcard": ["x*"]}]}"#, "wildcard match pattern must be a string"),
      (#"{"a": [{"cidr": 10}]}"#, "cidr match pattern must be a string"),
      (#"{"a": [{"exists": "true"}]}"#, "exists match pattern must be either true or false."),
      // anything-but
      (#"{"a": [{"anything-but": null}]}"#, "Value of anything-but must be an array or single string/number value."),
      (
        #"{"a": [{"anything-but": {"prefix": {"equals-ignore-case": "x"}}}]}"#,
        "Value of anything-but must be an array or single string/number value."
      ),
      (
        #"{"a": [{"anything-but": {"suffix": {"equals-ignore-case": "x"}}}]}"#,
        "Value of anything-but must be an array or single string/number value."
      ),
      (#"{"a": [{"anything-but": ["x", null]}]}"#, "Inside anything but list, start|null|boolean is not supported."),
      (
        #"{"a": [{"anything-but": ["x", 1]}]}"#,
        "Inside anything but list, either all values are number or string, mixed type is not supported"
      ),
      (
        #"{"a": [{"anything-but": []}]}"#,
        "Inside anything but list, either all values are number or string, mixed type is not supported"
      ),
      (#"{"a": [{"anything-but": {"exists": true}}]}"#, "Unsupported anything-but pattern: exists"),
      (#"{"a": [{"anything-but": {"prefix": ""}}]}"#, "Null prefix/suffix not allowed"),
      (#"{"a": [{"anything-but": {"suffix": ["x", ""]}}]}"#, "Null prefix/suffix not allowed"),
      (#"{"a": [{"anything-but": {"prefix": 123}}]}"#, "prefix/suffix match pattern must be a string"),
      (#"{"a": [{"anything-but": {"prefix": [123, "x"]}}]}"#, "prefix/suffix match pattern must be a string"),
      (#"{"a": [{"anything-but": {"suffix": [null, "x"]}}]}"#, "prefix/suffix match pattern must be a string"),
      (#"{"a": [{"anything-but": {"suffix": []}}]}"#, "Empty arrays are not allowed"),
      (#"{"a": [{"anything-but": {"wildcard": [1, "x"]}}]}"#, "wildcard match pattern must be a string"),
      (#"{"a": [{"anything-but": {"wildcard": 1}}]}"#, "wildcard match pattern must be a string"),
      (
        #"{"a": [{"anything-but": {"equals-ignore-case": 123}}]}"#,
        "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
      ),
      (
        #"{"a": [{"anything-but": {"equals-ignore-case": ["x", 1]}}]}"#,
        "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
      ),
      // numeric
      (#"{"a": [{"numeric": 5}]}"#, "Value of numeric must be an array."),
      (#"{"a": [{"numeric": []}]}"#, "Invalid member in numeric match: ]"),
      (#"{"a": [{"numeric": [5]}]}"#, "Invalid member in numeric match: 5"),
      (#"{"a": [{"numeric": [[">", 0]]}]}"#, "Invalid member in numeric match: ["),
      (#"{"a": [{"numeric": [">", 20, 30]}]}"#, "Bad value in numeric range: 30"),
      (#"{"a": [{"numeric": [">", 20, {}]}]}"#, "Bad value in numeric range: {"),
      (#"{"a": [{"numeric": ["!=", 5]}]}"#, "Unrecognized numeric range operator: !="),
      (#"{"a": [{"numeric": ["=", "5"]}]}"#, "Value of equals must be numeric"),
      (#"{"a": [{"numeric": [">"]}]}"#, "Value of > must be numeric"),
      (#"{"a": [{"numeric": [">", 0, "<"]}]}"#, "Value of < must be numeric"),
      (#"{"a": [{"numeric": [">", 0, ">", 5]}]}"#, "Bad numeric range operator: >"),
      (#"{"a": [{"numeric": ["<", 5, ">", 0]}]}"#, "Too many elements in numeric expression"),
      (#"{"a": [{"numeric": [">", 0, "<", 5, "<", 6]}]}"#, "Too many terms in numeric range expression"),
      (#"{"a": [{"numeric": [">", 5, "<", 5]}]}"#, "Bottom must be less than top"),
      (#"{"a": [{"numeric": ["<", 5000000001]}]}"#, "Value must be between -5.0E9 and 5.0E9, inclusive: 5000000001"),
      (#"{"a": [{"anything-but": 1e300}]}"#, "Value must be between -5.0E9 and 5.0E9, inclusive: 1e300"),
      (#"{"a": [{"numeric": ["=", 0.1234567]}]}"#, "Only values up to 6 decimals are supported: 0.1234567"),
      // wildcard
      (#"{"a": [{"wildcard": "a**"}]}"#, "Consecutive wildcard characters at pos 2"),
      (#"{"a": [{"wildcard": "a\\b"}]}"#, "Invalid escape character at pos 2"),
      (#"{"a": [{"wildcard": "a\\"}]}"#, "Invalid escape character at pos 2"),
      // cidr
      (#"{"a": [{"cidr": "10.0.0.0"}]}"#, "Malformed CIDR, one '/' required"),
      (#"{"a": [{"cidr": "10.0.0.0/"}]}"#, "Malformed CIDR, one '/' required"),
      (#"{"a": [{"cidr": "10.0.0.0/8/8"}]}"#, "Malformed CIDR, one '/' required"),
      (#"{"a": [{"cidr": "nowhere/8x"}]}"#, "Malformed CIDR, mask bits must be an integer"),
      (#"{"a": [{"cidr": "10.0.0.0/-1"}]}"#, "Malformed CIDR, mask bits must not be negative"),
      (#"{"a": [{"cidr": "10.0.0.0/32"}]}"#, "IPv4 mask bits must be < 32"),
      (#"{"a": [{"cidr": "::/128"}]}"#, "IPv6 mask bits must be < 128"),
      (#"{"a": [{"cidr": "10.0.0.256/8"}]}"#, "Invalid IP address: 10.0.0.256"),
      (#"{"a": [{"cidr": "1:2/8"}]}"#, "Invalid IP address: 1:2"),
      (#"{"a": [{"cidr": "yy.11.yy/8"}]}"#, "Nonstandard IP address: yy.11.yy"),
      // $or
      (#"{"$or": [{"a": [1]}]}"#, "Unrecognized match type a"),
      (#"{"$or": [{"a": [1]}, "x"]}"#, "Unrecognized match type a"),
      (#"{"$or": [{"a": [1]}, {"prefix": "x"}]}"#, "Unrecognized match type a"),
      (#"{"$or": [{"a": [1]}, {}]}"#, "Empty objects are not allowed"),
      (
        #"{"$or": [{"a": [1]}, {"b": {"prefix": ["x"]}}]}"#,
        "prefix is Ruler reserved fieldName which cannot be used inside $or."
      ),
    ])
  func invalid(_ pattern: String, reason: String) throws {
    let error = try #require(throws: EventPatternError.self) { try EventPattern(parsing: pattern) }
    #expect(error.reason == reason)
    #expect(error.description == "Event pattern is not valid. Reason: \(reason)")
  }

  @Test("when it is too deep, by objects or by a name's dots")
  func tooDeep() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: #"{"a":"#, count: depth - 1) + "[1]" + String(repeating: "}", count: depth - 1)
    }
    func dotted(_ depth: Int) -> String {
      #"{"\#(Array(repeating: "a", count: depth).joined(separator: "."))": [1]}"#
    }
    let limit = PatternParser.maximumDepth
    let error = EventPatternError.tooDeep(limit: limit)
    let pattern = try EventPattern(parsing: nested(limit))
    #expect(pattern.matches(try JSONValue(parsing: nested(limit))))
    #expect(throws: error) { try EventPattern(parsing: nested(limit + 1)) }
    #expect(try EventPattern(parsing: dotted(limit)).matches(try JSONValue(parsing: dotted(limit))))
    #expect(throws: error) { try EventPattern(parsing: dotted(limit + 1)) }
    #expect(throws: error) { try EventPattern(parsing: String(repeating: "[", count: 1_000_000)) }
  }

  @Test("and two patterns are equal when they ask for the same")
  func equality() throws {
    let pattern = try EventPattern(parsing: #"{"a": [{"prefix": "x"}], "b.c": [1]}"#)
    #expect(try pattern == EventPattern(parsing: #"{"a":[{"prefix":"\u0078"}],"b":{"c":[1]}}"#))
    #expect(try pattern != EventPattern(parsing: #"{"a":[{"suffix":"x"}],"b":{"c":[1]}}"#))
  }
}
