import Glibc

/// One of the two files that the SDKs share, `~/.aws/credentials` and `~/.aws/config`
/// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html).
struct ConfigurationFile: Sendable, Equatable {
  /// Which of the two it is: their section names differ.
  enum Kind: Sendable {
    case credentials, config
  }

  /// The properties by profile; names of properties are in lower case.
  private(set) var profiles: [String: [String: String]] = [:]

  /// Reads the file; one that does not exist is an empty one.
  init(path: String, kind: Kind) throws(AWSError) {
    let bytes = try FileBytes.read(path) ?? []
    try self.init(parsing: String(decoding: bytes, as: UTF8.self), kind: kind, name: path)
  }

  /// Reads the text of a file; `name` is for the words of an error.
  init(parsing text: String, kind: Kind, name: String) throws(AWSError) {
    var profile: String?
    var indentOfProperty: Int?
    var number = 0
    for bytes in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let line = Line(Substring(bytes).drop { $0 == "\u{FEFF}" })
      if line.text.isEmpty || line.isComment { continue }
      // An indented line below a property belongs to it: a nested setting (as below `s3 =`), none of which we use.
      if let indent = indentOfProperty, line.indent > indent { continue }
      if line.text.first == "[" {
        guard let section = line.section else {
          throw .configuration("\(name), line \(number): a section name without its closing bracket")
        }
        profile = Self.profile(of: section, kind)
        if let profile, profiles[profile] == nil { profiles[profile] = [:] }
        indentOfProperty = nil
      } else {
        guard let (key, value) = line.property else {
          throw .configuration("\(name), line \(number): neither a section, nor a setting, nor a comment")
        }
        indentOfProperty = line.indent
        if let profile { profiles[profile]?[key] = value }
      }
    }
  }

  /// The profile whose settings a section holds; nil where it holds something else, as `[services x]`.
  private static func profile(of section: Substring, _ kind: Kind) -> String? {
    let words = section.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
    switch kind {
    case .credentials: return unquoted(section)
    case .config where words.count == 2 && words[0] == "profile": return unquoted(Line.trimmed(words[1]))
    case .config: return section == "default" ? "default" : nil
    }
  }

  private static func unquoted(_ text: Substring) -> String {
    guard text.count >= 2, let first = text.first, first == "\"" || first == "'", text.last == first else {
      return String(text)
    }
    return String(text.dropFirst().dropLast())
  }
}

/// One line of such a file.
private struct Line {
  /// How much white space stands before the text.
  let indent: Int
  let text: Substring

  init(_ line: Substring) {
    let start = line.drop(while: Self.isSpace)
    indent = line.unicodeScalars.count - start.unicodeScalars.count
    text = Self.trimmed(start)
  }

  var isComment: Bool { text.first == "#" || text.first == ";" }

  /// What stands between the brackets.
  var section: Substring? {
    guard let close = text.firstIndex(of: "]") else { return nil }
    return Self.trimmed(text[text.index(after: text.startIndex)..<close])
  }

  /// The setting before and after the first `=`. White space with `#` or `;` after it starts a comment.
  var property: (key: String, value: String)? {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let key = Self.trimmed(text[..<equals])
    guard !key.isEmpty else { return nil }
    var value = text[text.index(after: equals)...]
    for mark in [" #", " ;", "\t#", "\t;"] {
      if let comment = value.firstRange(of: mark) { value = value[..<comment.lowerBound] }
    }
    return (key.lowercased(), String(Self.trimmed(value)))
  }

  static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }

  private static func isSpace(_ character: Character) -> Bool {
    character == " " || character == "\t" || character == "\r"
  }
}

/// The bytes of a small file.
enum FileBytes {
  /// Reads the whole file; nil where there is none.
  static func read(_ path: String) throws(AWSError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .configuration("\(path): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .configuration("\(path): \(String(cString: strerror(errno)))") }
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }
}
