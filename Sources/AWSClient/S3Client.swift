/// The part of S3's API that a failure destination needs (https://docs.aws.amazon.com/AmazonS3/latest/API/).
public struct S3Client: Sendable {
  private let client: AWSClient
  private let region: String
  private let account: String
  private let shard: Int

  /// Calls in a region, for an account, over the connections of a shard.
  public init(_ client: AWSClient, region: String, account: String, shard: Int = 0) {
    self.client = client
    self.region = region
    self.account = account
    self.shard = shard
  }

  /// Writes an object (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html).
  ///
  /// The bucket stands in the path: an emulator's host has no names below it.
  public func put(bucket: String, key: String, contentType: String, body: [UInt8]) async throws(AWSError) {
    let answer = try await client.send(
      AWSCall(
        service: .s3, region: region, account: account, method: "PUT", path: Self.path(bucket, key),
        headers: [("content-type", contentType)], body: body, shard: shard))
    // A bucket of another region answers with a redirection: nothing has been written.
    guard answer.status < 300 else { throw .service(AWSServiceError(answer)) }
  }

  /// Each segment encoded once, as S3 also signs it; the slashes of a key are its own.
  private static func path(_ bucket: String, _ key: String) -> String {
    let segments = key.split(separator: "/", omittingEmptySubsequences: false).map { PercentEncoding.text(String($0)) }
    return "/\(PercentEncoding.text(bucket))/\(segments.joined(separator: "/"))"
  }
}
