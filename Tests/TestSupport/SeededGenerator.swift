import Foundation

/// Random numbers that come again with the same seed, on every machine (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The numbers of a seed.
  public init(seed: UInt64) {
    state = seed
  }

  /// A generator with a new seed, which is printed; `HEADRACE_SEED` repeats an earlier run.
  public static func announced(for purpose: String) -> SeededGenerator {
    let seed =
      ProcessInfo.processInfo.environment["HEADRACE_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: .min ... .max)
    print("Seed of the random \(purpose): HEADRACE_SEED=\(seed)")
    return SeededGenerator(seed: seed)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number below a bound. Which is slightly uneven, but much faster than the standard library's in a debug build.
  public mutating func index(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// One of the elements, of which there are some.
  public mutating func element<Element>(of elements: [Element]) -> Element { elements[index(below: elements.count)] }

  /// True once in so many times.
  public mutating func happens(onceIn times: Int) -> Bool { index(below: times) == 0 }

  /// A text of some letters.
  public mutating func text(of letters: String, count: ClosedRange<Int>) -> String {
    let letters = Array(letters)
    let length = count.lowerBound + index(below: count.count)
    return String((0..<length).map { _ in element(of: letters) })
  }
}
