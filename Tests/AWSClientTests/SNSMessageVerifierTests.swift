import Synchronization
import Testing

@testable import AWSClient

@Suite struct SNSMessageVerifierTests {
  typealias Message = [String: String]

  /// A time at which the certificate is valid.
  static let now = 1_800_000_000

  @Test(arguments: SNSSignedMessage.all) func signedMessageIsRight(message: Message) async throws {
    try await Self.verifier().verify(message)
  }

  /// SNS sends more than it signs.
  @Test func whatIsNotSignedMayBeAnything() async throws {
    var message = SNSSignedMessage.notification
    message["UnsubscribeURL"] = "https://example.com"
    message["Token"] = "t"
    message["a"] = "b"
    try await Self.verifier().verify(message)
  }

  static let signedFields = [
    "Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn",
  ]

  @Test(arguments: SNSSignedMessage.all, signedFields) func forgedFieldIsNoticed(message: Message, name: String) async {
    guard let text = message[name] else { return }
    let verifier = Self.verifier()
    for forged in ["", text + " ", String(text.dropLast()), text.lowercased() + "\n", "x"] {
      await #expect(throws: SNSSignatureError.wrongSignature) {
        try await verifier.verify(message.merging([name: forged]) { $1 })
      }
    }
  }

  /// Texts that Swift calls equal are not the same bytes.
  @Test func canonicallyEquivalentTextIsAnother() async {
    var message = SNSSignedMessage.notificationWithSubject
    message["Subject"] = "Gro\u{308}ße"
    #expect(message["Subject"] == SNSSignedMessage.notificationWithSubject["Subject"])
    await #expect(throws: SNSSignatureError.wrongSignature) { try await Self.verifier().verify(message) }
  }

  @Test(arguments: [
    (SNSSignedMessage.notification, ["Subject": "s"]),
    (SNSSignedMessage.notification, ["SignatureVersion": "2"]),
    (SNSSignedMessage.notificationWithSubject, ["SignatureVersion": "1"]),
    (SNSSignedMessage.subscriptionConfirmation, ["Type": "UnsubscribeConfirmation"]),
    (SNSSignedMessage.subscriptionConfirmation, ["Type": "Notification"]),
    (SNSSignedMessage.notification, ["Signature": "AAAA"]),
    (SNSSignedMessage.notification, ["Signature": SNSSignedMessage.subscriptionConfirmation["Signature"] ?? ""]),
  ]) func signatureOfAnotherMessageIsWrong(message: Message, forged: Message) async {
    await #expect(throws: SNSSignatureError.wrongSignature) {
      try await Self.verifier().verify(message.merging(forged) { $1 })
    }
  }

  @Test func notificationWithoutItsSubjectIsAnother() async {
    var message = SNSSignedMessage.notificationWithSubject
    message["Subject"] = nil
    await #expect(throws: SNSSignatureError.wrongSignature) { try await Self.verifier().verify(message) }
  }

  @Test(arguments: SNSSignedMessage.all) func missingFieldIsNamed(message: Message) async {
    for name in message.keys where name != "Subject" {
      var message = message
      message[name] = nil
      await #expect(throws: SNSSignatureError.missingField(name)) { try await Self.verifier().verify(message) }
    }
  }

  @Test(arguments: ["3", "", "0", "01", "1 ", "١"]) func versionIsOneOfTwo(version: String) async {
    let message = SNSSignedMessage.notification.merging(["SignatureVersion": version]) { $1 }
    await #expect(throws: SNSSignatureError.unknownVersion(version)) { try await Self.verifier().verify(message) }
  }

  @Test(arguments: ["notification", "", "Notification "]) func typeIsOneOfThree(type: String) async {
    let message = SNSSignedMessage.notification.merging(["Type": type]) { $1 }
    await #expect(throws: SNSSignatureError.unknownType(type)) { try await Self.verifier().verify(message) }
  }

  @Test(arguments: ["", "FAKE!", "A", "A===", "AA==\nAA==", "é"]) func signatureIsBase64(text: String) async {
    let message = SNSSignedMessage.notification.merging(["Signature": text]) { $1 }
    await #expect(throws: SNSSignatureError.malformedSignature) { try await Self.verifier().verify(message) }
  }

  // MARK: Where certificates are

  @Test(arguments: [
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
    "https://sns.us-gov-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
    "https://sns.ap-southeast-12.amazonaws.com/a/b_c.pem",
    "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0a1b.pem",
    "https://sns.us-iso-east-1.c2s.ic.gov/a.pem",
    "https://sns.us-isob-east-1.sc2s.sgov.gov/a.pem",
    "https://sns.eu-isoe-west-1.cloud.adc-e.uk/a.pem",
    "https://sns.eusc-de-east-1.amazonaws.eu/a.pem",
  ]) func certificatesAreAtHostsOfSNS(url: String) {
    #expect(SNSSigningCertificate.isTrusted(url: url))
  }

  @Test(arguments: [
    "", "https://", "https://sns.", "sns.eu-west-1.amazonaws.com/a.pem",
    "http://sns.eu-west-1.amazonaws.com/a.pem",
    "HTTPS://sns.eu-west-1.amazonaws.com/a.pem",
    " https://sns.eu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com/a.pem\n",
    "https://SNS.eu-west-1.amazonaws.com/a.pem",
    "https://example.com/a.pem",
    "https://example.com/sns.eu-west-1.amazonaws.com/a.pem",
    "https://xsns.eu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com.example.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com./a.pem",
    "https://sns.eu-west-1.xamazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com.cn/a.pem",
    "https://sns.cn-north-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1/a.pem",
    "https://sns.amazonaws.com/a.pem",
    // Buckets named `sns`, in S3's several styles, and other names that are anybody's.
    "https://sns.s3.amazonaws.com/a.pem",
    "https://sns.s3-eu-west-1.amazonaws.com/a.pem",
    "https://sns.s3.eu-west-1.amazonaws.com/a.pem",
    "https://sns.s3-accelerate.amazonaws.com/a.pem",
    "https://sns.eu-west.amazonaws.com/a.pem",
    "https://sns.eu-west-.amazonaws.com/a.pem",
    "https://sns.eu--1.amazonaws.com/a.pem",
    "https://sns.-west-1.amazonaws.com/a.pem",
    "https://sns.eü-west-1.amazonaws.com/a.pem",
    "https://sns.\u{301}eu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com/\u{301}a.pem",
    "https://sns.eu-west-1.amazonaws.com:443/a.pem",
    "https://sns.eu-west-1.amazonaws.com@example.com/a.pem",
    "https://user@sns.eu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com\\@example.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com/a.pem?b",
    "https://sns.eu-west-1.amazonaws.com/a?b.pem",
    "https://sns.eu-west-1.amazonaws.com?/a.pem",
    "https://sns.eu-west-1.amazonaws.com#/a.pem",
    "https://sns.eu-west-1.amazonaws.com/a#.pem",
    "https://sns.eu-west-1.amazonaws.com/%2e%2e.pem",
    "https://sns.eu-west-1.amazonaws.com/../a.pem",
    "https://sns.eu-west-1.amazonaws.com/a.pem/",
    "https://sns.eu-west-1.amazonaws.com/a.pem.txt",
    "https://sns.eu-west-1.amazonaws.com/a.PEM",
    "https://sns.eu-west-1.amazonaws.com",
    "https://sns.eu-west-1.amazonaws.com.pem",
  ]) func noCertificateIsFetchedFromElsewhere(url: String) async {
    let fetches = Fetches([:])
    let message = SNSSignedMessage.notification.merging(["SigningCertURL": url]) { $1 }
    await #expect(throws: SNSSignatureError.untrustedCertificateURL(url)) {
      try await Self.verifier(fetches).verify(message)
    }
    #expect(fetches.urls.isEmpty)
  }

  // MARK: Certificates

  @Test(arguments: [
    "", "<html></html>", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    String(SNSSignedMessage.certificate.dropLast(60)), SNSSignedMessage.otherAlgorithm, SNSSignedMessage.shortKey,
  ]) func certificateThatIsNoneIsRefused(text: String) async {
    let verifier = Self.verifier(Fetches([SNSSignedMessage.certificateURL: .answer(200, text)]))
    await #expect(throws: SNSSignatureError.malformedCertificate(url: SNSSignedMessage.certificateURL)) {
      try await verifier.verify(SNSSignedMessage.notification)
    }
  }

  @Test(arguments: [
    (Result<AWSAnswer, AWSError>.answer(302, SNSSignedMessage.certificate), "status 302"),
    (.answer(403, SNSSignedMessage.certificate), "status 403"),
    (.failure(.connection(endpoint: "https://h", reason: "connection refused")), "https://h: connection refused"),
    (.failure(.answerTooLarge(endpoint: "https://h", limit: 7)), "https://h: the answer has more than 7 bytes"),
  ]) func certificateThatIsNotThereMayBeThereLater(answer: Result<AWSAnswer, AWSError>, reason: String) async throws {
    let fetches = Fetches([SNSSignedMessage.certificateURL: answer])
    let verifier = Self.verifier(fetches)
    let error = await #expect(throws: SNSSignatureError.self) {
      try await verifier.verify(SNSSignedMessage.notification)
    }
    #expect(error == .certificateUnavailable(url: SNSSignedMessage.certificateURL, reason: reason))
    #expect(error?.isRetryable == true)
    fetches.set([SNSSignedMessage.certificateURL: .answer(200, SNSSignedMessage.certificate)])
    try await verifier.verify(SNSSignedMessage.notification)
  }

  @Test(arguments: [
    (1_795_557_216, false), (1_795_557_217, true), (4_949_157_217, true), (4_949_157_218, false),
  ]) func certificateHasItsTime(now: Int, isValid: Bool) async throws {
    let verifier = Self.verifier(now: now)
    guard !isValid else { return try await verifier.verify(SNSSignedMessage.notification) }
    await #expect(throws: SNSSignatureError.certificateOutOfDate(url: SNSSignedMessage.certificateURL)) {
      try await verifier.verify(SNSSignedMessage.notification)
    }
  }

  @Test func certificateIsFetchedOnce() async throws {
    let fetches = Fetches([SNSSignedMessage.certificateURL: .answer(200, SNSSignedMessage.certificate)])
    let verifier = Self.verifier(fetches)
    for message in SNSSignedMessage.all { try await verifier.verify(message) }
    #expect(fetches.urls == [SNSSignedMessage.certificateURL])
  }

  @Test func onlySomeCertificatesAreKept() async throws {
    let urls = (0...16).map { "https://sns.eu-west-1.amazonaws.com/\($0).pem" }
    let answer = Result<AWSAnswer, AWSError>.answer(200, SNSSignedMessage.certificate)
    let fetches = Fetches(Dictionary(uniqueKeysWithValues: urls.map { ($0, answer) }))
    let verifier = Self.verifier(fetches)
    for url in urls + urls.suffix(1) + urls.prefix(1) {
      try await verifier.verify(SNSSignedMessage.notification.merging(["SigningCertURL": url]) { $1 })
    }
    // The seventeenth made room for itself.
    #expect(fetches.urls == urls + urls.prefix(1))
  }

  @Test func certificateIsFetchedWithoutASignature() async throws {
    let transport = ScriptedTransport([.answer(200, SNSSignedMessage.certificate)])
    let verifier = SNSMessageVerifier(try AWSClient.make(transport)) { Self.now }
    try await verifier.verify(SNSSignedMessage.notification)
    let request = try #require(transport.requests.first)
    #expect(request.method == "GET")
    #expect(request.url == SNSSignedMessage.certificateURL)
    #expect(request.headers.isEmpty)
    #expect(request.body == nil)
    #expect(request.timeout == .seconds(5))
    #expect(request.maximumAnswerBytes == 65_536)
  }

  // MARK: Words

  @Test(arguments: [
    (SNSSignatureError.missingField("Token"), "the message has no Token"),
    (.unknownType("a\nb"), "the message is of the unknown Type 'a b'"),
    (.unknownVersion("3"), "the message has the unknown SignatureVersion '3'"),
    (.malformedSignature, "the message's Signature is no base64"),
    (.certificateUnavailable(url: "u", reason: "status 404"), "the certificate at u cannot be had: status 404"),
    (.malformedCertificate(url: "u"), "there is no certificate of an RSA key at u"),
    (.certificateOutOfDate(url: "u"), "the certificate at u is not valid at this time"),
    (.wrongSignature, "the message's Signature is wrong"),
    (
      .untrustedCertificateURL(String(repeating: "u", count: 300)),
      "the message's SigningCertURL is not where SNS keeps its certificates: '"
        + String(repeating: "u", count: 256) + "…'"
    ),
  ]) func errorIsOneLine(error: SNSSignatureError, text: String) {
    #expect(error.description == text)
    if case .certificateUnavailable = error {} else { #expect(!error.isRetryable) }
  }

  // MARK: Helpers

  /// What is at which URL, and what was asked for.
  private final class Fetches: Sendable {
    private let answers: Mutex<[String: Result<AWSAnswer, AWSError>]>
    private let asked = Mutex<[String]>([])

    init(_ answers: [String: Result<AWSAnswer, AWSError>]) {
      self.answers = Mutex(answers)
    }

    var urls: [String] { asked.withLock(\.self) }

    func set(_ answers: [String: Result<AWSAnswer, AWSError>]) {
      self.answers.withLock { $0 = answers }
    }

    func answer(_ url: String) throws(AWSError) -> AWSAnswer {
      asked.withLock { $0.append(url) }
      let answer = answers.withLock { $0[url] }
      return try (answer ?? .failure(.connection(endpoint: url, reason: "nothing is there"))).get()
    }
  }

  private static func verifier(_ fetches: Fetches? = nil, now: Int = now) -> SNSMessageVerifier {
    let fetches =
      fetches ?? Fetches([SNSSignedMessage.certificateURL: .answer(200, SNSSignedMessage.certificate)])
    return SNSMessageVerifier(now: { now }) { (url) async throws(AWSError) in try fetches.answer(url) }
  }
}
