import CryptoExtras
import NIOSSL

/// A certificate that SNS signs with.
struct SNSSigningCertificate: Sendable {
  private let key: _RSA.Signing.PublicKey
  private let validity: ClosedRange<UnixSeconds>

  /// Reads a certificate in PEM; nil where it is none, or not of an RSA key of at least 2048 bits.
  ///
  /// Its issuer is not asked for: it comes over TLS from a host of SNS's own, and that is what is trusted.
  init?(pem: [UInt8]) {
    guard !pem.isEmpty, let certificate = try? NIOSSLCertificate(bytes: pem, format: .pem),
      certificate.notValidBefore <= certificate.notValidAfter,
      let bytes = try? certificate.extractPublicKey().toSPKIBytes(),
      let key = try? _RSA.Signing.PublicKey(derRepresentation: bytes)
    else { return nil }
    self.key = key
    validity = certificate.notValidBefore...certificate.notValidAfter
  }

  func isValid(at time: UnixSeconds) -> Bool { validity.contains(time) }

  func isRight(_ signature: _RSA.Signing.RSASignature, for digest: some Digest) -> Bool {
    key.isValidSignature(signature, for: digest, padding: .insecurePKCS1v1_5)
  }
}

extension SNSSigningCertificate {
  /// Whether a URL is one of those that SNS keeps its certificates at:
  /// `https://sns.REGION.amazonaws.com/SimpleNotificationService-….pem`, and the like in other partitions.
  ///
  /// The region must look like one. Other names before `amazonaws.com` are the customers': `sns.s3.amazonaws.com` is
  /// whatever the owner of the bucket `sns` puts there.
  static func isTrusted(url: String) -> Bool {
    let start = "https://sns."
    // In ASCII a character is a byte: nothing joins a dot or a slash.
    guard url.utf8.allSatisfy({ $0 < 0x80 }), url.hasPrefix(start) else { return false }
    let rest = url.dropFirst(start.count)
    let host = rest.prefix { $0 != "/" }
    let path = rest[host.endIndex...]
    let region = host.prefix { $0 != "." }
    // No port, user, query, fragment or escape gets through this.
    return isRegion(region) && host.dropFirst(region.count + 1) == AWSConfiguration.dnsSuffix(ofRegion: String(region))
      && path.utf8.allSatisfy(isOfPath) && !path.contains("..") && path.hasSuffix(".pem")
  }

  /// `us-east-1`, `ap-southeast-2`, `us-gov-west-1`, `us-isob-east-1`.
  private static func isRegion(_ text: Substring) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count >= 3, let number = parts.last, !number.isEmpty, number.allSatisfy(isDigit) else { return false }
    return parts.dropLast().allSatisfy { part in
      !part.isEmpty && part.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isOfPath(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "_"):
      true
    default: isDigit(byte)
    }
  }
}
