import AWSClient
import Logging
import Mappings

/// Reads a shard by a subscription, which pushes its records for five minutes and is then made anew.
///
/// Nothing is read from it while nothing is asked for, so that a slow function slows the source down.
final class SubscribedShard: ShardReader, @unchecked Sendable {
  // Unchecked, because a shard is read by one task after another, and never by two: `ShardReader` says so.
  private var subscription: KinesisSubscription?
  /// When the last subscription was begun.
  private var subscribedAt: ContinuousClock.Instant?
  /// Behind what the next subscription begins: the last event that was handed on.
  private var last: String?

  /// Kinesis pushes something every few seconds, if need be without records. A peer that says nothing for so long is
  /// gone, or has nothing, and is asked anew.
  private static let silence = Duration.seconds(60)
  /// Between the beginnings of two subscriptions at least.
  private static let shortest = Duration.seconds(1)

  private let client: KinesisClient
  private let consumer: String
  private let shard: String
  private let start: ShardStart
  private let logger: Logger
  private let read: @Sendable ([UInt8]) throws(AWSError) -> ShardAnswer

  init(
    _ client: KinesisClient, consumer: String, shard: String, from start: ShardStart, logger: Logger,
    read: @escaping @Sendable ([UInt8]) throws(AWSError) -> ShardAnswer
  ) {
    self.client = client
    self.consumer = consumer
    self.shard = shard
    self.start = start
    self.logger = logger
    self.read = read
  }

  func next(limit: Int) async throws(AWSError) -> ShardAnswer {
    while true {
      switch await pushedOrSilence() {
      case .success(let answer?):
        last = answer.next ?? answer.records.last?.sequenceNumber.description ?? last
        return answer
      case .success(nil):
        subscription = nil
      case .failure(let error):
        subscription = nil
        throw error
      }
    }
  }

  /// The next event; nil where the subscription has ended, or nothing was pushed for too long.
  private func pushedOrSilence() async -> Result<ShardAnswer?, AWSError> {
    await withTaskGroup(of: Result<ShardAnswer?, AWSError>.self) { group in
      group.addTask { await Result { () async throws(AWSError) in try await self.pushed() } }
      group.addTask {
        do { try await Task.sleep(for: Self.silence) } catch { return .failure(.cancelled) }
        return .success(nil)
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failure(.cancelled)
    }
  }

  private func pushed() async throws(AWSError) -> ShardAnswer? {
    if subscription == nil {
      if let subscribedAt {
        do { try await Task.sleep(until: subscribedAt + Self.shortest, clock: .continuous) } catch { throw .cancelled }
      }
      subscribedAt = .now
      subscription = try await subscribe()
    }
    guard let event = try await subscription?.next() else { return nil }
    return try read(event)
  }

  private func subscribe() async throws(AWSError) -> KinesisSubscription {
    do throws(AWSError) {
      return try await client.subscribe(consumerARN: consumer, shard: shard, at: position)
    } catch {
      guard case .afterSequenceNumber(let number) = position, error.isUnknownPosition else { throw error }
      logger.warning(
        "checkpoint is not in the shard any more; reading on from its beginning",
        metadata: ["sequenceNumber": "\(number)", "reason": "\(error)"])
      return try await client.subscribe(consumerARN: consumer, shard: shard, at: .trimHorizon)
    }
  }

  private var position: ShardIteratorPosition {
    if let last { return .afterSequenceNumber(last) }
    switch start {
    case .trimHorizon: return .trimHorizon
    case .after(let sequenceNumber): return .afterSequenceNumber(sequenceNumber.description)
    case .iterator(_, let time), .since(let time): return .atTimestamp(milliseconds: time.count)
    }
  }
}
