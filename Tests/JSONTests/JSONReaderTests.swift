import TestSupport
import Testing

@testable import JSON

@Suite("A JSON reader")
struct JSONReaderTests {
  private func read<Result>(_ text: String, _ body: (inout JSONReader) throws -> Result) throws -> Result {
    try JSONReader.read(Array(text.utf8), body)
  }

  private func text(_ token: JSONToken) -> String { String(decoding: token.bytes, as: UTF8.self) }

  @Test("visits members and elements in their order, as they were written")
  func visits() throws {
    var seen: [String] = []
    try read(#" {"b": 1, "a": [true, {}], "b": "\u0041" , "\u0063":-1.50} "#) { reader in
      try reader.members { name, reader in
        let value = try reader.value()
        seen.append("\(text(name)) \(text(value))")
      }
    }
    #expect(seen == [#""b" 1"#, #""a" [true, {}]"#, #""b" "\u0041""#, #""\u0063" -1.50"#])
    seen = []
    try read(#"[ 1 ,[2,3], {"a":[4]} ,"]" ]"#) { reader in
      try reader.elements { reader in seen.append(text(try reader.value())) }
    }
    #expect(seen == ["1", "[2,3]", #"{"a":[4]}"#, #""]""#])
  }

  @Test("passes over what is not read")
  func passesOver() throws {
    var found: [String] = []
    try read(#"{"a":[1,{"b":"}"}],"b":{"c":[[]]},"d":"\"","e":[[1,2],[3,4],5],"f":null}"#) { reader in
      try reader.members { name, reader in
        guard name.isString("e") else { return }
        var index = 0
        try reader.elements { reader in
          index += 1
          if index == 2 { try reader.elements { found.append(text(try $0.value())) } }
        }
      }
    }
    #expect(found == ["3", "4"])
  }

  @Test("is content with empty containers", arguments: ["{}", "{ }", " {\n} "])
  func emptyObjects(document: String) throws {
    try read(document) { reader in
      #expect(reader.isAtObject)
      #expect(!reader.isAtArray)
      try reader.members { _, _ in Issue.record("a member") }
    }
  }

  @Test("is content with empty arrays", arguments: ["[]", "[ ]", " [\n] "])
  func emptyArrays(document: String) throws {
    try read(document) { reader in
      #expect(reader.isAtArray)
      #expect(!reader.isAtObject)
      try reader.elements { _ in Issue.record("an element") }
    }
  }

  @Test("does not take one kind for another", arguments: ["1", #""a""#, "null", "[]", "{}", ""])
  func wrongKinds(document: String) {
    if document != "{}" {
      #expect(throws: JSONParseError.self) { try read(document) { try $0.members { _, _ in } } }
    }
    if document != "[]" {
      #expect(throws: JSONParseError.self) { try read(document) { try $0.elements { _ in } } }
    }
  }

  @Test("gives the error of a visitor on")
  func visitorErrors() {
    struct Stop: Error {}
    #expect(throws: Stop.self) { try read("[1]") { try $0.elements { _ in throw Stop() } } }
    #expect(throws: Stop.self) { try read(#"{"a":1}"#) { try $0.members { _, _ in throw Stop() } } }
    #expect(throws: Stop.self) { try read("1") { _ in throw Stop() } }
  }

  @Test(
    "tells kinds apart",
    arguments: [(#""a""#, "string"), ("null", "null"), ("{}", "object"), ("[]", ""), ("1", ""), ("true", "")])
  func kinds(_ document: String, kind: String) throws {
    try read(document) { reader in
      let token = try reader.value()
      #expect(token.isString == (kind == "string"))
      #expect(token.isNull == (kind == "null"))
      #expect(token.isObject == (kind == "object"))
    }
  }

  @Test(
    "resolves escapes where a text is asked for, and nowhere else",
    arguments: [
      (#""""#, "", ""), (#""a""#, "a", "a"), (#""\u0041\n\/""#, "A\n/", #"\u0041\n\/"#),
      (#""\ud83d\ude00""#, "😀", #"\ud83d\ude00"#), (#""\ud800""#, nil, #"\ud800"#), (#""\x""#, nil, #"\x"#),
      ("1", nil, "1"), ("null", nil, "null"), ("[]", nil, "[]"),
    ] as [(String, String?, String)])
  func texts(_ document: String, text: String?, inner: String) throws {
    try read(document) { reader in
      let token = try reader.value()
      #expect(token.text == text)
      #expect(String(decoding: token.inner, as: UTF8.self) == inner)
    }
  }

  @Test("has no text where bytes are no UTF-8")
  func invalidUTF8() throws {
    let text = try JSONReader.read([0x22, 0xc3, 0x28, 0x22]) { try $0.value().text }
    #expect(text == nil)
  }

  @Test("compares a string as it is written")
  func isString() throws {
    func compare(_ document: String, _ text: StaticString) throws -> Bool {
      try read(document) { try $0.value().isString(text) }
    }
    #expect(try compare(#""abc""#, "abc"))
    #expect(try !compare(#""abd""#, "abc"))
    #expect(try !compare(#""abcd""#, "abc"))
    #expect(try !compare(#""\u0061bc""#, "abc"))
    #expect(try !compare("12345", "234"))
    #expect(try compare(#""""#, ""))
    #expect(try compare(#""é""#, "é"))
  }

  @Test(
    "names what is no document, and where",
    arguments: [
      ("", 0, .unexpectedEnd), ("  ", 2, .unexpectedEnd), ("[1", 2, .unexpectedEnd), ("[1,", 3, .unexpectedEnd),
      (#"{"a""#, 4, .unexpectedEnd), (#"{"a":"#, 5, .unexpectedEnd), (#""abc"#, 4, .unexpectedEnd),
      ("[1,]", 3, .unexpectedByte(UInt8(ascii: "]"))), ("[,1]", 1, .unexpectedByte(UInt8(ascii: ","))),
      (#"{"a":1,}"#, 7, .unexpectedByte(UInt8(ascii: "}"))), ("{1:2}", 1, .unexpectedByte(UInt8(ascii: "1"))),
      (#"{"a" 1}"#, 5, .unexpectedByte(UInt8(ascii: "1"))), ("[1 2]", 3, .unexpectedByte(UInt8(ascii: "2"))),
      ("[1}", 2, .unexpectedByte(UInt8(ascii: "}"))), ("{} {}", 3, .trailingBytes), ("1]", 1, .trailingBytes),
      ("\"a\nb\"", 2, .controlCharacterInString(0x0a)),
    ] as [(String, Int, JSONParseError.Reason)])
  func errors(_ document: String, offset: Int, reason: JSONParseError.Reason) {
    let error = JSONParseError(offset: offset, reason: reason)
    #expect(throws: error) { try read(document) { _ = try $0.value() } }
    #expect(throws: error) { try read(document) { _ = try Self.tree(of: &$0) } }
  }

  @Test("bears every byte at every place of a word of eight")
  func bytesOfAWord() throws {
    for length in 0..<20 {
      for place in 0..<length {
        for byte in UInt8.min ... .max {
          var document = Array("\"\(String(repeating: "x", count: length))\"".utf8)
          document[place + 1] = byte
          let fragment = (try? JSONFragment(document: document)).map { Array($0.token) }
          let token = try? JSONReader.read(document) { Array(try $0.value().bytes) }
          // A quotation mark ends the string, and a backslash takes the next byte along.
          let isWhole = byte >= 0x20 && byte != 0x22 && (byte != 0x5c || place + 1 < length)
          #expect(token == (isWhole ? document : nil), "\(byte) at \(place) of \(length)")
          #expect(token == fragment)
        }
      }
    }
  }

  @Test("goes as deep as its limit, and bears any nesting")
  func depth() throws {
    let limit = JSONValue.defaultMaximumDepth
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    for walk in [{ (reader: inout JSONReader) in _ = try reader.value() }, { _ = try Self.tree(of: &$0) }] {
      #expect(throws: Never.self) { try read(nested(limit), walk) }
      #expect(throws: JSONParseError.self) { try read(nested(limit + 1), walk) }
      #expect(throws: JSONParseError.self) { try read(String(repeating: #"{"a":"#, count: 100_000), walk) }
    }
  }

  // MARK: Against the fragment

  /// A document taken apart, in words.
  private static func tree(of reader: inout JSONReader) throws -> String {
    var words: [String] = []
    if reader.isAtObject {
      try reader.members { name, reader in
        words.append("\(String(decoding: name.bytes, as: UTF8.self)): \(try tree(of: &reader))")
      }
      return "{\(words.joined(separator: ", "))}"
    }
    if reader.isAtArray {
      try reader.elements { words.append(try tree(of: &$0)) }
      return "[\(words.joined(separator: ", "))]"
    }
    return String(decoding: try reader.value().bytes, as: UTF8.self)
  }

  private static func tree(of fragment: JSONFragment) throws -> String {
    var words: [String] = []
    if fragment.isObject {
      try fragment.forEachMember { name, value in
        words.append("\(String(decoding: name.token, as: UTF8.self)): \(try tree(of: value))")
      }
      return "{\(words.joined(separator: ", "))}"
    }
    if fragment.isArray {
      try fragment.forEachElement { words.append(try tree(of: $0)) }
      return "[\(words.joined(separator: ", "))]"
    }
    return String(decoding: fragment.token, as: UTF8.self)
  }

  /// Reads all, or nothing but what a random choice falls on, and passes over the rest.
  private static func skim(_ reader: inout JSONReader, _ random: inout RandomDocument) throws {
    if reader.isAtObject, random.index(below: 3) > 0 {
      try reader.members { _, reader in if random.index(below: 2) == 0 { try skim(&reader, &random) } }
    } else if reader.isAtArray, random.index(below: 3) > 0 {
      try reader.elements { if random.index(below: 2) == 0 { try skim(&$0, &random) } }
    } else {
      _ = try reader.value()
    }
  }

  @Test("agrees with the fragment on random documents, whole, cut and changed", .timeLimit(.minutes(5)))
  func randomDocuments() async throws {
    var random = RandomDocument.announced(for: "documents of the reader")
    let special = Array("\"\\{}[],: 1-e\u{1f}n".utf8)
    for round in 0..<3000 {
      await giveWay(inRound: round)
      var bytes = Array(random.document(depth: 4).utf8)
      for _ in 0..<random.index(below: 4) {
        let place = random.index(below: bytes.count)
        switch random.index(below: 4) {
        case 0: bytes[place] = UInt8(random.index(below: 256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(special[random.index(below: special.count)], at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { bytes = [0x20] }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let expected = try? Self.tree(of: JSONFragment(document: bytes))
      #expect((try? JSONReader.read(bytes) { try Self.tree(of: &$0) }) == expected, "round \(round): \(text)")
      let isRead = (try? JSONReader.read(bytes) { _ = try $0.value() }) != nil
      #expect(isRead == (expected != nil), "round \(round): \(text)")
      let isSkimmed = (try? JSONReader.read(bytes) { try Self.skim(&$0, &random) }) != nil
      #expect(isSkimmed == (expected != nil), "round \(round): \(text)")
    }
  }
}
