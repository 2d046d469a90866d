/// SQS over AWS JSON 1.0 (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/).
///
/// Requests go to the endpoint, whatever host a queue's URL names: emulators give URLs that only they understand.
public struct SQSClient: Sendable {
  /// An attribute of a message, given as text
  /// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_MessageAttributeValue.html).
  public struct MessageAttribute: Sendable, Equatable {
    /// `String` or `Number`, with a label of the sender's own after a dot where he likes.
    public let dataType: String
    /// The value; a number too is written as text.
    public let stringValue: String

    /// An attribute.
    public init(dataType: String, stringValue: String) {
      self.dataType = dataType
      self.stringValue = stringValue
    }
  }

  let caller: JSONCaller

  /// Calls in a region, for an account, over the connections of a shard.
  public init(_ client: AWSClient, region: String, account: String, shard: Int = 0) {
    caller = JSONCaller(
      client: client, service: .sqs, version: .v1_0, targetPrefix: "AmazonSQS", region: region, account: account,
      shard: shard)
  }

  /// Waits for messages and gives the answer's body as it came, with all attributes; one attempt.
  public func receive(queueURL: String, maximum: Int, waitSeconds: Int) async throws(AWSError) -> [UInt8] {
    var body = Self.opening(queueURL)
    body.append(#","MaxNumberOfMessages":"#)
    body.appendNumber(maximum)
    body.append(#","WaitTimeSeconds":"#)
    body.appendNumber(waitSeconds)
    // SQS understands both names; emulators one or the other.
    body.append(
      #","AttributeNames":["All"],"MessageSystemAttributeNames":["All"],"MessageAttributeNames":["All"]}"#)
    var call = caller.call("ReceiveMessage", body)
    call.attempts = 1
    call.timeout = .seconds(waitSeconds + 10)
    return try await caller.client.send(call).body
  }

  /// Sends a message, whose body is UTF-8 text, with attributes by their names
  /// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
  public func send(
    queueURL: String, body text: [UInt8], attributes: [String: MessageAttribute] = [:]
  ) async throws(AWSError) {
    var body = Self.opening(queueURL)
    body.reserveCapacity(body.count + text.count * 2)
    body.append(#","MessageBody":"#)
    body.appendString(text)
    if !attributes.isEmpty {
      body.append(#","MessageAttributes":"#)
      body.appendObject(attributes) { body, attribute in
        body.append(#"{"DataType":"#)
        body.appendString(attribute.dataType.utf8)
        body.append(#","StringValue":"#)
        body.appendString(attribute.stringValue.utf8)
        body.append("}")
      }
    }
    body.append("}")
    _ = try await caller.client.send(caller.call("SendMessage", body))
  }

  /// The beginning of a request, its object still open.
  static func opening(_ queueURL: String) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(512)
    body.append(#"{"QueueUrl":"#)
    body.appendString(queueURL.utf8)
    return body
  }
}
