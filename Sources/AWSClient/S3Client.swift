/// The part of S3's API that writes an object and that has a bucket tell of its events
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/).
///
/// The bucket stands in the path: an emulator's host has no names below it.
public struct S3Client: Sendable {
  private let client: AWSClient
  let region: String
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
  public func put(bucket: String, key: String, contentType: String, body: [UInt8]) async throws(AWSError) {
    var call = call("PUT", path: Self.path(bucket, key))
    call.headers = [("content-type", contentType)]
    call.body = body
    _ = try await send(call)
  }

  /// The XML that says whom a bucket tells of its events, as it came
  /// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html).
  ///
  /// Where it tells nobody that is an empty element, of one name or another, or no bytes at all: servers differ.
  public func notificationConfiguration(bucket: String) async throws(AWSError) -> [UInt8] {
    var call = call("GET", path: "/\(PercentEncoding.text(bucket))")
    call.query = "notification"
    return try await send(call).body
  }

  /// Replaces whom a bucket tells of its events
  /// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html).
  public func putNotificationConfiguration(bucket: String, xml: [UInt8]) async throws(AWSError) {
    var call = call("PUT", path: "/\(PercentEncoding.text(bucket))")
    call.query = "notification"
    call.headers = [("content-type", "application/xml")]
    call.body = xml
    _ = try await send(call)
  }

  func call(_ method: String, path: String) -> AWSCall {
    AWSCall(service: .s3, region: region, account: account, method: method, path: path, shard: shard)
  }

  func send(_ call: AWSCall) async throws(AWSError) -> AWSAnswer {
    let answer = try await client.send(call)
    // A bucket of another region answers with a redirection: nothing has been read or written.
    guard answer.status < 300 else { throw .service(AWSServiceError(answer)) }
    return answer
  }

  /// Each segment encoded once, as S3 also signs it; the slashes of a key are its own.
  private static func path(_ bucket: String, _ key: String) -> String {
    let segments = key.split(separator: "/", omittingEmptySubsequences: false).map { PercentEncoding.text(String($0)) }
    return "/\(PercentEncoding.text(bucket))/\(segments.joined(separator: "/"))"
  }
}
