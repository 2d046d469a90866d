import AWSClient
import JSON
import Mappings
import Synchronization

/// The queue that is made for a mapping, where its source sends to queues: `headrace-UUID`.
final class InstalledQueue: Sendable {
  /// What came with one receive: the bodies, and the handles to delete them by, as JSON strings.
  struct Messages: Sendable {
    var bodies: [[UInt8]] = []
    var receiptHandles: [[UInt8]] = []
  }

  /// Messages of one receive.
  private static let maximum = SQSClient.maximumBatchEntries
  /// The longest that SQS waits.
  static let longPollSeconds = 20
  /// Taking a message is a matter of milliseconds; one that was given to a process which ended is soon to be seen again.
  /// What comes while Headrace is away is kept as long as SQS keeps anything.
  private static let attributes = [
    "VisibilityTimeout": "\(visibilityTimeout.components.seconds)", "MessageRetentionPeriod": "1209600",
  ]
  static let visibilityTimeout = Duration.seconds(5)

  private let name: String
  private let client: SQSClient
  private let known = Mutex<String?>(nil)

  init(of mapping: MappingID, in scope: Scope, client: AWSClient) {
    name = Self.name(of: mapping)
    self.client = SQSClient(
      client, region: scope.region, account: scope.account, shard: mapping.connectionShard)
  }

  /// Known by its mapping, so that it can be found again, and by whoever looks at the account.
  static func name(of mapping: MappingID) -> String { "headrace-\(mapping)" }

  /// Makes the queue, where it is not there, and lets a source send to it.
  /// - Returns: its ARN. It is asked for, since on AWS only the credentials know their account.
  func create(for source: ARN) async throws(PushError) -> String {
    let url = try await calling("CreateQueue", of: "SQS") { [self] () async throws(AWSError) in
      do throws(AWSError) {
        return try await client.createQueue(name: name, attributes: Self.attributes)
      } catch {
        // One that is there already, with other attributes, is as good; if there is none, that is the error.
        guard let url = try? await client.ownQueueURL(name: name) else { throw error }
        return url
      }
    }
    known.withLock { $0 = url }
    let attributes = try await calling("GetQueueAttributes", of: "SQS") { [client] () async throws(AWSError) in
      try await client.attributes(queueURL: url, names: ["QueueArn", "Policy"])
    }
    guard let arn = attributes["QueueArn"] else { throw .answer("GetQueueAttributes", "It tells no QueueArn.") }
    let policy = """
      {"Version":"2012-10-17","Statement":[{"Sid":"headrace","Effect":"Allow",\
      "Principal":{"Service":"\(source.service).amazonaws.com"},"Action":"sqs:SendMessage",\
      "Resource":"\(arn)","Condition":{"ArnEquals":{"aws:SourceArn":"\(source)"}}}]}
      """
    guard attributes["Policy"] != policy else { return arn }
    try await calling("SetQueueAttributes", of: "SQS") { [client] () async throws(AWSError) in
      try await client.setAttributes(queueURL: url, attributes: ["Policy": policy])
    }
    return arn
  }

  /// Deletes the queue; one that is gone is no error.
  func delete() async throws(PushError) {
    try await calling("DeleteQueue", of: "SQS") { [self] () async throws(AWSError) in
      do throws(AWSError) {
        try await client.deleteQueue(queueURL: try await url())
      } catch {
        guard error.isMissingQueue else { throw error }
      }
    }
    known.withLock { $0 = nil }
  }

  private func url() async throws(AWSError) -> String {
    if let url = known.withLock({ $0 }) { return url }
    let url = try await client.ownQueueURL(name: name)
    known.withLock { $0 = url }
    return url
  }

  func receive(waitSeconds: Int) async throws(PushError) -> Messages {
    let answer: [UInt8]
    do throws(AWSError) {
      // Cut off where nobody waits any more: it may take long.
      answer = try await client.receive(queueURL: try await url(), maximum: Self.maximum, waitSeconds: waitSeconds)
    } catch {
      if error.isMissingQueue { known.withLock { $0 = nil } }
      throw .call("ReceiveMessage", of: "SQS", error)
    }
    guard let document = try? JSONValue(parsing: answer) else { throw .answer("ReceiveMessage", "It is no JSON.") }
    var messages = Messages()
    guard case .array(let list)? = document["Messages"] else { return messages }
    for message in list {
      guard case .string(let body)? = message["Body"], let handle = message["ReceiptHandle"] else {
        throw .answer("ReceiveMessage", "A message lacks its body or receipt handle.")
      }
      messages.bodies.append(Array(body.utf8))
      messages.receiptHandles.append(Array(handle.text.utf8))
    }
    return messages
  }

  /// Whether somebody was given messages that are not deleted yet. A queue that does not tell has none.
  func hasMessagesInFlight() async -> Bool {
    let name = "ApproximateNumberOfMessagesNotVisible"
    guard let url = try? await url(), let attributes = try? await client.attributes(queueURL: url, names: [name]) else {
      return false
    }
    return attributes[name].flatMap(Int.init) ?? 0 > 0
  }

  /// Deletes messages. What is not deleted comes again: at least once.
  func delete(_ messages: Messages) async throws(PushError) {
    let failures = try await calling("DeleteMessage", of: "SQS") { [self] () async throws(AWSError) in
      try await client.delete(queueURL: try await url(), receiptHandles: messages.receiptHandles.map { $0[...] })
    }
    guard let failure = failures.first else { return }
    throw .answer(
      "DeleteMessage", "\(failures.count) messages come again. \(failure.code) \(failure.message)")
  }
}
