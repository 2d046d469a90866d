import JSON

/// Queues as such.
extension SQSClient {
  /// Makes a queue of the account's with those attributes, and gives its URL
  /// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html).
  ///
  /// One that is there already with the same attributes is given; one with others is the error `QueueNameExists`, and a
  /// name that was deleted within the last minute `QueueDeletedRecently`.
  public func createQueue(name: String, attributes: [String: String] = [:]) async throws(AWSError) -> String {
    var body: [UInt8] = []
    body.append(#"{"QueueName":"#)
    body.appendString(name.utf8)
    if !attributes.isEmpty {
      body.append(#","Attributes":"#)
      body.appendObject(attributes)
    }
    body.append("}")
    return try await url(of: caller.call("CreateQueue", body))
  }

  /// Deletes a queue with all that is in it; one that is not there is the error `QueueDoesNotExist`
  /// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html).
  public func deleteQueue(queueURL: String) async throws(AWSError) {
    var body = Self.opening(queueURL)
    body.append("}")
    _ = try await caller.client.send(caller.call("DeleteQueue", body))
  }

  /// The URL of the account's queue of that name.
  public func queueURL(name: String) async throws(AWSError) -> String {
    var body: [UInt8] = []
    body.append(#"{"QueueName":"#)
    body.appendString(name.utf8)
    body.append(#","QueueOwnerAWSAccountId":"#)
    body.appendString(caller.account.utf8)
    body.append("}")
    return try await url(of: caller.call("GetQueueUrl", body))
  }

  /// The URL of the queue of that name in the account of the credentials, whichever that is.
  public func ownQueueURL(name: String) async throws(AWSError) -> String {
    var body: [UInt8] = []
    body.append(#"{"QueueName":"#)
    body.appendString(name.utf8)
    body.append("}")
    return try await url(of: caller.call("GetQueueUrl", body))
  }

  private func url(of call: AWSCall) async throws(AWSError) -> String {
    let answer = try await caller.document(of: call)
    guard case .string(let url) = answer["QueueUrl"] else { throw caller.invalid("no QueueUrl") }
    return url
  }

  // MARK: Attributes

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

  /// Sets attributes of a queue and leaves its others as they are; it may take a minute until all of SQS knows them
  /// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html).
  public func setAttributes(queueURL: String, attributes: [String: String]) async throws(AWSError) {
    var body = Self.opening(queueURL)
    body.append(#","Attributes":"#)
    body.appendObject(attributes)
    body.append("}")
    _ = try await caller.client.send(caller.call("SetQueueAttributes", body))
  }
}
