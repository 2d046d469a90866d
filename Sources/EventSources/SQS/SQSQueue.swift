import AWSClient
import Mappings
import Synchronization

/// One queue as a mapping uses it: knows its URL and visibility timeout once they were asked for, and cuts lists of
/// messages into the batches that SQS takes.
final class SQSQueue: Sendable {
  /// How old the known visibility timeout may be when messages are to be kept invisible by it.
  private static let attributesAge = Duration.seconds(60)
  /// Batches of a batch operation under way at once.
  private static let parallelBatches = 8
  /// How often what SQS failed to do is tried, without the client's own attempts.
  private static let rounds = 3

  private struct Known {
    var url: String?
    var visibilityTimeout: Duration?
    var since: ContinuousClock.Instant?
  }

  let arn: ARN
  private let client: SQSClient
  private let urls: FreshQueueURLs
  private let known = Mutex(Known())

  /// - Parameter shard: which connections are used.
  init(_ arn: ARN, client: AWSClient, urls: FreshQueueURLs, shard: Int) {
    self.arn = arn
    self.urls = urls
    self.client = SQSClient(client, region: arn.region, account: arn.account, shard: shard)
  }

  /// Nil before the queue was asked, and where it does not tell.
  var visibilityTimeout: Duration? { known.withLock(\.visibilityTimeout) }

  /// Whether the queue is to be asked for its visibility timeout. One that holds no messages need not be; one that does
  /// not tell is asked again after a while.
  var asksForVisibilityTimeout: Bool {
    known.withLock { $0.visibilityTimeout == nil && $0.url != nil && Self.isOld($0.since) }
  }

  /// The queue may not be the one that it was.
  func forget() { known.withLock { $0 = Known() } }

  /// The body of ReceiveMessage's answer.
  func receive(maximum: Int, waitSeconds: Int) async throws(AWSError) -> [UInt8] {
    try await client.receive(queueURL: try await url(), maximum: maximum, waitSeconds: waitSeconds)
  }

  /// - Returns: how many messages were not deleted, and why.
  func delete(_ messages: [SQSMessage]) async -> Refusal? {
    await inBatches(messages) { [client] (url, handles) async throws(AWSError) in
      try await client.delete(queueURL: url, receiptHandles: handles)
    }
  }

  /// Keeps messages invisible for another visibility timeout.
  func extendVisibility(of messages: [SQSMessage]) async -> Refusal? {
    await refreshVisibilityTimeout()
    guard let timeout = visibilityTimeout else { return nil }
    return await changeVisibility(of: messages, to: Int(timeout.components.seconds))
  }

  /// Makes messages visible at once.
  func release(_ messages: [SQSMessage]) async -> Refusal? {
    await changeVisibility(of: messages, to: 0)
  }

  private func changeVisibility(of messages: [SQSMessage], to seconds: Int) async -> Refusal? {
    await inBatches(messages) { [client] (url, handles) async throws(AWSError) in
      try await client.changeVisibility(queueURL: url, receiptHandles: handles, seconds: seconds)
    }
  }

  // MARK: The queue itself

  private func url() async throws(AWSError) -> String {
    if let url = known.withLock(\.url) { return url }
    let url: String
    if let fresh = urls.take(arn) { url = fresh } else { url = try await client.queueURL(name: arn.resource) }
    known.withLock { $0 = Known(url: url) }
    return url
  }

  private static func isOld(_ since: ContinuousClock.Instant?) -> Bool {
    since.map { $0.duration(to: .now) > attributesAge } ?? true
  }

  /// Asks the queue for its visibility timeout, unless that was done lately.
  func refreshVisibilityTimeout() async {
    let (url, since) = known.withLock { ($0.url, $0.since) }
    guard let url, Self.isOld(since) else { return }
    let timeout = await readVisibilityTimeout(url)
    known.withLock { known in
      known.since = .now
      if let timeout { known.visibilityTimeout = timeout }
    }
  }

  /// A queue that does not tell is read all the same; its messages are then not kept invisible.
  private func readVisibilityTimeout(_ url: String) async -> Duration? {
    let name = "VisibilityTimeout"
    guard let attributes = try? await client.attributes(queueURL: url, names: [name]),
      let seconds = attributes[name].flatMap(Int.init), seconds > 0
    else { return nil }
    return .seconds(seconds)
  }

  // MARK: Batch operations

  /// Messages for which something could not be done.
  struct Refusal: Sendable {
    var count: Int
    var reason: String
  }

  private typealias Operation =
    @Sendable (String, [ArraySlice<UInt8>]) async throws(AWSError) -> [SQSClient.BatchFailure]

  private func inBatches(_ messages: [SQSMessage], _ operation: @escaping Operation) async -> Refusal? {
    guard !messages.isEmpty else { return nil }
    let url: String
    do throws(AWSError) {
      url = try await self.url()
    } catch {
      return Refusal(count: messages.count, reason: "\(error)")
    }
    let size = SQSClient.maximumBatchEntries
    if messages.count <= size { return await Self.persist(messages[...], url, operation) }
    return await withTaskGroup(of: Refusal?.self) { group in
      var refusals: [Refusal] = []
      for start in stride(from: 0, to: messages.count, by: size) {
        if start >= size * Self.parallelBatches, let refusal = await group.next() ?? nil { refusals.append(refusal) }
        let batch = messages[start..<min(start + size, messages.count)]
        group.addTask { await Self.persist(batch, url, operation) }
      }
      for await case let refusal? in group { refusals.append(refusal) }
      guard let first = refusals.first else { return nil }
      return Refusal(count: refusals.reduce(0) { $0 + $1.count }, reason: first.reason)
    }
  }

  /// Performs an operation on at most ten messages, and again for those that SQS failed by its own fault.
  private static func persist(_ messages: ArraySlice<SQSMessage>, _ url: String, _ operation: Operation) async
    -> Refusal?
  {
    var handles = messages.map { $0.receiptHandle[...] }
    var wrong: [SQSClient.BatchFailure] = []
    for round in 1...rounds {
      let failures: [SQSClient.BatchFailure]
      do throws(AWSError) {
        failures = try await operation(url, handles)
      } catch {
        return Refusal(count: handles.count + wrong.count, reason: "\(error)")
      }
      wrong += failures.filter(\.senderFault)
      let again = failures.filter { !$0.senderFault }
      if again.isEmpty || round == rounds {
        wrong += again
        break
      }
      handles = again.map { handles[$0.index] }
    }
    return wrong.first.map { Refusal(count: wrong.count, reason: "\($0.code) \($0.message)") }
  }
}
