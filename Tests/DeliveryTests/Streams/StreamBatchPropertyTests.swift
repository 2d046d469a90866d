import Mappings
import TestSupport
import Testing

@testable import Delivery

@Suite struct StreamBatchPropertyTests {
  private func result(_ numbers: [Int], _ random: inout SeededGenerator) -> InvocationResult {
    let number = numbers.randomElement(using: &random) ?? 0
    switch random.index(below: 10) {
    case 0...1: return .raised
    case 2...3: return .reporting(number)
    case 4: return .reporting(number, -1)
    case 5: return .tooLarge("413")
    case 6: return random.element(of: [.throttled("429"), .unreachable("refused"), .withdrawn])
    case 7: return .timedOut("3 s")
    default: return .answered(Array(random.happens(onceIn: 2) ? "{}".utf8 : #"{"state":{}}"#.utf8))
    }
  }

  private func policy(_ random: inout SeededGenerator) -> StreamRetryPolicy {
    StreamRetryPolicy(
      reportsItemFailures: random.happens(onceIn: 2), bisects: random.happens(onceIn: 2),
      maximumRetryAttempts: random.element(of: [nil, 0, 1, 3]),
      maximumRecordAge: random.happens(onceIn: 2) ? .seconds(60) : nil, keepsState: random.happens(onceIn: 3))
  }

  /// What broke a rule; nil where nothing did.
  private func fault(in records: [StreamedNumber], _ random: inout SeededGenerator) -> String? {
    let policy = policy(&random)
    var now = Milliseconds(70_000)
    var batch = StreamBatch(records)
    // The records that are not done with, in their order.
    var left = records.map(\.number)[...]
    var trials: [Int: Int] = [:]
    for step in 0..<2000 {
      switch batch.next(at: now, policy) {
      case .finished: return left.isEmpty ? nil : "lost \(left)"
      case .giveUp(let given, let reason):
        guard !given.isEmpty, left.starts(with: given.map(\.number)) else { return "gave up \(given) of \(left)" }
        if reason.invocations < 1 { return "gave up after \(reason.invocations)" }
        if let retries = policy.maximumRetryAttempts, reason.condition == .retryAttemptsExhausted,
          reason.invocations != retries + 1
        {
          return "gave up after \(reason.invocations) with \(retries) retries"
        }
        batch.gaveUp(given.count)
        left = left.dropFirst(given.count)
      case .invoke(let tried, let attempt):
        let numbers = tried.map(\.number)
        guard !numbers.isEmpty, left.starts(with: numbers) else { return "tried \(numbers) of \(left)" }
        if let retries = policy.maximumRetryAttempts, attempt > retries + 1 { return "try \(attempt)" }
        if let age = policy.maximumRecordAge, tried[0].arrival + age < now { return "tried \(numbers), too old" }
        trials[numbers[0], default: 0] += 1
        now = now + .milliseconds(random.index(below: 3000))
        // In the end all is well.
        let isOver = step > 300
        let result = isOver ? .answered(Array(#"{"state":{}}"#.utf8)) : result(numbers, &random)
        let ending = batch.ended(result, policy, at: now, spread: Double(random.index(below: 1001)) / 1000)
        let done = ending.fate.done
        if done > numbers.count || isOver && done != numbers.count { return "\(done) of \(numbers) done" }
        left = left.dropFirst(done)
        if let pause = ending.pause {
          if pause < .zero || pause > .seconds(60) { return "a pause of \(pause)" }
          now = now + pause
        }
      }
      let position = batch.position.flatMap { Int($0.description) } ?? 0
      if position != records.count - left.count { return "position \(position), left \(left)" }
    }
    return "never ends"
  }

  /// Every record is done with or given up once, in its place, whatever the function does.
  @Test func recordsAreNeitherLostNorDoubledNorReordered() async {
    var random = SeededGenerator.announced(for: "batches of a stream")
    for script in 0..<2000 {
      await giveWay(inRound: script)
      let seed = random.next()
      var random = SeededGenerator(seed: seed)
      var arrival: Int64 = 0
      let records = (1...1 + random.index(below: 12)).map { number in
        // Clocks of a source may go back.
        arrival += Int64(random.index(below: 12_000)) - 2000
        return StreamedNumber(number: number, arrival: Milliseconds(arrival))
      }
      let fault = fault(in: records, &random)
      #expect(fault == nil, "script \(script) of seed \(seed)")
      if fault != nil { return }
    }
  }
}
