public import Mappings

extension ShardFlow {
  /// The parameters of a mapping that the flow needs.
  public struct Settings: Sendable {
    /// `BatchSize`.
    public var batchSize: Int
    /// `MaximumBatchingWindowInSeconds`.
    public var window: Duration
    /// `ParallelizationFactor`.
    public var parallelization: Int
    /// `TumblingWindowInSeconds`; nil where there is none.
    public var tumblingWindow: Duration?
    /// What happens to batches that fail.
    public var policy: StreamRetryPolicy
    /// Between two reads of a shard that is not behind; zero where the source pushes.
    public var pollInterval: Duration
    /// The most records that one read gives.
    public var readLimit: Int

    /// The parameters.
    public init(
      batchSize: Int, window: Duration, parallelization: Int, tumblingWindow: Duration?, policy: StreamRetryPolicy,
      pollInterval: Duration, readLimit: Int
    ) {
      self.batchSize = batchSize
      self.window = window
      self.parallelization = parallelization
      self.tumblingWindow = tumblingWindow
      self.policy = policy
      self.pollInterval = pollInterval
      self.readLimit = readLimit
    }

    /// A window's state is the shard's, so that its batches follow each other (documented).
    var laneCount: Int { tumblingWindow == nil ? max(1, parallelization) : 1 }
  }

  /// What happened.
  public enum Event: Sendable {
    case read(ShardRead<Record>)
    /// - Parameter retryAfter: how long the next read waits.
    case readFailed(retryAfter: Duration)
    /// A pause between reads is over.
    case pollDue
    case windowEnded(lane: Int, Int)
    /// - Parameter spread: a random number from 0 to 1, for the pause that may follow.
    case invoked(lane: Int, InvocationResult, spread: Double)
    /// The pause before another try is over.
    case rested(lane: Int)
    /// What was given up is told, where there is somebody to tell.
    case gaveUp(lane: Int)
    /// What was given up could not be told before the work had to stop: it is not done with.
    case keptInstead(lane: Int)
    /// The checkpoint is saved, or the work had to stop before it could be.
    case saved
    /// What `wake` asked for.
    case woken
    /// The shard was listed as closed: no record can come into it any more.
    case closed
    /// The source does not know the shard any more.
    case vanished
    /// Nothing new is to begin; what is in flight is finished.
    case stop
  }

  /// What is to be done.
  public enum Action: Sendable {
    /// Read on; ends as `read`, `readFailed` or `vanished`.
    case read(maximum: Int)
    /// Ends as `pollDue`.
    case poll(after: Duration)
    /// Ends as `windowEnded` with the same numbers.
    case startWindow(lane: Int, Int, Duration)
    /// Ends as `invoked`.
    case invoke(lane: Int, StreamInvocation<Record>)
    /// How the invocation went; nothing is answered.
    case note(lane: Int, StreamBatchFate)
    /// Ends as `rested`.
    case rest(lane: Int, Duration)
    /// Tell the failure destination; ends as `gaveUp` or `keptInstead`.
    case giveUp(lane: Int, [Record], GiveUp)
    /// Ends as `saved`.
    case save(ShardCheckpoint)
    /// Ends as `woken`.
    case wake(after: Duration)
    /// The shard is closed and has given all that it had, though the source does not say that it has ended. Its children's
    /// turn has come. It is read on, more seldom: there are sources (moto's server) that still put records into it.
    case ranDry
    /// The flow has ended; there is no action after it.
    case finished(End)
  }

  /// Why a flow ended.
  public enum End: Equatable, Sendable {
    /// It was told to.
    case stopped
    /// Every record of the shard is done with, and none can follow.
    case ended
    /// The source does not know the shard any more; what was read of it is done with.
    case vanished
  }
}
