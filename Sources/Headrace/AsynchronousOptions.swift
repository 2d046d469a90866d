import ArgumentParser
import Functions

/// How events are tried that nobody waits for.
struct AsynchronousOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      How long a function that failed at an event of a topic or bucket, or at an asynchronous Invoke, is left alone; \
      the second retry waits twice as long. [HEADRACE_ASYNC_RETRY_DELAY] (default: 1m)
      """, valueName: "duration"))
  var asyncRetryDelay: String?
  @Option(
    help: ArgumentHelp(
      "How old such an event may get. [HEADRACE_ASYNC_MAXIMUM_EVENT_AGE] (default: 6h)", valueName: "duration"))
  var asyncMaximumEventAge: String?
  @Option(
    help: ArgumentHelp(
      "How many such events of one function are tried at once. [HEADRACE_ASYNC_CONCURRENCY] (default: 100)",
      valueName: "count"))
  var asyncConcurrency: String?

  /// What the flags and variables say.
  func settings(_ environment: Environment) throws -> (policy: AsynchronousPolicy, concurrency: Int) {
    let longest = Duration.seconds(30 * 86_400)
    let policy = AsynchronousPolicy(
      retryDelay: try environment.setting(
        asyncRetryDelay, "async-retry-delay", in: .zero...longest, default: .seconds(60)),
      maximumEventAge: try environment.setting(
        asyncMaximumEventAge, "async-maximum-event-age", in: .milliseconds(100)...longest, default: .seconds(6 * 3600)))
    let concurrency = try environment.setting(asyncConcurrency, "async-concurrency", in: 1...10_000, default: 100)
    return (policy, concurrency)
  }
}
