/// The lines of a header block, each ended by CRLF and returned without it (RFC 9112 section 2.2).
struct HTTPLines {
  private var rest: Slice<UnsafeBufferPointer<UInt8>>

  init(_ block: UnsafeBufferPointer<UInt8>) {
    rest = block[...]
  }

  /// The next line, or nil at the end of the block.
  mutating func next() throws(HTTPRequestError) -> UnsafeBufferPointer<UInt8>? {
    guard !rest.isEmpty else { return nil }
    guard let lineFeed = rest.firstIndex(of: UInt8(ascii: "\n")), lineFeed > rest.startIndex,
      rest[lineFeed - 1] == UInt8(ascii: "\r")
    else { throw .bareLineFeed }
    let line = UnsafeBufferPointer(rebasing: rest[..<(lineFeed - 1)])
    guard !line.contains(UInt8(ascii: "\r")) else { throw .bareCarriageReturn }
    rest = rest[(lineFeed + 1)...]
    return line
  }
}

extension UInt8 {
  /// RFC 9110 section 5.6.2: a byte of a token.
  var isTokenByte: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"),
      UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
      UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  /// The value of a hexadecimal digit, or nil.
  var hexadecimalValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
