import Dispatch

/// Runs its tasks one at a time, in the order in which they were started, so that a test knows who came first.
final class Turns: TaskExecutor {
  private let queue = DispatchQueue(label: "turns")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Begins a task; what it does up to its first wait is done when `settle` returns.
  func start<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Task<Result, Never> {
    Task(executorPreference: self) { await body() }
  }

  /// Waits until all that was started has come to a wait or to its end.
  func settle() async { await start {}.value }
}
