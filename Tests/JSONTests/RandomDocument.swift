import Foundation

/// Makes JSON text out of random numbers (SplitMix64).
struct RandomDocument {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// Documents of a new seed, which is printed; `JSON_SEED` repeats an earlier run.
  static func announced(for purpose: String) -> RandomDocument {
    let seed =
      ProcessInfo.processInfo.environment["JSON_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: .min ... .max)
    print("Seed of the random \(purpose): JSON_SEED=\(seed)")
    return RandomDocument(seed: seed)
  }

  mutating func index(below bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }

  private mutating func blank() -> String { ["", "", "", " ", "\n\t", "\r"][index(below: 6)] }

  private mutating func string() -> String {
    let pieces = ["a", "é", "😀", #"\""#, #"\\"#, #"\/"#, #"\u0041"#, #"\ud83d\ude00"#, "{", "]", ",", ":", "\u{7f}"]
    return "\"" + (0..<index(below: 6)).map { _ in pieces[index(below: pieces.count)] }.joined() + "\""
  }

  mutating func document(depth: Int) -> String {
    let text: String
    switch index(below: depth == 0 ? 3 : 5) {
    case 0: text = string()
    case 1: text = ["0", "-1", "1.5e10", "1234567890123456789012"][index(below: 4)]
    case 2: text = ["true", "false", "null"][index(below: 3)]
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
