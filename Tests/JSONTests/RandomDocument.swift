import TestSupport

/// Makes JSON text out of random numbers.
struct RandomDocument {
  private var random: SeededGenerator

  /// Documents of a new seed.
  static func announced(for purpose: String) -> RandomDocument {
    RandomDocument(random: .announced(for: purpose))
  }

  mutating func index(below bound: Int) -> Int { random.index(below: bound) }

  private mutating func blank() -> String { random.element(of: ["", "", "", " ", "\n\t", "\r"]) }

  private mutating func string() -> String {
    let pieces = ["a", "é", "😀", #"\""#, #"\\"#, #"\/"#, #"\u0041"#, #"\ud83d\ude00"#, "{", "]", ",", ":", "\u{7f}"]
    return "\"" + (0..<index(below: 6)).map { _ in random.element(of: pieces) }.joined() + "\""
  }

  mutating func document(depth: Int) -> String {
    let text: String
    switch index(below: depth == 0 ? 3 : 5) {
    case 0: text = string()
    case 1: text = random.element(of: ["0", "-1", "1.5e10", "1234567890123456789012"])
    case 2: text = random.element(of: ["true", "false", "null"])
    case 3:
      let elements = (0..<index(below: 5)).map { _ in document(depth: depth - 1) }
      text = "[" + blank() + elements.joined(separator: ",") + "]"
    default:
      let members = (0..<index(below: 5)).map { _ in string() + blank() + ":" + document(depth: depth - 1) }
      text = "{" + blank() + members.joined(separator: "," + blank()) + "}"
    }
    return blank() + text + blank()
  }
}
