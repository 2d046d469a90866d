import TestSupport
import Testing

@testable import EventPatterns

@Suite("A wildcard")
struct WildcardTests {
  @Test(
    "stands for any text, none included",
    arguments: [
      MatchingCase(
        #"{"v": [{"wildcard": "/Users/*/doc.txt"}]}"#,
        matches: [#"{"v": "/Users/me/dir/dir/doc.txt"}"#, #"{"v": "/Users//doc.txt"}"#],
        drops: [#"{"v": "/Users/doc.txt"}"#, #"{"v": "/Users/me/otherdoc.txt"}"#, #"{"v": 1}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"wildcard": "/U/*/dir/dir/dir/doc.txt"}]}"#, matches: [#"{"v": "/U/a/dir/dir/dir/dir/doc.txt"}"#],
        drops: [#"{"v": "/U/a/dir/dir/other/doc.txt"}"#, #"{"v": "/U/a/dir/dir/otherdir/doc.txt"}"#]),
      MatchingCase(#"{"v": [{"wildcard": "*"}]}"#, matches: [#"{"v": ""}"#, #"{"v": "x"}"#], drops: [#"{"v": null}"#]),
      MatchingCase(#"{"v": [{"wildcard": ""}]}"#, matches: [#"{"v": ""}"#], drops: [#"{"v": "x"}"#]),
      MatchingCase(#"{"v": [{"wildcard": "abc"}]}"#, matches: [#"{"v": "abc"}"#], drops: [#"{"v": "abcd"}"#]),
      MatchingCase(
        #"{"v": [{"wildcard": "ab*ba"}]}"#, matches: [#"{"v": "abba"}"#, #"{"v": "abxba"}"#], drops: [#"{"v": "aba"}"#]),
      MatchingCase(
        #"{"v": [{"wildcard": "*aab*"}]}"#, matches: [#"{"v": "aaab"}"#, #"{"v": "xaabx"}"#], drops: [#"{"v": "abab"}"#]
      ),
      MatchingCase(
        #"{"v": [{"wildcard": "a*b*b"}]}"#, matches: [#"{"v": "abb"}"#, #"{"v": "axbyb"}"#], drops: [#"{"v": "ab"}"#]),
      MatchingCase(
        #"{"v": [{"wildcard": "a\\*\\\\*"}]}"#, matches: [#"{"v": "a*\\"}"#, #"{"v": "a*\\x"}"#],
        drops: [#"{"v": "ax\\"}"#, #"{"v": "a*x"}"#]),
      MatchingCase(#"{"v": [{"wildcard": "Ä*é"}]}"#, matches: [#"{"v": "Ä und é"}"#], drops: [#"{"v": "ä é"}"#]),
    ])
  func matching(_ example: MatchingCase) throws { try example.check() }

  /// What a wildcard means, in the plainest words: a place in the text for each place in the wildcard.
  private func meaning(_ wildcard: [UInt8], _ text: [UInt8]) -> Bool {
    var reached = [Bool](repeating: false, count: text.count + 1)
    reached[0] = true
    for byte in wildcard {
      if byte == UInt8(ascii: "*") {
        for index in text.indices where reached[index] { reached[index + 1] = true }
      } else {
        for index in text.indices.reversed() { reached[index + 1] = reached[index] && text[index] == byte }
        reached[0] = false
      }
    }
    return reached[text.count]
  }

  @Test("means the same as a table of all places, for random wildcards and texts")
  func againstMeaning() async throws {
    var random = SeededGenerator.announced(for: "wildcards")
    var matches = 0
    var compared = 0
    for round in 0..<20_000 {
      await giveWay(inRound: round)
      let text = random.text(of: "ab", count: 0...12)
      let wildcard = random.text(of: "aab*", count: 0...7)
      guard let parsed = try? Wildcard(wildcard) else { continue }
      let expected = meaning(Array(wildcard.utf8), Array(text.utf8))
      #expect(parsed.matches(text) == expected, "\(wildcard) on \(text)")
      compared += 1
      matches += expected ? 1 : 0
    }
    // A generator that never, or always, made them match would prove nothing.
    #expect(compared > 5_000)
    #expect(matches > 500)
    #expect(matches < compared - 500)
  }

  @Test("takes time in proportion to the text, even the worst text", .timeLimit(.minutes(5)))
  func worstCases() throws {
    let many = 300_000
    let text = String(repeating: "a", count: many)
    #expect(try !Wildcard("*a*a*a*a*b").matches(text))
    #expect(try !Wildcard("*a*a*a*ab*").matches(text))
    #expect(try Wildcard("*a*a*a*a*").matches(text))
    // Nearly the whole of the middle piece fits at every place of the text.
    let halves = String(repeating: "ab", count: many / 2)
    #expect(try !Wildcard("*ababababb*").matches(halves))
    // The longest that a mapping's filter may be.
    let long = String(repeating: "x", count: 1) + String(repeating: "y", count: 4_000)
    #expect(try !Wildcard("*\(long)*").matches(String(repeating: "xyyyyyyy", count: many / 8)))
  }

  @Test(
    "is refused when a text could be at too many of its places at once",
    arguments: [
      ("*:*:*:*:*:event-bus/*", false), ("/Users/*/dir/dir/dir/dir/dir/doc.txt", true), ("*/init/*", true),
      ("arn:aws:*:*:*:*", true), ("*/*/*/*/*", true), ("*a*b*c*d*e*f*g*h*", true), ("*a*b*c*d*e*f*g*h*i*j*", false),
      ("*aaaaaaaaa", true), ("*aaaaaaaaaa", false), ("aaaaaaaaaaaaaaaaaaaaaaaaaaa*", true),
    ])
  func complexity(_ wildcard: String, isAccepted: Bool) {
    if isAccepted {
      #expect(throws: Never.self) { try Wildcard(wildcard) }
    } else {
      #expect(throws: EventPatternError.wildcardTooComplex) { try Wildcard(wildcard) }
    }
  }

  @Test("of any length is judged quickly", .timeLimit(.minutes(5)))
  func longWildcards() {
    for wildcard in [
      "*" + String(repeating: "a", count: 100_000), String(repeating: "*a", count: 100_000),
      "*" + String(repeating: "ab", count: 50_000) + "*" + String(repeating: "ba", count: 50_000),
    ] {
      #expect(throws: EventPatternError.wildcardTooComplex) { try Wildcard(wildcard) }
    }
  }
}
