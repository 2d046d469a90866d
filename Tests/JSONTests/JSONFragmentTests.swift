import TestSupport
import Testing

@testable import JSON

@Suite("A JSON fragment")
struct JSONFragmentTests {
  private func fragment(_ text: String) throws -> JSONFragment { try JSONFragment(document: Array(text.utf8)) }

  private func token(_ fragment: JSONFragment?) -> String? {
    fragment.map { String(decoding: $0.token, as: UTF8.self) }
  }

  @Test(
    "keeps members as they were written",
    arguments: [
      (#"{"a":1}"#, "1"), (#" { "a" : 1 } "#, "1"), (#"{"b":[],"a":"x"}"#, #""x""#), (#"{"a":"x","a":"y"}"#, #""x""#),
      (#"{"a":"\u0041\/\ud800"}"#, #""\u0041\/\ud800""#), (#"{"a":"}\"]{"}"#, #""}\"]{""#),
      (#"{"b":{"a":1},"a":{"a":[{}]}}"#, #"{"a":[{}]}"#), (#"{"a":[ 1 , 2 ]}"#, "[ 1 , 2 ]"),
      (#"{"a":123456789012345678901234567890.5e-400}"#, "123456789012345678901234567890.5e-400"),
      (#"{"a":null}"#, "null"), (#"{"a":"\\"}"#, #""\\""#), ("{\"a\":\"é😀\u{7f}\"}", "\"é😀\u{7f}\""),
      // Names are compared as they are written.
      (#"{"\u0061":1}"#, nil), (#"{"aa":1}"#, nil), (#"{"A":1}"#, nil), ("{}", nil), (#"["a",1]"#, nil),
      (#""a""#, nil), ("1", nil), ("null", nil),
    ] as [(String, String?)])
  func members(_ text: String, value: String?) throws {
    #expect(try token(fragment(text).member("a")) == value)
  }

  @Test("visits members and elements in their order")
  func visits() throws {
    var seen: [String] = []
    try fragment(#" {"b": 1, "a": [true, {}], "b": "x"} "#).forEachMember { name, value in
      seen.append("\(token(name) ?? "") \(token(value) ?? "")")
    }
    #expect(seen == [#""b" 1"#, #""a" [true, {}]"#, #""b" "x""#])
    seen = []
    try fragment(#"[ 1 ,[2,3], {"a":[4]} ,"]" ]"#).forEachElement { seen.append(token($0) ?? "") }
    #expect(seen == ["1", "[2,3]", #"{"a":[4]}"#, #""]""#])
    for text in ["{}", "[]", "{ }", "[ ]", "1", #""a""#, "null"] {
      try fragment(text).forEachMember { _, _ in Issue.record("a member of \(text)") }
      try fragment(text).forEachElement { _ in Issue.record("an element of \(text)") }
    }
  }

  @Test("gives the error of a visitor on")
  func visitorErrors() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) { try fragment("[1]").forEachElement { _ in throw Stop() } }
    #expect(throws: Stop.self) { try fragment(#"{"a":1}"#).forEachMember { _, _ in throw Stop() } }
  }

  @Test(
    "resolves escapes where a text is asked for",
    arguments: [
      (#""""#, ""), (#""a""#, "a"), (#""\u0041\n\/""#, "A\n/"), (#""\ud83d\ude00""#, "😀"), (#""\ud800""#, nil),
      (#""\x""#, nil), ("1", nil), ("null", nil), ("[]", nil), ("{}", nil),
    ] as [(String, String?)])
  func texts(_ text: String, value: String?) throws {
    #expect(try fragment(text).text == value)
  }

  @Test("has no text where bytes are no UTF-8")
  func invalidUTF8() throws {
    #expect(try JSONFragment(document: [0x22, 0xc3, 0x28, 0x22]).text == nil)
  }

  @Test(
    "reads integers out of numbers and strings",
    arguments: [
      ("5", 5), (#""5""#, 5), ("-7", -7), ("1.0", nil), ("1e3", nil), (#""""#, nil), (#""x""#, nil), ("null", nil),
      ("99999999999999999999", nil), ("[5]", nil),
    ] as [(String, Int?)])
  func integers(_ text: String, value: Int?) throws {
    #expect(try fragment(text).integer == value)
  }

  @Test(
    "tells kinds apart",
    arguments: [
      (#""a""#, "string"), ("null", "null"), ("{}", "object"), ("[]", "array"), ("1", ""), ("true", ""), ("-1", ""),
    ])
  func kinds(_ text: String, kind: String) throws {
    let fragment = try fragment(text)
    #expect(fragment.isString == (kind == "string"))
    #expect(fragment.isNull == (kind == "null"))
    #expect(fragment.isObject == (kind == "object"))
    #expect(fragment.isArray == (kind == "array"))
  }

  @Test("compares a string as it is written")
  func isString() throws {
    #expect(try fragment(#""abc""#).isString("abc"))
    #expect(try !fragment(#""abd""#).isString("abc"))
    #expect(try !fragment(#""abcd""#).isString("abc"))
    #expect(try !fragment(#""\u0061bc""#).isString("abc"))
    #expect(try !fragment("12345").isString("234"))
    #expect(try fragment(#""""#).isString(""))
    #expect(try fragment(#""a""#).isString("a"))
  }

  @Test(
    "names what is no document, and where",
    arguments: [
      ("", 0, .unexpectedEnd), ("  ", 2, .unexpectedEnd), ("[1", 2, .unexpectedEnd), ("[1,", 3, .unexpectedEnd),
      (#"{"a""#, 4, .unexpectedEnd), (#"{"a":"#, 5, .unexpectedEnd), (#""abc"#, 4, .unexpectedEnd),
      ("[1,]", 3, .unexpectedByte(UInt8(ascii: "]"))), ("[,1]", 1, .unexpectedByte(UInt8(ascii: ","))),
      (#"{"a":1,}"#, 7, .unexpectedByte(UInt8(ascii: "}"))), ("{1:2}", 1, .unexpectedByte(UInt8(ascii: "1"))),
      (#"{"a" 1}"#, 5, .unexpectedByte(UInt8(ascii: "1"))), ("[1 2]", 3, .unexpectedByte(UInt8(ascii: "2"))),
      ("[1}", 2, .unexpectedByte(UInt8(ascii: "}"))), ("'a'", 0, .unexpectedByte(UInt8(ascii: "'"))),
      ("{} {}", 3, .trailingBytes), ("1]", 1, .trailingBytes), ("<html>", 0, .unexpectedByte(UInt8(ascii: "<"))),
      ("\"a\nb\"", 2, .controlCharacterInString(0x0a)),
    ] as [(String, Int, JSONParseError.Reason)])
  func errors(_ text: String, offset: Int, reason: JSONParseError.Reason) throws {
    #expect(throws: JSONParseError(offset: offset, reason: reason)) { try fragment(text) }
  }

  @Test("bears a backslash at the very end")
  func backslashAtTheEnd() {
    #expect(throws: JSONParseError.self) { try fragment(#""\"#) }
    #expect(throws: JSONParseError.self) { try fragment(#"["a\"#) }
  }

  @Test("goes as deep as its limit, and bears any nesting")
  func depth() throws {
    let limit = JSONValue.defaultMaximumDepth
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try fragment(nested(limit)) }
    #expect(throws: JSONParseError.self) { try fragment(nested(limit + 1)) }
    #expect(throws: JSONParseError.self) { try fragment(String(repeating: #"{"a":"#, count: 1_000_000)) }
  }

  // MARK: Against the parser

  /// A fragment as the parser would have it, taken apart by the fragment's own means.
  private func value(of fragment: JSONFragment) throws -> JSONValue {
    struct NoText: Error {}
    if fragment.isObject {
      var members: [JSONMember] = []
      try fragment.forEachMember { name, member in
        guard let name = name.text else { throw NoText() }
        members.append(JSONMember(name, try value(of: member)))
      }
      return .object(members)
    }
    if fragment.isArray {
      var elements: [JSONValue] = []
      try fragment.forEachElement { elements.append(try value(of: $0)) }
      return .array(elements)
    }
    if let text = fragment.text { return .string(text) }
    return try JSONValue(parsing: fragment.token)
  }

  @Test("agrees with the parser on random documents, and never crashes on a part of one", .timeLimit(.minutes(5)))
  func randomDocuments() async throws {
    var random = RandomDocument.announced(for: "documents")
    for round in 0..<300 {
      await giveWay(inRound: round)
      let bytes = Array(random.document(depth: 4).utf8)
      let parsed = try JSONValue(parsing: bytes)
      #expect(try value(of: JSONFragment(document: bytes)) == parsed)
      for end in bytes.indices {
        let part = Array(bytes[..<end])
        // Whole by the parser's judgement, then by the fragment's too; and what is walked never crashes.
        guard let cut = try? JSONFragment(document: part) else {
          #expect((try? JSONValue(parsing: part)) == nil)
          continue
        }
        _ = try? value(of: cut)
      }
      var changed = bytes
      changed[random.index(below: changed.count)] = UInt8(random.index(below: 256))
      if let fragment = try? JSONFragment(document: changed) { _ = try? value(of: fragment) }
    }
  }
}
