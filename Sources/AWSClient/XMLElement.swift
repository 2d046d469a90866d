/// An element of an XML document (https://www.w3.org/TR/xml/), as the Query and the REST APIs of AWS answer with.
///
/// It knows where it stands in the document, so that one element can be cut out or put in without a change of any other
/// byte: whoever wrote the rest finds it as he left it.
public struct XMLElement: Equatable, Sendable {
  /// The deepest element that is read, counted from the root.
  public static let maximumDepth = 64

  /// The name as its tags have it, with a prefix where there is one.
  public let qualifiedName: String
  /// The characters that stand in it itself, unescaped, those of `CDATA` sections included and those of its children not.
  public let text: String
  /// The elements in it, in their order.
  public let children: [XMLElement]
  /// Its bytes in the document, from the first of its start tag to behind its end tag.
  public let range: Range<Int>
  /// Where its end tag begins: what is put in there is its last child. Nil where it is self-closing (`<a/>`).
  public let contentEnd: Int?

  init(qualifiedName: String, text: String, children: [XMLElement], range: Range<Int>, contentEnd: Int?) {
    self.qualifiedName = qualifiedName
    self.text = text
    self.children = children
    self.range = range
    self.contentEnd = contentEnd
  }

  /// Reads a whole document and gives its root.
  ///
  /// Attributes are checked and not kept. A document type declaration is refused: none of AWS's answers has one, and with
  /// it come entities that grow without bound. The document must be UTF-8.
  public init(parsing document: [UInt8]) throws(XMLError) {
    var scanner = XMLScanner(document)
    self = try scanner.document()
  }

  /// The name without its prefix. Names are compared without their namespaces: services write the same elements with and
  /// without.
  public var name: String {
    guard let colon = qualifiedName.utf8.firstIndex(of: UInt8(ascii: ":")) else { return qualifiedName }
    return String(qualifiedName[qualifiedName.index(after: colon)...])
  }

  /// Whether it has no end tag (`<a/>`).
  public var isSelfClosing: Bool { contentEnd == nil }

  /// The first child of that name; nil where there is none.
  public subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

  /// Text as it may stand in an element or in an attribute of either quotes. A carriage return is escaped too: a parser
  /// takes a bare one for a line's end (https://www.w3.org/TR/xml/#sec-line-ends).
  public static func escaped(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&apos;"
      case "\r": escaped += "&#13;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
