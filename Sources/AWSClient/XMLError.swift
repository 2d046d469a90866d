/// Why a text is no XML document that is read here, and where.
public struct XMLError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong at the offset.
  public enum Reason: Equatable, Sendable {
    case unexpectedEnd
    case unexpectedByte(UInt8)
    case invalidUTF8
    case forbiddenCharacter(UInt32)
    case unsupportedEncoding(String)
    case documentType
    case malformedName
    case repeatedAttribute(String)
    case unknownEntity
    case wrongEndTag(expected: String)
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

extension XMLError.Reason: CustomStringConvertible {
  /// The reason in words.
  public var description: String {
    switch self {
    case .unexpectedEnd: "unexpected end of the document"
    case .unexpectedByte(let byte) where (0x21...0x7e).contains(byte):
      "unexpected '\(Character(Unicode.Scalar(byte)))'"
    case .unexpectedByte(let byte): "unexpected byte 0x\(String(byte, radix: 16))"
    case .invalidUTF8: "invalid UTF-8"
    case .forbiddenCharacter(let scalar): "a character that XML forbids (0x\(String(scalar, radix: 16)))"
    case .unsupportedEncoding(let name): "an encoding other than UTF-8 ('\(name)')"
    case .documentType: "a document type declaration"
    case .malformedName: "malformed name"
    case .repeatedAttribute(let name): "a second attribute '\(name)'"
    case .unknownEntity: "unknown entity"
    case .wrongEndTag(let expected): "an end tag that is not </\(expected)>"
    case .nestedTooDeeply(let limit): "more than \(limit) levels of elements"
    case .trailingBytes: "more after the end of the document"
    }
  }
}
