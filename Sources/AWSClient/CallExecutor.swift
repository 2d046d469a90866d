internal import NIOCore
internal import NIOPosix

/// Runs tasks on one of the threads that carry the connections.
///
/// A task that calls again and again, and does little between its calls, is best run where its connections are: then
/// neither call nor answer changes threads. What blocks, or computes for long, does not belong here.
public final class CallExecutor: TaskExecutor {
  private let loop: any EventLoop

  private init(_ loop: any EventLoop) {
    self.loop = loop
  }

  /// One executor for each thread.
  public static let all: [CallExecutor] = MultiThreadedEventLoopGroup.singleton.makeIterator().map(CallExecutor.init)

  /// The executor of a shard: the same for the same number.
  public static func executor(shard: Int) -> CallExecutor {
    all[Int(shard.magnitude % UInt(all.count))]
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
