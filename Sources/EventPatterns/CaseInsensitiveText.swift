import JSON

/// A text that is compared without regard to case: each scalar by its lowercase form, independently of
/// language and of its neighbours.
struct CaseInsensitiveText: Sendable, Equatable {
  private let folded: [UInt8]

  init(_ text: String) {
    folded = Self.fold(text)
  }

  func equals(_ text: String) -> Bool {
    compare(text) { $0.count == folded.count && $0.elementsEqual(folded, by: Self.isSame) }
      ?? (Self.fold(text) == folded)
  }

  func isPrefix(of text: String) -> Bool {
    compare(text) { $0.count >= folded.count && $0.prefix(folded.count).elementsEqual(folded, by: Self.isSame) }
      ?? Self.fold(text).starts(with: folded)
  }

  func isSuffix(of text: String) -> Bool {
    compare(text) { $0.count >= folded.count && $0.suffix(folded.count).elementsEqual(folded, by: Self.isSame) }
      ?? Self.fold(text).suffix(folded.count).elementsEqual(folded)
  }

  /// Compares the bytes of a text of ASCII only, for which no copy is needed; nil for any other text.
  private func compare(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool? {
    text.withBytes { bytes in
      bytes.allSatisfy { $0 < 0x80 } ? body(bytes) : nil
    }
  }

  private static func isSame(_ byte: UInt8, _ folded: UInt8) -> Bool {
    lowercase(byte) == folded
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func fold(_ text: String) -> [UInt8] {
    var folded: [UInt8] = []
    folded.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        folded.append(lowercase(UInt8(truncatingIfNeeded: scalar.value)))
      } else {
        folded.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
      }
    }
    return folded
  }
}
