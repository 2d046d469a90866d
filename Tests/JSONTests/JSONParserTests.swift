import Testing

@testable import JSON

@Suite("The JSON parser")
struct JSONParserTests {
  @Test(
    "reads what RFC 8259 calls JSON",
    arguments: [
      ("null", .null), (" \t\r\n true \n", true), ("false", false), ("[]", []), ("{}", [:]), (#""""#, ""),
      ("[1, [2, []], {}]", [1, [2, []], [:]]),
      (#"{"b": 1, "a": {"b": null}}"#, ["b": 1, "a": ["b": .null]]),
      // Repeated names are kept, in their order.
      (#"{"a": 1, "a": 2}"#, ["a": 1, "a": 2]),
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
      (#""\u0041\u00e9\u20AC\u0000""#, "Aé€\u{0}"),
      (#""x\ud83d\uDE00y""#, "x😀y"), (#""\uffff\ud7ff\ue000""#, "\u{ffff}\u{d7ff}\u{e000}"),
      ("\"\u{7f}\u{2028}é€😀\"", "\u{7f}\u{2028}é€😀"),
      (#"{"\u0061": 1}"#, ["a": 1]),
    ] as [(String, JSONValue)])
  func documents(_ text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
    #expect(try JSONValue(parsing: value.text) == value)
  }

  @Test(
    "keeps a number's text",
    arguments: [
      "0", "-0", "10", "-1.50", "0.0", "1e5", "1E+05", "2.5e-3", "123456789012345678901234567890", "1e999999",
    ])
  func numbers(_ text: String) throws {
    #expect(try JSONValue(parsing: text) == .number(JSONNumber(checked: text)))
    #expect(try JSONValue(parsing: " [\(text)] ") == .array([.number(JSONNumber(checked: text))]))
  }

  @Test(
    "names what is not JSON, and where",
    arguments: [
      ("", 0, .unexpectedEnd), ("  ", 2, .unexpectedEnd), ("[1", 2, .unexpectedEnd), ("[1,", 3, .unexpectedEnd),
      (#"{"a""#, 4, .unexpectedEnd), (#"{"a":"#, 5, .unexpectedEnd), (#""abc"#, 4, .unexpectedEnd),
      (#""\"#, 2, .unexpectedEnd), (#""\u00"#, 5, .unexpectedEnd), ("-", 1, .unexpectedEnd), ("1e", 2, .unexpectedEnd),
      ("[1,]", 3, .unexpectedByte(UInt8(ascii: "]"))), ("[,1]", 1, .unexpectedByte(UInt8(ascii: ","))),
      (#"{"a":1,}"#, 7, .unexpectedByte(UInt8(ascii: "}"))), ("{1:2}", 1, .unexpectedByte(UInt8(ascii: "1"))),
      (#"{"a" 1}"#, 5, .unexpectedByte(UInt8(ascii: "1"))), ("[1 2]", 3, .unexpectedByte(UInt8(ascii: "2"))),
      ("[1}", 2, .unexpectedByte(UInt8(ascii: "}"))), ("'a'", 0, .unexpectedByte(UInt8(ascii: "'"))),
      ("/**/1", 0, .unexpectedByte(UInt8(ascii: "/"))), ("\u{feff}1", 0, .unexpectedByte(0xef)),
      ("\u{a0}1", 0, .unexpectedByte(0xc2)), ("NaN", 0, .unexpectedByte(UInt8(ascii: "N"))),
      ("+1", 0, .unexpectedByte(UInt8(ascii: "+"))), (".5", 0, .unexpectedByte(UInt8(ascii: "."))),
      ("nul", 0, .unknownWord), ("nullx", 0, .unknownWord), ("[truE]", 1, .unknownWord),
      ("falsefalse", 0, .unknownWord),
      ("01", 1, .malformedNumber), ("-01", 2, .malformedNumber), ("1.", 2, .unexpectedEnd),
      ("1.e5", 2, .malformedNumber),
      ("-a", 1, .malformedNumber), ("1e+x", 3, .malformedNumber), ("0x10", 1, .malformedNumber),
      ("1.2.3", 3, .malformedNumber),
      ("1 2", 2, .trailingBytes), ("{} {}", 3, .trailingBytes), ("1]", 1, .trailingBytes),
      ("1\u{0}", 1, .trailingBytes),
      ("\"a\u{1f}\"", 2, .controlCharacterInString(0x1f)), ("\"\\n\n\"", 3, .controlCharacterInString(0x0a)),
      (#""a\x""#, 2, .unknownEscape), (#""\u12g4""#, 1, .unknownEscape), (#""\U0041""#, 1, .unknownEscape),
      (#""\ud800""#, 1, .loneSurrogate), (#""\udc00""#, 1, .loneSurrogate), (#""\ud800x""#, 1, .loneSurrogate),
      (#""\ud800\n""#, 1, .loneSurrogate), (#""\ud800\u0041""#, 1, .loneSurrogate),
      (#""\udc00\ud800""#, 1, .loneSurrogate), (#""\ud83d\ud83d""#, 1, .loneSurrogate),
    ] as [(String, Int, JSONParseError.Reason)])
  func errors(_ text: String, offset: Int, reason: JSONParseError.Reason) throws {
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: text) }
    #expect(error == JSONParseError(offset: offset, reason: reason))
    #expect(error.description == "\(reason) at byte \(offset)")
  }

  @Test(
    "refuses bytes that are no UTF-8, at their place",
    arguments: [
      ([0x80], 0), ([0x61, 0xff], 1), ([0xc3], 0), ([0xc0, 0xaf], 0), ([0xe0, 0x80, 0x80], 0), ([0xed, 0xa0, 0x80], 0),
      ([0xf0, 0x80, 0x80, 0x80], 0), ([0xf4, 0x90, 0x80, 0x80], 0), ([0x61, 0xe2, 0x82], 1),
      ([0x5c, 0x6e, 0x62, 0xfe], 3),
    ] as [([UInt8], Int)])
  func invalidUTF8(_ bytes: [UInt8], offset: Int) throws {
    let quote = UInt8(ascii: "\"")
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: [quote] + bytes + [quote]) }
    #expect(error == JSONParseError(offset: 1 + offset, reason: .invalidUTF8))
  }

  @Test("goes as deep as its limit, and bears any nesting")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    let limit = JSONValue.defaultMaximumDepth
    #expect(throws: Never.self) { try JSONValue(parsing: nested(limit)) }
    #expect(throws: JSONParseError(offset: limit, reason: .nestedTooDeeply(limit: limit))) {
      try JSONValue(parsing: nested(limit + 1))
    }
    #expect(throws: JSONParseError(offset: 5, reason: .nestedTooDeeply(limit: 1))) {
      try JSONValue(parsing: #"{"a":{}}"#, maximumDepth: 1)
    }
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: String(repeating: #"{"a":"#, count: 1_000_000)) }
    // Siblings are no levels.
    #expect(throws: Never.self) { try JSONValue(parsing: "[[],{},[[]],{}]", maximumDepth: 3) }
  }

  @Test("reads bytes that do not lie in one piece")
  func scatteredBytes() throws {
    let text = Array(#"{"a": ["é", 1]}"#.utf8)
    // Cut within the letter.
    let scattered = [text[..<9], text[9...]].joined()
    #expect(scattered.withContiguousStorageIfAvailable { _ in true } == nil)
    #expect(try JSONValue(parsing: scattered) == ["a": ["é", 1]])
    #expect(try JSONValue(parsing: text[7..<11]) == "é")
    // The first byte of a slice has offset 0.
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: text[7..<10]) }
    #expect(error == JSONParseError(offset: 3, reason: .unexpectedEnd))
  }

  @Test("makes values that tell canonically equivalent texts apart")
  func equality() throws {
    let composed = JSONValue.string("\u{e9}")
    let decomposed = JSONValue.string("e\u{301}")
    #expect(composed != decomposed)
    #expect(["\u{e9}": 1] as JSONValue != ["e\u{301}": 1])
    #expect(["\u{e9}": 1, "e\u{301}": 2, "e\u{301}": 3] as JSONValue != [:])
    let value: JSONValue = ["\u{e9}": 1, "e\u{301}": 2, "e\u{301}": 3]
    #expect(value["\u{e9}"] == 1)
    #expect(value["e\u{301}"] == 3)
    #expect(value["e"] == nil)
    #expect(composed["\u{e9}"] == nil)
    #expect(["a": 1, "b": 2] as JSONValue != ["b": 2, "a": 1])
  }

  @Test("takes time in proportion to the document", .timeLimit(.minutes(5)))
  func largeDocuments() throws {
    let elements = String(repeating: #"{"name": "v\u0061lue", "n": [1.5e3, null]},"#, count: 20_000)
    let value = try JSONValue(parsing: "[" + elements + "0]")
    guard case .array(let parsed) = value else {
      Issue.record("not an array")
      return
    }
    #expect(parsed.count == 20_001)
    let escapes = try JSONValue(parsing: "\"" + String(repeating: #"\u00e9a"#, count: 100_000) + "\"")
    #expect(escapes == .string(String(repeating: "éa", count: 100_000)))
  }
}
