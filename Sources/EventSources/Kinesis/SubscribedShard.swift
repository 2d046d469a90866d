import AWSClient
import Mappings

/// Reads a shard by a subscription, which pushes its records for five minutes and is then made anew.
///
/// Nothing is read from it while nothing is asked for, so that a slow function slows the source down.
final class SubscribedShard: ShardReader, @unchecked Sendable {
  // Unchecked, because a shard is read by one task after another, and never by two: `ShardReader` says so.
  private var subscription: KinesisSubscription?
  /// Behind what the next subscription begins.
  private var last: String?

  /// Kinesis pushes something every few seconds, if need be without records. A peer that says nothing for so long is
  /// gone, or has nothing, and is asked anew.
  private static let silence = Duration.seconds(60)

  private let client: KinesisClient
  private let consumer: String
  private let shard: String
  private let start: ShardStart
  private let read: @Sendable ([UInt8]) throws(AWSError) -> ShardAnswer

  init(
    _ client: KinesisClient, consumer: String, shard: String, from start: ShardStart,
    read: @escaping @Sendable ([UInt8]) throws(AWSError) -> ShardAnswer
  ) {
    self.client = client
    self.consumer = consumer
    self.shard = shard
    self.start = start
    self.read = read
  }

  func next(limit: Int) async throws(AWSError) -> ShardAnswer {
    let outcome = await withTaskGroup(of: Result<ShardAnswer?, AWSError>.self) { group in
      group.addTask {
        await Result { () async throws(AWSError) in try await self.nextPushed() }
      }
      group.addTask {
        try? await Task.sleep(for: Self.silence)
        return .success(nil)
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failure(.cancelled)
    }
    switch outcome {
    case .success(let answer?): return answer
    case .success(nil):
      subscription = nil
      throw .connection(endpoint: "subscription", reason: "nothing was pushed for \(Self.silence.components.seconds) s")
    case .failure(let error):
      subscription = nil
      throw error
    }
  }

  private func nextPushed() async throws(AWSError) -> ShardAnswer {
    while true {
      if subscription == nil {
        subscription = try await client.subscribe(
          consumerARN: consumer, shard: shard, at: last.map { .afterSequenceNumber($0) } ?? position)
      }
      // A subscription that has run its time is followed by another.
      guard let event = try await subscription?.next() else {
        subscription = nil
        continue
      }
      let answer = try read(event)
      last = answer.next ?? answer.records.last?.sequenceNumber.description ?? last
      return answer
    }
  }

  private var position: ShardIteratorPosition {
    switch start {
    case .trimHorizon: .trimHorizon
    case .after(let sequenceNumber): .afterSequenceNumber(sequenceNumber.description)
    case .iterator(_, let time), .since(let time): .atTimestamp(milliseconds: time.count)
    }
  }
}

extension Result {
  /// The result of something that takes its time.
  init(_ body: () async throws(Failure) -> Success) async {
    do throws(Failure) { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
