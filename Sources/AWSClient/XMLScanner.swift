/// Walks through the bytes of an XML document once; see `XMLElement`.
struct XMLScanner {
  let bytes: [UInt8]
  var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func document() throws(XMLError) -> XMLElement {
    try checkCharacters()
    if starts(with: "\u{FEFF}") { offset += 3 }
    if starts(with: "<?xml"), offset + 5 < bytes.count, Self.isSpace(bytes[offset + 5]) { try declaration() }
    try miscellaneous()
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    let root = try element(depth: 1)
    try miscellaneous()
    guard offset == bytes.count else { throw error(.trailingBytes) }
    return root
  }

  // MARK: Around the root

  private mutating func declaration() throws(XMLError) {
    try expect("<?xml")
    while skipSpace(), offset < bytes.count, bytes[offset] != UInt8(ascii: "?") {
      let start = offset
      let (name, value) = try attribute()
      guard name == "encoding" else { continue }
      guard ["utf-8", "us-ascii"].contains(value.lowercased()) else {
        throw XMLError(offset: start, reason: .unsupportedEncoding(value))
      }
    }
    try expect("?>")
  }

  private mutating func miscellaneous() throws(XMLError) {
    while true {
      skipSpace()
      if starts(with: "<!--") {
        try comment()
      } else if starts(with: "<?") {
        try instruction()
      } else if starts(with: "<!DOCTYPE") {
        throw error(.documentType)
      } else {
        return
      }
    }
  }

  private mutating func comment() throws(XMLError) {
    try expect("<!--")
    try skip(through: "--")
    try expect(">")
  }

  private mutating func instruction() throws(XMLError) {
    try expect("<?")
    let start = offset
    guard try name().lowercased() != "xml" else { throw XMLError(offset: start, reason: .malformedName) }
    try skip(through: "?>")
  }

  // MARK: Elements

  private mutating func element(depth: Int) throws(XMLError) -> XMLElement {
    let start = offset
    try expect("<")
    guard depth <= XMLElement.maximumDepth else {
      throw XMLError(offset: start, reason: .nestedTooDeeply(limit: XMLElement.maximumDepth))
    }
    let name = try name()
    try attributes()
    if starts(with: "/") {
      try expect("/>")
      return XMLElement(qualifiedName: name, text: "", children: [], range: start..<offset, contentEnd: nil)
    }
    try expect(">")
    var text: [UInt8] = []
    var children: [XMLElement] = []
    while !starts(with: "</") {
      if starts(with: "<!--") {
        try comment()
      } else if starts(with: "<![CDATA[") {
        try section(into: &text)
      } else if starts(with: "<?") {
        try instruction()
      } else if starts(with: "<") {
        children.append(try element(depth: depth + 1))
      } else {
        try characters(into: &text)
      }
    }
    let contentEnd = offset
    offset += 2
    let isSame = starts(with: name)
    offset += isSame ? name.utf8.count : 0
    skipSpace()
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    guard isSame, starts(with: ">") else {
      throw XMLError(offset: contentEnd, reason: .wrongEndTag(expected: name))
    }
    offset += 1
    return XMLElement(
      qualifiedName: name, text: String(decoding: text, as: UTF8.self), children: children, range: start..<offset,
      contentEnd: contentEnd)
  }

  private mutating func attributes() throws(XMLError) {
    var names: Set<String> = []
    while skipSpace(), offset < bytes.count, bytes[offset] != UInt8(ascii: ">"), bytes[offset] != UInt8(ascii: "/") {
      let start = offset
      let (name, _) = try attribute()
      guard names.insert(name).inserted else { throw XMLError(offset: start, reason: .repeatedAttribute(name)) }
    }
  }

  private mutating func attribute() throws(XMLError) -> (name: String, value: String) {
    let name = try name()
    skipSpace()
    try expect("=")
    skipSpace()
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    let quote = bytes[offset]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { throw error(.unexpectedByte(quote)) }
    offset += 1
    var value: [UInt8] = []
    while offset < bytes.count, bytes[offset] != quote {
      switch bytes[offset] {
      case UInt8(ascii: "<"): throw error(.unexpectedByte(bytes[offset]))
      case UInt8(ascii: "&"): try reference(into: &value)
      default: take(into: &value)
      }
    }
    guard offset < bytes.count else { throw error(.unexpectedEnd) }
    offset += 1
    return (name, String(decoding: value, as: UTF8.self))
  }

  /// A name, with at most one prefix (https://www.w3.org/TR/xml-names/#ns-qualnames). All that is not ASCII may stand in
  /// it.
  private mutating func name() throws(XMLError) -> String {
    let start = offset
    var colons = 0
    while offset < bytes.count, Self.isOfName(bytes[offset]) {
      colons += bytes[offset] == UInt8(ascii: ":") ? 1 : 0
      offset += 1
    }
    let name = bytes[start..<offset]
    guard let first = name.first, let last = name.last else {
      throw error(offset < bytes.count ? .unexpectedByte(bytes[offset]) : .unexpectedEnd)
    }
    let startsWell = !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) && !".-:".utf8.contains(first)
    guard startsWell, colons <= 1, last != UInt8(ascii: ":") else {
      throw XMLError(offset: start, reason: .malformedName)
    }
    return String(decoding: name, as: UTF8.self)
  }

  // MARK: Bytes

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x9 || byte == 0xA || byte == 0xD }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: ":"), 0x80...:
      true
    default: false
    }
  }

  func starts(with text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

  func error(_ reason: XMLError.Reason) -> XMLError { XMLError(offset: offset, reason: reason) }

  /// Gives whether there was any.
  @discardableResult
  private mutating func skipSpace() -> Bool {
    let start = offset
    while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
    return offset > start
  }

  mutating func expect(_ text: String) throws(XMLError) {
    for byte in text.utf8 {
      guard offset < bytes.count else { throw error(.unexpectedEnd) }
      guard bytes[offset] == byte else { throw error(.unexpectedByte(bytes[offset])) }
      offset += 1
    }
  }

  private mutating func skip(through text: String) throws(XMLError) {
    while !starts(with: text) {
      guard offset < bytes.count else { throw error(.unexpectedEnd) }
      offset += 1
    }
    offset += text.utf8.count
  }
}
