import AWSClient
import Testing

@Suite struct SigV4SignerTests {
  static let time = 1_440_938_160

  @Test(arguments: SigningVector.all) func signsAsAWSDoes(vector: SigningVector) throws {
    let headers = Self.sign(vector, keys: SigningKeyCache())
    let authorization = try #require(headers.last)
    #expect(authorization.name == "authorization")
    #expect(
      authorization.value == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/\(vector.region)/\(vector.service)/"
        + "aws4_request, SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)")
  }

  @Test func addsTheDateAndTheSessionToken() {
    let vector = SigningVector(name: "token", token: "lent", signature: "")
    let headers = Self.sign(vector, keys: SigningKeyCache())
    #expect(headers.map(\.name) == ["x-amz-date", "x-amz-security-token", "authorization"])
    #expect(headers.first?.value == "20150830T123600Z")
    #expect(headers[1].value == "lent")
  }

  @Test func addsTheHashOfTheBodyForS3Alone() {
    let vector = SigningVector(name: "s3", service: "s3", signature: "")
    let hash = Self.sign(vector, keys: SigningKeyCache()).first { $0.name == "x-amz-content-sha256" }
    #expect(hash?.value == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func keysOfDifferentScopesDoNotMix() {
    let keys = SigningKeyCache()
    for vector in SigningVector.all + SigningVector.all {
      #expect(Self.sign(vector, keys: keys).last?.value.hasSuffix(vector.signature) == true, "\(vector.name)")
    }
  }

  @Test func aFullCacheStillGivesTheRightKey() throws {
    let keys = SigningKeyCache()
    let vector = try #require(SigningVector.all.first)
    for number in 0..<200 {
      var other = vector
      other.region = "region-\(number)"
      _ = Self.sign(other, keys: keys)
      #expect(Self.sign(vector, keys: keys).last?.value.hasSuffix(vector.signature) == true)
    }
  }

  private static func sign(_ vector: SigningVector, keys: SigningKeyCache) -> [(name: String, value: String)] {
    SigV4Signer.headers(
      signing: SigningRequest(
        method: vector.method, host: vector.host, path: vector.path, query: vector.query, headers: vector.headers,
        body: Array(vector.body.utf8)),
      credentials: AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        sessionToken: vector.token),
      region: vector.region, service: vector.service, at: time, keys: keys)
  }
}
