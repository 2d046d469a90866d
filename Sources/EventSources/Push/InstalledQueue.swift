import AWSClient
import JSON
import Mappings

/// The queue that is made for a mapping, where its source sends to queues: `headrace-UUID`.
struct InstalledQueue: Sendable {
  /// What came with one receive: the bodies, and the handles to delete them by, as JSON strings.
  struct Messages: Sendable {
    var bodies: [[UInt8]] = []
    var receiptHandles: [[UInt8]] = []
  }

  /// Messages of one receive.
  private static let maximum = SQSClient.maximumBatchEntries
  /// The longest that SQS waits.
  static let longPollSeconds = 20

  let arn: String
  /// Taking a message is a matter of milliseconds; one that was given to a process which ended is soon to be seen again.
  private static let visibilityTimeoutSeconds = 5

  private let name: String
  private let client: SQSClient

  init(of mapping: MappingID, in scope: Scope, client: AWSClient) {
    name = Self.name(of: mapping)
    arn = "arn:\(scope.partition):sqs:\(scope.region):\(scope.account):\(name)"
    self.client = SQSClient(
      client, region: scope.region, account: scope.account, shard: mapping.hashValue & 0x1F)
  }

  /// Known by its mapping, so that it can be found again, and by whoever looks at the account.
  static func name(of mapping: MappingID) -> String { "headrace-\(mapping)" }

  /// Makes the queue, where it is not there, and lets a source send to it.
  func create(for source: ARN) async throws(PushError) {
    let policy = """
      {"Version":"2012-10-17","Statement":[{"Sid":"headrace","Effect":"Allow",\
      "Principal":{"Service":"\(source.service).amazonaws.com"},"Action":"sqs:SendMessage",\
      "Resource":"\(arn)","Condition":{"ArnEquals":{"aws:SourceArn":"\(source)"}}}]}
      """
    try await calling("CreateQueue", of: "SQS") { () async throws(AWSError) in
      do throws(AWSError) {
        _ = try await client.createQueue(
          name: name, attributes: ["Policy": policy, "VisibilityTimeout": "\(Self.visibilityTimeoutSeconds)"])
      } catch {
        // One that is there already, with other attributes, is as good; if it is not, that is the error.
        guard (try? await client.queueURL(name: name)) != nil else { throw error }
      }
    }
  }

  /// Deletes the queue; one that is gone is no error.
  func delete() async throws(PushError) {
    try await calling("DeleteQueue", of: "SQS") { () async throws(AWSError) in
      do throws(AWSError) {
        try await client.deleteQueue(queueURL: try await client.queueURL(name: name))
      } catch {
        guard error.isMissingQueue else { throw error }
      }
    }
  }

  func receive(waitSeconds: Int) async throws(PushError) -> Messages {
    let answer = try await calling("ReceiveMessage", of: "SQS") { () async throws(AWSError) in
      try await client.receive(
        queueURL: try await client.queueURL(name: name), maximum: Self.maximum, waitSeconds: waitSeconds)
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

  /// Deletes messages. What is not deleted comes again: at least once.
  func delete(_ messages: Messages) async throws(PushError) {
    _ = try await calling("DeleteMessage", of: "SQS") { () async throws(AWSError) in
      try await client.delete(
        queueURL: try await client.queueURL(name: name), receiptHandles: messages.receiptHandles.map { $0[...] })
    }
  }
}
