import JSON

/// Several messages in one request.
extension SQSClient {
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
}

extension SQSClient.BatchFailure {
  fileprivate init(index: Int, _ entry: JSONValue) {
    var (code, message) = ("Unknown", "")
    if case .string(let text) = entry["Code"] { code = text }
    if case .string(let text) = entry["Message"] { message = text }
    self.init(index: index, code: code, message: message, senderFault: entry["SenderFault"] == true)
  }
}
