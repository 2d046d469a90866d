import Synchronization

/// Makes the ids under which answers and the log know a request: in the form of random UUIDs (version 4), unique in
/// this process and, by a random start, between processes. They keep no secret, so the system's generator is asked
/// once and not for every request.
enum RequestID {
  private static let start = (high: UInt64.random(in: .min ... .max), low: UInt64.random(in: .min ... .max))
  private static let count = Atomic<UInt64>(0)
  private static let digits = Array("0123456789abcdef".utf8)

  /// The next id.
  static func next() -> String {
    let number = count.add(1, ordering: .relaxed).newValue
    let high = mix(start.high &+ number) & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = mix(start.low &+ number) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    return String(unsafeUninitializedCapacity: 36) { text in
      var place = 0
      for half in [high, low] {
        for shift in stride(from: 60, through: 0, by: -4) {
          if place == 8 || place == 13 || place == 18 || place == 23 {
            text[place] = UInt8(ascii: "-")
            place += 1
          }
          text[place] = digits[Int(half >> UInt64(shift) & 0xF)]
          place += 1
        }
      }
      return place
    }
  }

  /// SplitMix64's finalizer: a bijection, so that different numbers stay different.
  private static func mix(_ number: UInt64) -> UInt64 {
    var mixed = number &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
