import Crypto

/// Identifiers that a service would make up at random, made from a resource's name instead: one stack has the same ones
/// on every run.
struct StableIdentifier {
  private let digest: [UInt8]

  /// Identifiers of what has that name and type in an account and region.
  init(_ seed: String) {
    digest = Array(SHA256.hash(data: Array(seed.utf8)))
  }

  /// A UUID of version 8, which is for makers' own ways (RFC 9562, section 5.8).
  var uuid: String {
    var bytes = Array(digest.prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = bytes.map { byte in (byte < 0x10 ? "0" : "") + String(byte, radix: 16) }
    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
  }

  /// As many hexadecimal digits, at most 64.
  func hexadecimal(_ count: Int) -> String {
    String(digest.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }.joined().prefix(count))
  }

  /// As many capitals and digits, at most 32.
  func capitals(_ count: Int) -> String {
    String(decoding: digest.prefix(count).map { Self.alphabet[Int($0) % Self.alphabet.count] }, as: UTF8.self)
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
}
