/// Why a text is not a JSON document, and where.
public struct JSONParseError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong at the offset.
  public enum Reason: Equatable, Sendable {
    case unexpectedEnd
    case unexpectedByte(UInt8)
    case unknownWord
    case malformedNumber
    case controlCharacterInString(UInt8)
    case unknownEscape
    case loneSurrogate
    case invalidUTF8
    case nestedTooDeeply(limit: Int)
    case trailingBytes
  }

  /// How many bytes stand before the place of the error.
  public let offset: Int
  /// What is wrong there.
  public let reason: Reason

  /// The reason and the place, as a sentence's end.
  public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONParseError.Reason: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch self {
    case .unexpectedEnd: "unexpected end of the document"
    case .unexpectedByte(let byte) where (0x21...0x7e).contains(byte):
      "unexpected '\(Character(Unicode.Scalar(byte)))'"
    case .unexpectedByte(let byte): "unexpected byte 0x\(String(byte, radix: 16))"
    case .unknownWord: "a word that is none of true, false and null"
    case .malformedNumber: "malformed number"
    case .controlCharacterInString(let byte): "unescaped control character 0x\(String(byte, radix: 16)) in a string"
    case .unknownEscape: "unknown escape sequence"
    case .loneSurrogate: "escaped half of a surrogate pair"
    case .invalidUTF8: "invalid UTF-8"
    case .nestedTooDeeply(let limit): "more than \(limit) levels of arrays and objects"
    case .trailingBytes: "more after the end of the document"
    }
  }
}
