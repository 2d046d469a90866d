/// Hashes the keys by which records stay in order. The same in every process, since checkpoints of lanes depend on it:
/// FNV-1a of 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/).
struct KeyHash {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }
}
