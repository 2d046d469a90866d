import JSON

/// SQS over AWS JSON 1.0 (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/).
///
/// Requests go to the endpoint, whatever host a queue's URL names: emulators give URLs that only they understand.
public struct SQSClient: Sendable {
  /// An entry of a batch that SQS refused.
  public struct BatchFailure: Sendable, Equatable {
    /// The entry's place in the batch.
    public let index: Int
    /// The error's name.
    public let code: String
    /// SQS's words; may be empty.
    public let message: String
    /// Whether the entry was wrong, rather than SQS.
    public let senderFault: Bool

    /// A refused entry.
    public init(index: Int, code: String, message: String, senderFault: Bool) {
      self.index = index
      self.code = code
      self.message = message
      self.senderFault = senderFault
    }
  }

  /// The most entries of a batch.
  public static let maximumBatchEntries = 10

  private let caller: JSONCaller

  /// Calls in a region, for an account, over the connections of a shard.
  public init(_ client: AWSClient, region: String, account: String, shard: Int = 0) {
    caller = JSONCaller(
      client: client, service: .sqs, version: .v1_0, targetPrefix: "AmazonSQS", region: region, account: account,
      shard: shard)
  }

  /// The URL of the account's queue of that name.
  public func queueURL(name: String) async throws(AWSError) -> String {
    var body: [UInt8] = []
    body.append(#"{"QueueName":"#)
    body.appendString(name.utf8)
    body.append(#","QueueOwnerAWSAccountId":"#)
    body.appendString(caller.account.utf8)
    body.append("}")
    let answer = try await caller.document(of: caller.call("GetQueueUrl", body))
    guard case .string(let url) = answer["QueueUrl"] else { throw caller.invalid("no QueueUrl") }
    return url
  }

  /// The queue's attributes of those names (`All` for all of them).
  public func attributes(queueURL: String, names: [String]) async throws(AWSError) -> [String: String] {
    var body = Self.opening(queueURL)
    body.append(#","AttributeNames":["#)
    for (index, name) in names.enumerated() {
      if index > 0 { body.append(",") }
      body.appendString(name.utf8)
    }
    body.append("]}")
    let answer = try await caller.document(of: caller.call("GetQueueAttributes", body))
    // A queue without any of them has no `Attributes` at all.
    guard case .object(let members) = answer["Attributes"] ?? .object([]) else { throw caller.invalid("no Attributes") }
    var attributes: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else { throw caller.invalid("an attribute that is no string") }
      attributes[member.name] = text
    }
    return attributes
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

  /// Deletes at most ten messages and gives those that were not deleted. A handle is a JSON string with its quotes, as
  /// the queue wrote it, and is sent unchanged.
  public func delete(
    queueURL: String, receiptHandles: [ArraySlice<UInt8>]
  ) async throws(AWSError) -> [BatchFailure] {
    try await batch("DeleteMessageBatch", queueURL, receiptHandles, visibility: nil)
  }

  /// Makes at most ten messages invisible for some seconds from now, or visible with 0, and gives those where it failed.
  /// Handles are as for `delete`.
  public func changeVisibility(
    queueURL: String, receiptHandles: [ArraySlice<UInt8>], seconds: Int
  ) async throws(AWSError) -> [BatchFailure] {
    try await batch("ChangeMessageVisibilityBatch", queueURL, receiptHandles, visibility: seconds)
  }

  /// Sends a message, whose body is UTF-8 text.
  public func send(queueURL: String, body text: [UInt8]) async throws(AWSError) {
    var body = Self.opening(queueURL)
    body.reserveCapacity(body.count + text.count * 2)
    body.append(#","MessageBody":"#)
    body.appendString(text)
    body.append("}")
    _ = try await caller.client.send(caller.call("SendMessage", body))
  }

  // MARK: Batches

  private func batch(
    _ action: String, _ queueURL: String, _ handles: [ArraySlice<UInt8>], visibility: Int?
  ) async throws(AWSError) -> [BatchFailure] {
    guard !handles.isEmpty else { return [] }
    guard handles.count <= Self.maximumBatchEntries else {
      throw .configuration("a batch of SQS has at most \(Self.maximumBatchEntries) entries, not \(handles.count)")
    }
    var body = Self.opening(queueURL)
    body.reserveCapacity(body.count + handles.reduce(64) { $0 + $1.count + 64 })
    body.append(#","Entries":["#)
    for (index, handle) in handles.enumerated() {
      body.append(index == 0 ? #"{"Id":""# : #",{"Id":""#)
      body.appendNumber(index)
      body.append(#"","ReceiptHandle":"#)
      body += handle
      if let visibility {
        body.append(#","VisibilityTimeout":"#)
        body.appendNumber(visibility)
      }
      body.append("}")
    }
    body.append("]}")
    let answer = try await caller.document(of: caller.call(action, body))
    guard answer["Failed"] != nil || answer["Successful"] != nil else {
      throw caller.invalid("neither Successful nor Failed")
    }
    guard case .array(let entries) = answer["Failed"] ?? .array([]) else { return [] }
    var failures: [BatchFailure] = []
    for entry in entries {
      guard case .string(let id) = entry["Id"], let index = Int(id), handles.indices.contains(index) else {
        throw caller.invalid("a failed entry without the Id of one that was sent")
      }
      failures.append(BatchFailure(index: index, entry))
    }
    return failures
  }

  private static func opening(_ queueURL: String) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(512)
    body.append(#"{"QueueUrl":"#)
    body.appendString(queueURL.utf8)
    return body
  }
}

extension SQSClient.BatchFailure {
  fileprivate init(index: Int, _ entry: JSONValue) {
    var (code, message) = ("Unknown", "")
    if case .string(let text) = entry["Code"] { code = text }
    if case .string(let text) = entry["Message"] { message = text }
    self.init(index: index, code: code, message: message, senderFault: entry["SenderFault"] == true)
  }
}
