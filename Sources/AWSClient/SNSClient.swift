/// The part of SNS's API that a failure destination needs, over the Query protocol
/// (https://docs.aws.amazon.com/sns/latest/api/).
public struct SNSClient: Sendable {
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

  /// Publishes a message, which is UTF-8 text, to a topic (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
  public func publish(topicARN: String, message: [UInt8]) async throws(AWSError) {
    var body: [UInt8] = []
    body.reserveCapacity(message.count * 2 + 256)
    body.append("Action=Publish&Version=2010-03-31&TopicArn=")
    for byte in topicARN.utf8 { PercentEncoding.append(byte, to: &body) }
    body.append("&Message=")
    for byte in message { PercentEncoding.append(byte, to: &body) }
    _ = try await client.send(
      AWSCall(
        service: .sns, region: region, account: account,
        headers: [("content-type", "application/x-www-form-urlencoded; charset=utf-8")], body: body, shard: shard))
  }
}
