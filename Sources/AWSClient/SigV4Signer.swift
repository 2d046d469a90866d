import Crypto

/// What of a request is signed.
public struct SigningRequest: Sendable {
  /// The method, in capitals.
  public var method: String
  /// The text of the header `Host`.
  public var host: String
  /// The path as it is sent, percent-encoded.
  public var path: String
  /// The query as it is sent, percent-encoded, without its question mark.
  public var query: String
  /// The headers, `Host` excepted.
  public var headers: [(String, String)]
  /// The whole body.
  public var body: [UInt8]

  /// A request to be signed.
  public init(
    method: String, host: String, path: String = "/", query: String = "", headers: [(String, String)] = [],
    body: [UInt8] = []
  ) {
    self.method = method
    self.host = host
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }
}

/// Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
public enum SigV4Signer {
  /// The headers that a request is sent with in addition to its own: `x-amz-date`, `x-amz-security-token` where there is
  /// a session token, `x-amz-content-sha256` for S3, and `authorization`.
  ///
  /// `service` is the signing name, as `dynamodb`. `keys` keeps the signing keys of the day, since to derive one takes
  /// four times as long as to sign with it.
  public static func headers(
    signing request: SigningRequest, credentials: AWSCredentials, region: String, service: String,
    at time: UnixSeconds, keys: SigningKeyCache
  ) -> [(name: String, value: String)] {
    let timestamp = UnixTime.basicFormat(time)
    let date = String(timestamp.prefix(8))
    let bodyHash = Hex.text(SHA256.hash(data: request.body))
    var added: [(name: String, value: String)] = [("x-amz-date", timestamp)]
    if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }
    // Only S3 asks for it (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
    if service == "s3" { added.append(("x-amz-content-sha256", bodyHash)) }

    let canonical = CanonicalRequest(request, added: added, bodyHash: bodyHash, isS3: service == "s3")
    let scope = "\(date)/\(region)/\(service)/aws4_request"
    let toSign = "AWS4-HMAC-SHA256\n\(timestamp)\n\(scope)\n\(Hex.text(SHA256.hash(data: canonical.bytes)))"
    let key = keys.key(secret: credentials.secretAccessKey, date: date, region: region, service: service)
    let signature = Hex.text(HMAC<SHA256>.authenticationCode(for: Array(toSign.utf8), using: key))
    added.append(
      (
        "authorization",
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
          + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
      ))
    return added
  }
}

/// Bytes as pairs of hexadecimal digits.
enum Hex {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(unsafeUninitializedCapacity: 64) { buffer in
      var offset = 0
      for byte in bytes.prefix(32) {
        buffer[offset] = digits[Int(byte >> 4)]
        buffer[offset + 1] = digits[Int(byte & 0xF)]
        offset += 2
      }
      return offset
    }
  }
}
