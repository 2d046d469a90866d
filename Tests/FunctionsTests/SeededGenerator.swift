import Foundation

/// Random numbers that come again with the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// A generator with a new seed, which is printed; `FUNCTIONS_SEED` repeats an earlier run.
  static func announced(for purpose: String) -> SeededGenerator {
    let seed =
      ProcessInfo.processInfo.environment["FUNCTIONS_SEED"].flatMap { UInt64($0) }
      ?? UInt64.random(in: .min ... .max)
    print("Seed of the random \(purpose): FUNCTIONS_SEED=\(seed)")
    return SeededGenerator(seed: seed)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number below a bound.
  mutating func index(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// True once in so many times.
  mutating func happens(onceIn times: Int) -> Bool { index(below: times) == 0 }
}
