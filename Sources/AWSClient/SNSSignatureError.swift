/// Why a message cannot be taken for one of SNS's. A description is one line.
public enum SNSSignatureError: Error, Equatable, Sendable {
  /// The message has no field of that name, though one of its type is signed with it.
  case missingField(String)
  /// The `Type` is none that SNS sends.
  case unknownType(String)
  /// The `SignatureVersion` is neither 1 nor 2.
  case unknownVersion(String)
  /// The `Signature` is no base64.
  case malformedSignature
  /// The `SigningCertURL` is not where SNS keeps its certificates.
  case untrustedCertificateURL(String)
  /// The certificate was not to be had.
  case certificateUnavailable(url: String, reason: String)
  /// What is at the URL is no certificate, or one that signs with something else than RSA of at least 2048 bits.
  case malformedCertificate(url: String)
  /// The certificate has expired, or its time has not come.
  case certificateOutOfDate(url: String)
  /// The signature is another message's, or another key's.
  case wrongSignature
}

extension SNSSignatureError {
  /// Whether the same message may be found right later. SNS sends a message again that was answered with a status of 500
  /// or more, and gives one up that was answered with 403
  /// (https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html).
  public var isRetryable: Bool {
    switch self {
    case .certificateUnavailable: true
    case .missingField, .unknownType, .unknownVersion, .malformedSignature, .untrustedCertificateURL,
      .malformedCertificate, .certificateOutOfDate, .wrongSignature:
      false
    }
  }
}

extension SNSSignatureError: CustomStringConvertible {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .missingField(let name): "the message has no \(name)"
    case .unknownType(let text): "the message is of the unknown Type '\(text.excerpt)'"
    case .unknownVersion(let text): "the message has the unknown SignatureVersion '\(text.excerpt)'"
    case .malformedSignature: "the message's Signature is no base64"
    case .untrustedCertificateURL(let url):
      "the message's SigningCertURL is not where SNS keeps its certificates: '\(url.excerpt)'"
    case .certificateUnavailable(let url, let reason):
      "the certificate at \(url.excerpt) cannot be had: \(reason.inOneLine)"
    case .malformedCertificate(let url): "there is no certificate of an RSA key at \(url.excerpt)"
    case .certificateOutOfDate(let url): "the certificate at \(url.excerpt) is not valid at this time"
    case .wrongSignature: "the message's Signature is wrong"
    }
  }
}

extension String {
  /// Enough of a stranger's text to know it by.
  fileprivate var excerpt: String { utf8.count <= 256 ? inOneLine : "\(String(prefix(256)).inOneLine)…" }
}
