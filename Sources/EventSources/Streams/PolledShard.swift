import AWSClient
import Logging
import Mappings
import Synchronization

/// Reads a shard by asking for records again and again.
///
/// Iterators expire (Kinesis: five minutes; DynamoDB: fifteen), and some servers forget them. One that is refused is
/// replaced by a new one behind the last record that was read.
final class PolledShard: ShardReader {
  /// The calls of the shard's source.
  struct Calls: Sendable {
    /// An iterator at a position.
    var iterator: @Sendable (ShardIteratorPosition) async throws(AWSError) -> String
    var read: @Sendable (_ iterator: String, _ limit: Int) async throws(AWSError) -> ShardAnswer
    /// Whether there are iterators that begin at a moment.
    var knowsTime: Bool
  }

  private struct State {
    var iterator: String?
    /// The last record that was read.
    var last: SequenceNumber?
    /// Records that came before are not wanted.
    var earliest: Milliseconds?
    /// Whether reading has just begun again at the beginning.
    var isAnew = false
  }

  private let calls: Calls
  private let start: ShardStart
  private let logger: Logger
  private let state: Mutex<State>

  init(_ calls: Calls, from start: ShardStart, logger: Logger) {
    self.calls = calls
    self.start = start
    self.logger = logger
    var state = State()
    if case .iterator(let iterator, _) = start { state.iterator = iterator }
    self.state = Mutex(state)
  }

  func next(limit: Int) async throws(AWSError) -> ShardAnswer {
    let kept = state.withLock(\.iterator)
    var iterator = kept
    if iterator == nil { iterator = try await acquire() }
    do throws(AWSError) {
      return try await read(iterator ?? "", limit)
    } catch {
      guard kept != nil, error.isRefusal else { throw error }
      // Whatever is wrong with the iterator, a new one may be better.
      return try await read(try await acquire(), limit)
    }
  }

  private func read(_ iterator: String, _ limit: Int) async throws(AWSError) -> ShardAnswer {
    var answer: ShardAnswer
    do throws(AWSError) {
      answer = try await calls.read(iterator, limit)
    } catch {
      if error.isRefusal { state.withLock { $0.iterator = nil } }
      throw error
    }
    state.withLock { state in
      state.iterator = answer.next
      if let last = answer.records.last { state.last = last.sequenceNumber }
      answer.earliest = state.earliest
      answer.isAnew = state.isAnew
      state.isAnew = false
    }
    return answer
  }

  // MARK: Iterators

  private func acquire() async throws(AWSError) -> String {
    let iterator: String
    if let last = state.withLock(\.last) {
      iterator = try await behind(last)
    } else {
      switch start {
      case .trimHorizon: iterator = try await calls.iterator(.trimHorizon)
      case .after(let sequenceNumber): iterator = try await behind(sequenceNumber)
      case .iterator(_, let time), .since(let time): iterator = try await since(time)
      }
    }
    state.withLock { $0.iterator = iterator }
    return iterator
  }

  /// Records that have expired, and a stream that was made anew under its old name, leave a checkpoint that the source
  /// does not know: what there is now follows it.
  private func behind(_ sequenceNumber: SequenceNumber) async throws(AWSError) -> String {
    do throws(AWSError) {
      return try await calls.iterator(.afterSequenceNumber(sequenceNumber.description))
    } catch {
      guard error.isUnknownPosition else { throw error }
      logger.warning(
        "checkpoint is not in the shard any more; reading on from its beginning",
        metadata: ["sequenceNumber": "\(sequenceNumber)", "reason": "\(error)"])
      let iterator = try await calls.iterator(.trimHorizon)
      state.withLock { $0.isAnew = true }
      return iterator
    }
  }

  private func since(_ time: Milliseconds) async throws(AWSError) -> String {
    if calls.knowsTime { return try await calls.iterator(.atTimestamp(milliseconds: time.count)) }
    // DynamoDB dates its records in whole seconds.
    state.withLock { $0.earliest = Milliseconds(time.count / 1000 * 1000) }
    return try await calls.iterator(.trimHorizon)
  }
}

extension AWSError {
  /// Whether the source answered, and did not want the request: not that it was too much for it.
  fileprivate var isRefusal: Bool {
    guard case .service(let error) = self else { return false }
    return !error.isThrottling && !isMissingResource
  }

  /// What GetShardIterator and SubscribeToShard say of a sequence number that it cannot find.
  var isUnknownPosition: Bool {
    guard case .service(let error) = self else { return false }
    return ["InvalidArgumentException", "ValidationException", "TrimmedDataAccessException"].contains(error.code)
  }
}
