import JSON
import TestSupport
import Testing

@testable import EventPatterns

@Suite("Spoiled input")
struct MutationTests {
  private static let patterns = [
    #"{"a": ["x", 1.5e2, null, true], "b": {"c": [{"prefix": "p"}, {"suffix": {"equals-ignore-case": "S"}}]}}"#,
    #"{"a": [{"anything-but": ["x", "y"]}, {"anything-but": {"wildcard": ["*a*", "b\\*"]}}, {"exists": false}]}"#,
    #"{"n": [{"numeric": [">", -5, "<=", 5.25]}, {"anything-but": [1, 2]}], "ip": [{"cidr": "10.1.0.0/16"}]}"#,
    #"{"$or": [{"a": [1]}, {"b.c": [{"cidr": "2001:db8::/32"}]}, {"$or": [{"x": [2]}, {"y": [{"wildcard": "*/a/*"}]}]}]}"#,
    #"{"d": {"ö": ["\u00e9\ud83d\ude00\n", {"equals-ignore-case": "ÉÄ"}], "e.f": [{"exists": true}]}}"#,
  ]
  private static let events = [
    #"{"a": ["x", {"b": [1, [2, {"c": "p"}]]}], "b": {"c": "Tests"}, "n": 3.5, "ip": "10.1.2.3"}"#,
    #"{"a": 1, "b.c": "2001:db8::1", "d": {"ö": "\u00e9\ud83d\ude00\n", "e": {"f": null}}, "y": "x/a/b"}"#,
    #"[{"x": 2}, -0.0, 1E+9, 12345678901234567890, "", {}, [], true, false, null]"#,
  ]
  /// What makes a difference to either parser, put in whole.
  private static let words = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "*", ".", "/", "-", "e", "0", "9", "$or", "null", "{}",
    "[]", "\"\"", "{\"a\":", "prefix", "anything-but", "numeric", "exists", "wildcard", "cidr", "=", "<", ">=", "\u{0}",
    "é", "\u{301}",
  ].map { Array($0.utf8) }

  private func spoiled(_ text: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = text
    for _ in 0...random.index(below: 3) where !bytes.isEmpty {
      let place = random.index(below: bytes.count)
      switch random.index(below: 6) {
      case 0: bytes[place] = UInt8(random.index(below: 256))
      case 1: bytes.remove(at: place)
      case 2: bytes.removeSubrange(place...)
      case 3: bytes.insert(contentsOf: random.element(of: Self.words), at: place)
      case 4:
        let end = min(place + random.index(below: 12), bytes.count)
        bytes.insert(contentsOf: bytes[place..<end], at: random.index(below: bytes.count))
      default:
        let word = random.element(of: Self.words)
        bytes.replaceSubrange(place..<min(place + word.count, bytes.count), with: word)
      }
    }
    return bytes
  }

  @Test("is parsed to the same value again, or refused with a place in it", .timeLimit(.minutes(5)))
  func documents() async {
    var random = SeededGenerator.announced(for: "documents")
    let seeds = (Self.events + Self.patterns).map { Array($0.utf8) }
    var parsed = 0
    let count = 50_000
    for index in 0..<count {
      await giveWay(inRound: index)
      let input = spoiled(seeds[index % seeds.count], &random)
      do throws(JSONParseError) {
        let value = try JSONValue(parsing: input)
        parsed += 1
        let again = Result { () throws(JSONParseError) in try JSONValue(parsing: value.text) }
        if again != .success(value) { Issue.record("\(input) is another value when written and read") }
      } catch {
        if !(0...input.count).contains(error.offset) { Issue.record("\(error) is outside of \(input)") }
      }
    }
    #expect(parsed > count / 50)
    #expect(parsed < count)
  }

  @Test("makes a pattern that is either refused or can be asked", .timeLimit(.minutes(5)))
  func patterns() async throws {
    var random = SeededGenerator.announced(for: "patterns")
    let seeds = Self.patterns.map { Array($0.utf8) }
    let events = try Self.events.map { try JSONValue(parsing: $0) }
    var valid = 0
    var matches = 0
    let count = 50_000
    for index in 0..<count {
      await giveWay(inRound: index)
      let text = String(decoding: spoiled(seeds[index % seeds.count], &random), as: UTF8.self)
      do throws(EventPatternError) {
        let pattern = try EventPattern(parsing: text)
        valid += 1
        for event in events where pattern.matches(event) { matches += 1 }
      } catch {
        if error.reason.isEmpty { Issue.record("no reason for \(text)") }
      }
    }
    #expect(valid > count / 50)
    #expect(valid < count)
    #expect(matches > 0)
  }
}
