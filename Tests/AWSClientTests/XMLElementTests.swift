import TestSupport
import Testing

@testable import AWSClient

@Suite struct XMLElementTests {
  @Test(arguments: [
    ("<a/>", "a||"),
    ("<a></a>", "a||"),
    ("<a >b</a >", "a|b|"),
    ("\u{FEFF}<?xml version='1.0' encoding=\"utf-8\" standalone=\"yes\" ?>\r\n<a/>\n", "a||"),
    ("<?xml version=\"1.0\"?><!-- b - c --><?style sheet?><a/><!----><?d?>", "a||"),
    ("<?xml-stylesheet href='b'?><a/>", "a||"),
    ("<a b=\"1>2\" c = '\"/&lt;' d:e=\"\"/>", "a||"),
    ("<s3:a xmlns:s3='u'><s3:b>c</s3:b></s3:a>", "a||b|c|"),
    ("<a>1<b>2</b>3<b>4<c/></b>5</a>", "a|135|b|2|b|4|c||"),
    ("<a>&lt;&gt;&amp;&quot;&apos;&amp;lt;&#60;&#x3C;&#xe9;&#x1F600;&#0000065;</a>", "a|<>&\"'&lt;<<é😀A|"),
    ("<a>b<![CDATA[<c>&lt;]]]><!-- d --><?e f?>g</a>", "a|b<c>&lt;]g|"),
    ("<a>1\r\n2\r3\n<![CDATA[4\r\n]]></a>", "a|1\n2\n3\n4\n|"),
    ("<a>1&#13;2</a>", "a|1\r2|"),
    ("<é_-.1>]] > ü</é_-.1>", "é_-.1|]] > ü|"),
  ]) func documentIsRead(document: String, expected: String) throws {
    let root = try XMLElement(parsing: Array(document.utf8))
    #expect(Self.summary(root) == expected)
  }

  @Test(arguments: [
    ("", 0, XMLError.Reason.unexpectedEnd),
    ("  <!-- a -->", 12, .unexpectedEnd),
    ("{}", 0, .unexpectedByte(0x7B)),
    ("<a>", 3, .unexpectedEnd),
    ("<a><b></b>", 10, .unexpectedEnd),
    ("<a></a", 6, .unexpectedEnd),
    ("<a", 2, .unexpectedEnd),
    ("<a/", 3, .unexpectedEnd),
    ("<a b", 4, .unexpectedEnd),
    ("<a b=", 5, .unexpectedEnd),
    ("<a b='c", 7, .unexpectedEnd),
    ("<a><!-- b</a>", 13, .unexpectedEnd),
    ("<a><![CDATA[b</a>", 17, .unexpectedEnd),
    ("<a><?b </a>", 11, .unexpectedEnd),
    ("<", 1, .unexpectedEnd),
    ("< a/>", 1, .unexpectedByte(0x20)),
    ("<a></b>", 3, .wrongEndTag(expected: "a")),
    ("<a></ab>", 3, .wrongEndTag(expected: "a")),
    ("<a><b></a></b>", 6, .wrongEndTag(expected: "b")),
    ("<a/><b/>", 4, .trailingBytes),
    ("<a/>b", 4, .trailingBytes),
    ("<a b/>", 4, .unexpectedByte(0x2F)),
    ("<a b=c/>", 5, .unexpectedByte(0x63)),
    ("<a b='<'/>", 6, .unexpectedByte(0x3C)),
    ("<a b='1'c='2'/>", 8, .unexpectedByte(0x63)),
    ("<a b='1' b='2'/>", 9, .repeatedAttribute("b")),
    ("<1a/>", 1, .malformedName),
    ("<-a/>", 1, .malformedName),
    ("<:a/>", 1, .malformedName),
    ("<a:/>", 1, .malformedName),
    ("<a:b:c/>", 1, .malformedName),
    ("<a><?xml version='1.0'?></a>", 5, .malformedName),
    (" <?xml version='1.0'?><a/>", 3, .malformedName),
    ("<a>b]]>c</a>", 4, .unexpectedByte(0x5D)),
    ("<a><!-- b -- c --></a>", 12, .unexpectedByte(0x20)),
    ("<a>b & c</a>", 5, .unknownEntity),
    ("<a>&nbsp;</a>", 3, .unknownEntity),
    ("<a>&;</a>", 3, .unknownEntity),
    ("<a>&#;</a>", 3, .unknownEntity),
    ("<a>&#+65;</a>", 3, .unknownEntity),
    ("<a>&#x;</a>", 3, .unknownEntity),
    ("<a>&#X41;</a>", 3, .unknownEntity),
    ("<a>&#xD800;</a>", 3, .unknownEntity),
    ("<a>&#x110000;</a>", 3, .unknownEntity),
    ("<a b='&c;'/>", 6, .unknownEntity),
    ("<a>&#0;</a>", 3, .forbiddenCharacter(0)),
    ("<a>&#xFFFF;</a>", 3, .forbiddenCharacter(0xFFFF)),
    ("<a>é\u{8}</a>", 5, .forbiddenCharacter(8)),
    ("<a>\u{FFFE}</a>", 3, .forbiddenCharacter(0xFFFE)),
    ("<!DOCTYPE a><a/>", 0, .documentType),
    ("<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 22, .documentType),
    ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", 20, .unsupportedEncoding("ISO-8859-1")),
    ("<a><!DOCTYPE b></a>", 4, .unexpectedByte(0x21)),
  ]) func documentThatIsNoneIsRefused(document: String, offset: Int, reason: XMLError.Reason) {
    #expect(throws: XMLError(offset: offset, reason: reason)) { try XMLElement(parsing: Array(document.utf8)) }
  }

  @Test(arguments: [[0xFF], [0x3C, 0x61, 0x3E, 0xC3], [0x3C, 0x61, 0x3E, 0xC0, 0x80], [0xFE, 0xFF, 0x00, 0x3C]])
  func bytesThatAreNotUTF8AreRefused(bytes: [UInt8]) {
    let error = #expect(throws: XMLError.self) { try XMLElement(parsing: bytes) }
    #expect(error?.reason == .invalidUTF8)
  }

  @Test func elementsMayBeNestedToALimit() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
    }
    _ = try XMLElement(parsing: nested(XMLElement.maximumDepth))
    #expect(throws: XMLError(offset: 192, reason: .nestedTooDeeply(limit: 64))) {
      try XMLElement(parsing: nested(XMLElement.maximumDepth + 1))
    }
    #expect(throws: XMLError.self) { try XMLElement(parsing: nested(100_000)) }
  }

  @Test func errorSaysWhatAndWhere() {
    #expect(
      XMLError(offset: 7, reason: .wrongEndTag(expected: "a")).description == "an end tag that is not </a> at byte 7")
    #expect(XMLError(offset: 0, reason: .unexpectedByte(0x7B)).description == "unexpected '{' at byte 0")
  }

  // MARK: Places

  @Test func elementIsCutOutOfItsDocument() throws {
    let document = Array("<?xml version='1.0'?>\n<a>\r\n <b x='1'>é</b><!-- c --><b/> </a>\n".utf8)
    let root = try XMLElement(parsing: document)
    #expect(root.children.map { String(decoding: document[$0.range], as: UTF8.self) } == ["<b x='1'>é</b>", "<b/>"])
    var rest = document
    rest.removeSubrange(root.children[0].range)
    #expect(String(decoding: rest, as: UTF8.self) == "<?xml version='1.0'?>\n<a>\r\n <!-- c --><b/> </a>\n")
  }

  @Test func elementIsPutInBeforeTheEndTag() throws {
    var document = Array("<x:a xmlns:x='u'> <x:b/> </x:a><!-- c -->".utf8)
    let root = try XMLElement(parsing: document)
    #expect(!root.isSelfClosing)
    document.insert(contentsOf: "<x:d/>".utf8, at: try #require(root.contentEnd))
    #expect(String(decoding: document, as: UTF8.self) == "<x:a xmlns:x='u'> <x:b/> <x:d/></x:a><!-- c -->")
    #expect(root.qualifiedName == "x:a")
    #expect(root.name == "a")
  }

  @Test func selfClosingElementHasNoContent() throws {
    let root = try XMLElement(parsing: Array("<a><b /></a>".utf8))
    let child = try #require(root["b"])
    #expect(child.isSelfClosing)
    #expect(child.contentEnd == nil)
    #expect(root["c"] == nil)
    #expect(root["B"] == nil)
  }

  // MARK: Text to XML

  @Test(arguments: ["", "a", "<b>&amp;\"'</b>", "]]>", "é😀", "1\r\n2\t", "&#13;"])
  func escapedTextIsReadAsItWas(text: String) throws {
    let escaped = XMLElement.escaped(text)
    #expect(try XMLElement(parsing: Array("<a b='\(escaped)' c=\"\(escaped)\">\(escaped)</a>".utf8)).text == text)
  }

  @Test func textIsEscaped() {
    #expect(XMLElement.escaped("<a b=\"c\" d='&'>\r") == "&lt;a b=&quot;c&quot; d=&apos;&amp;&apos;&gt;&#13;")
  }

  // MARK: Anything

  /// Whatever is read, its elements stand where they say they do.
  @Test func anythingIsReadOrRefused() async throws {
    var random = SeededGenerator.announced(for: "XML documents")
    var (good, bad) = (0, 0)
    for round in 0..<6_000 {
      await giveWay(inRound: round)
      let document = Self.mutated(&random)
      do throws(XMLError) {
        let root = try XMLElement(parsing: document)
        good += 1
        #expect(Self.isPlaced(root, in: document), "\(String(decoding: document, as: UTF8.self))")
      } catch {
        bad += 1
        #expect((0...document.count).contains(error.offset), "\(error)")
      }
    }
    #expect(good > 100 && bad > 100)
  }

  private static let seed = """
    <?xml version="1.0" encoding="UTF-8"?><!-- a --><n:a xmlns:n="u"><b c='&amp;'>1&lt;&#60;2<![CDATA[<3>]]></b><?d e?>
    <f/>é<g><h>x</h></g></n:a>
    """

  private static let fragments = [
    "<", ">", "/>", "</", "<i>", "</i>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&", ";", "&#", "'", "\"", "=",
    "<!DOCTYPE", " ", "\r", "é", ":", "\0",
  ]

  private static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(seed.utf8)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let index = Int.random(in: 0..<max(1, bytes.count), using: &random)
      let end = min(bytes.count, index + Int.random(in: 0...12, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        bytes.replaceSubrange(index..<min(bytes.count, index + 1), with: [UInt8.random(in: 0...255, using: &random)])
      case 1: bytes.removeSubrange(min(index, end)..<end)
      case 2: bytes.insert(contentsOf: fragments.randomElement(using: &random).map { Array($0.utf8) } ?? [], at: index)
      case 3: bytes.insert(contentsOf: bytes[min(index, end)..<end], at: index)
      case 4: bytes.removeSubrange(index...)
      default: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &random), at: index)
      }
      if bytes.isEmpty { bytes = [0x3C] }
    }
    return bytes
  }

  private static func isPlaced(_ element: XMLElement, in document: [UInt8]) -> Bool {
    let bytes = document[element.range]
    let start = "<\(element.qualifiedName)"
    let end = element.isSelfClosing ? "/>" : ">"
    guard bytes.starts(with: start.utf8), bytes.reversed().starts(with: end.utf8.reversed()) else { return false }
    if let contentEnd = element.contentEnd {
      guard element.range.contains(contentEnd), document[contentEnd...].starts(with: "</".utf8) else { return false }
    }
    var last = element.range.lowerBound + 1
    for child in element.children {
      guard child.range.lowerBound >= last, child.range.upperBound <= element.contentEnd ?? 0 else { return false }
      guard isPlaced(child, in: document) else { return false }
      last = child.range.upperBound
    }
    return true
  }

  // MARK: Helpers

  /// Names and texts, from the outside in.
  private static func summary(_ element: XMLElement) -> String {
    "\(element.name)|\(element.text)|" + element.children.map(summary).joined()
  }
}
