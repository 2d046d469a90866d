import Mappings

@testable import Delivery

/// What has to happen to a batch while the clock stands still, told from the texts as a story about its records: a batch
/// is tried; what is left of it is another batch, or two.
struct StreamBatchOracle {
  var policy: StreamRetryPolicy
  /// The numbers of the records that are too old.
  var old: Set<Int>
  /// What the function does with a batch, and what that means.
  var function: ([Int], _ number: Int) -> StreamVerdict

  private(set) var lines: [String] = []
  private var invocations = 0

  init(
    _ policy: StreamRetryPolicy, old: Set<Int>, function: @escaping ([Int], _ number: Int) -> StreamVerdict
  ) {
    self.policy = policy
    self.old = old
    self.function = function
  }

  mutating func tell(_ batch: [Int]) {
    let tooOld = Array(batch.prefix { old.contains($0) })
    // Recorded: a failure record of their own, whose count is 1 though nothing was tried.
    if !tooOld.isEmpty { lines.append("\(tooOld) RecordAgeExceeded after 1") }
    let batch = Array(batch.dropFirst(tooOld.count))
    guard !batch.isEmpty else { return }
    var failures = 0
    while invocations < 1000 {
      invocations += 1
      lines.append("\(batch) try \(failures + 1)")
      let verdict = function(batch, invocations)
      switch verdict {
      case .well: return
      case .unseen: continue
      case .reported(let lowest) where lowest > 0: return tell(Array(batch[lowest...]))
      case .reported, .failed, .functionFailed, .tooLarge:
        if batch.count > 1, policy.bisects || verdict == .tooLarge {
          let larger = batch.count - batch.count / 2
          tell(Array(batch[..<larger]))
          return tell(Array(batch[larger...]))
        }
        failures += 1
        if let retries = policy.maximumRetryAttempts, failures == retries + 1 {
          let raised = verdict == .functionFailed || verdict == .tooLarge ? ", raised" : ""
          lines.append("\(batch) RetryAttemptsExhausted after \(failures)\(raised)")
          return
        }
      }
    }
  }
}
