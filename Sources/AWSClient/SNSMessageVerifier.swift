import Crypto
import CryptoExtras
import FoundationEssentials
import Synchronization

/// Tells messages that SNS has posted from those that somebody else has
/// (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
///
/// A right signature says that SNS wrote the message, for whatever topic of whatever account: whether its `TopicArn` is the
/// expected one is for the caller to see. `MessageAttributes` and `UnsubscribeURL` are not signed.
public final class SNSMessageVerifier: Sendable {
  /// Gets what is at a URL.
  public typealias Fetch = @Sendable (_ url: String) async throws(AWSError) -> AWSAnswer

  /// A certificate is small, and SNS is near.
  private static let maximumCertificateBytes = 64 << 10
  private static let timeout = Duration.seconds(5)
  /// A region signs with one certificate for months; emptied when it is full.
  private static let maximumCertificates = 16

  private let now: @Sendable () -> UnixSeconds
  private let fetch: Fetch
  private let certificates = Mutex<[String: SNSSigningCertificate]>([:])

  /// A verifier that gets the certificates with a client; `now` gives the time that they must be valid at, by default the
  /// system's.
  public convenience init(_ client: AWSClient, now: (@Sendable () -> UnixSeconds)? = nil) {
    self.init(now: now ?? { UnixTime.now() }) { (url) async throws(AWSError) in
      try await client.get(url: url, timeout: Self.timeout, maximumAnswerBytes: Self.maximumCertificateBytes)
    }
  }

  /// A verifier that gets the certificates as it is told.
  public init(now: @escaping @Sendable () -> UnixSeconds, fetch: @escaping Fetch) {
    self.now = now
    self.fetch = fetch
  }

  /// Returns where SNS has signed the message: the fields of the JSON document that was posted, those that are texts. A
  /// `Subject` that is null there must be left out.
  public func verify(_ message: [String: String]) async throws(SNSSignatureError) {
    let signed = try Self.signedBytes(message)
    let version = try Self.field("SignatureVersion", of: message)
    guard version == "1" || version == "2" else { throw .unknownVersion(version) }
    guard let raw = Data(base64Encoded: try Self.field("Signature", of: message)), !raw.isEmpty else {
      throw .malformedSignature
    }
    let url = try Self.field("SigningCertURL", of: message)
    guard SNSSigningCertificate.isTrusted(url: url) else { throw .untrustedCertificateURL(url) }
    let certificate = try await certificate(at: url)
    guard certificate.isValid(at: now()) else { throw .certificateOutOfDate(url: url) }
    let signature = _RSA.Signing.RSASignature(rawRepresentation: raw)
    let isRight =
      version == "1"
      ? certificate.isRight(signature, for: Insecure.SHA1.hash(data: signed))
      : certificate.isRight(signature, for: SHA256.hash(data: signed))
    guard isRight else { throw .wrongSignature }
  }

  // MARK: What is signed

  private static func field(_ name: String, of message: [String: String]) throws(SNSSignatureError) -> String {
    guard let text = message[name] else { throw .missingField(name) }
    return text
  }

  /// The names and the values of what is signed, each in a line, in the order of the names.
  private static func signedBytes(_ message: [String: String]) throws(SNSSignatureError) -> [UInt8] {
    var bytes: [UInt8] = []
    for name in try signedNames(type: field("Type", of: message)) {
      // A message without a subject is signed without one.
      if name == "Subject", message[name] == nil { continue }
      bytes.append(contentsOf: name.utf8)
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: try field(name, of: message).utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private static func signedNames(type: String) throws(SNSSignatureError) -> [String] {
    switch type {
    case "Notification": ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    case "SubscriptionConfirmation", "UnsubscribeConfirmation":
      ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    default: throw .unknownType(type)
    }
  }

  // MARK: Certificates

  private func certificate(at url: String) async throws(SNSSignatureError) -> SNSSigningCertificate {
    if let certificate = certificates.withLock({ $0[url] }) { return certificate }
    let answer: AWSAnswer
    do throws(AWSError) {
      answer = try await fetch(url)
    } catch {
      throw .certificateUnavailable(url: url, reason: "\(error)")
    }
    guard answer.status == 200 else { throw .certificateUnavailable(url: url, reason: "status \(answer.status)") }
    guard let certificate = SNSSigningCertificate(pem: answer.body) else { throw .malformedCertificate(url: url) }
    certificates.withLock { certificates in
      if certificates.count >= Self.maximumCertificates { certificates.removeAll(keepingCapacity: true) }
      certificates[url] = certificate
    }
    return certificate
  }
}
