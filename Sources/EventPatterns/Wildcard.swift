import JSON

/// A text in which `*` stands for any bytes, none included. `\*` and `\\` stand for the characters themselves.
///
/// Matching never goes back: the pieces between the stars are found one after the other, each at its
/// first place, which is as good as any other place, and each in time linear in the text.
struct Wildcard: Sendable, Equatable {
  /// More than this many places of a wildcard that a text could be at, all at once, are too complex.
  ///
  /// AWS names no figure. It refuses `*:*:*:*:*:event-bus/*`, which counts 11 here, and takes
  /// `/Users/*/dir/dir/dir/dir/dir/doc.txt`, which counts 7.
  static let maximumComplexity = 10

  /// What stands before, between and after the stars; one more than there are stars.
  private let pieces: [[UInt8]]
  /// For each piece, how much of it is still found when its next byte does not fit (Knuth, Morris, Pratt).
  private let fallbacks: [[Int]]

  init(_ text: String) throws(EventPatternError) {
    pieces = try Self.split(Array(text.utf8))
    fallbacks = pieces.map(Self.fallbacks)
    guard complexity <= Self.maximumComplexity else { throw .wildcardTooComplex }
  }

  func matches(_ text: String) -> Bool {
    text.withBytes { matches($0[...]) }
  }

  private func matches(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let first = pieces[0]
    guard pieces.count > 1 else { return text.elementsEqual(first) }
    let last = pieces[pieces.count - 1]
    guard text.count >= first.count + last.count, text.starts(with: first),
      text.suffix(last.count).elementsEqual(last)
    else { return false }
    var rest = text.dropFirst(first.count).dropLast(last.count)
    for index in pieces.indices.dropFirst().dropLast() {
      guard let end = endOfPiece(index, in: rest) else { return false }
      rest = rest[end...]
    }
    return true
  }

  /// The place after the first occurrence of a piece.
  private func endOfPiece(_ index: Int, in text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    let piece = pieces[index]
    var found = 0
    for place in text.indices {
      found = Self.advance(found, over: text[place], in: piece, fallbacks[index])
      if found == piece.count { return place + 1 }
    }
    return nil
  }

  private static func advance(_ found: Int, over byte: UInt8, in piece: [UInt8], _ fallbacks: [Int]) -> Int {
    var found = found
    while found > 0, found == piece.count || piece[found] != byte { found = fallbacks[found - 1] }
    return piece[found] == byte ? found + 1 : found
  }

  private static func fallbacks(_ piece: [UInt8]) -> [Int] {
    var fallbacks = Array(repeating: 0, count: piece.count)
    var found = 0
    for index in piece.indices.dropFirst() {
      found = advance(found, over: piece[index], in: piece, fallbacks)
      fallbacks[index] = found
    }
    return fallbacks
  }

  /// Cuts a wildcard at its stars. Places in errors count the opening quote, as AWS's do.
  private static func split(_ text: [UInt8]) throws(EventPatternError) -> [[UInt8]] {
    var pieces: [[UInt8]] = [[]]
    var index = 0
    while index < text.count {
      let byte = text[index]
      let next = index + 1 < text.count ? text[index + 1] : nil
      switch byte {
      case UInt8(ascii: "*"):
        guard next != UInt8(ascii: "*") else { throw .consecutiveWildcards(position: index + 1) }
        pieces.append([])
      case UInt8(ascii: "\\"):
        guard let next, next == UInt8(ascii: "*") || next == UInt8(ascii: "\\") else {
          throw .wildcardEscape(position: index + 1)
        }
        pieces[pieces.count - 1].append(next)
        index += 1
      default:
        pieces[pieces.count - 1].append(byte)
      }
      index += 1
    }
    return pieces
  }

  /// The most places that a text could be at once: at every star, and somewhere in or at the end of the
  /// pieces after them. Texts made of one piece are those that can be at the most places.
  private var complexity: Int {
    let stars = pieces.count - 1
    // This alone is too much, and the search below need not be made for it.
    guard stars <= Self.maximumComplexity else { return stars }
    var most = 0
    for text in pieces.dropFirst() {
      var found = Array(repeating: 0, count: pieces.count)
      for byte in text {
        var places = 0
        for index in pieces.indices.dropFirst() where !pieces[index].isEmpty {
          found[index] = Self.advance(found[index], over: byte, in: pieces[index], fallbacks[index])
          places += Self.overlaps(found[index], fallbacks[index], upTo: Self.maximumComplexity)
        }
        most = max(most, places)
        if stars + most > Self.maximumComplexity { return stars + most }
      }
    }
    return stars + most
  }

  /// How many beginnings of a piece end where the longest of them, of the given length, ends.
  private static func overlaps(_ length: Int, _ fallbacks: [Int], upTo limit: Int) -> Int {
    var count = 0
    var length = length
    while length > 0, count <= limit {
      count += 1
      length = fallbacks[length - 1]
    }
    return count
  }
}
