/// A JSON number as it was written. `300`, `300.0` and `3e2` are three texts of one number: the text is
/// kept, and what they have in common is for whoever compares them.
public struct JSONNumber: Sendable, Hashable {
  /// The number's text; always of RFC 8259's grammar for numbers, section 6.
  public let text: String

  /// A whole number.
  public init(_ number: some BinaryInteger) {
    text = String(number)
  }

  /// A number of which the parser has already seen that it is one.
  init(checked text: String) {
    self.text = text
  }
}
