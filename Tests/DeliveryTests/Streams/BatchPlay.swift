import Mappings

@testable import Delivery

/// Plays a batch to its end against a function, and writes down what happened.
struct BatchPlay {
  /// One invocation.
  struct Try {
    var numbers: [Int]
    var attempt: Int
    /// The invocation's place among all of the play.
    var number: Int
  }

  var policy: StreamRetryPolicy
  var now = Milliseconds(0)
  /// Whether pauses take their time; else the clock stands still.
  var timePasses = false
  var spread = 1.0
  /// How long the function takes.
  var duration = Duration.zero

  private(set) var lines: [String] = []
  private(set) var pauses: [Duration] = []
  private(set) var tries: [Try] = []
  private(set) var positions: [Int] = []

  init(_ policy: StreamRetryPolicy, at now: Milliseconds = Milliseconds(0)) {
    self.policy = policy
    self.now = now
  }

  /// - Returns: what happened, in lines such as `[1, 2] try 1` and `[2] RetryAttemptsExhausted after 4`.
  @discardableResult mutating func play(
    _ records: [StreamedNumber], _ function: (Try) -> InvocationResult
  ) -> [String] {
    var batch = StreamBatch(records)
    while tries.count < 1000 {
      switch batch.next(at: now, policy) {
      case .finished: return lines
      case .giveUp(let records, let reason):
        let raised = reason.isFunctionError ? ", raised" : ""
        lines.append("\(records) \(reason.condition.rawValue) after \(reason.invocations)\(raised)")
        batch.gaveUp(records.count)
      case .invoke(let records, let attempt):
        tries.append(Try(numbers: records.map(\.number), attempt: attempt, number: tries.count + 1))
        lines.append("\(records) try \(attempt)")
        now = now + duration
        let ending = batch.ended(function(tries[tries.count - 1]), policy, at: now, spread: spread)
        if let pause = ending.pause {
          pauses.append(pause)
          if timePasses { now = now + pause }
        }
      }
      if let position = batch.position { positions.append(Int(position.description) ?? -1) }
    }
    lines.append("never ends")
    return lines
  }

  /// How often a record was delivered.
  func deliveries(of number: Int) -> Int { tries.count { $0.numbers.contains(number) } }
}

extension InvocationResult {
  /// A function that raised an error.
  static let raised = InvocationResult.functionError(FunctionError(payload: []))
  /// A function that has nothing to say.
  static let well = InvocationResult.answered([])

  /// A function that reports items.
  static func reporting(_ numbers: Int...) -> InvocationResult {
    let items = numbers.map { #"{"itemIdentifier":"\#($0)"}"# }.joined(separator: ",")
    return .answered(Array(#"{"batchItemFailures":[\#(items)]}"#.utf8))
  }
}

extension [StreamedNumber] {
  /// Records that arrived at one time.
  static func arrived(_ numbers: some Sequence<Int>, at arrival: Milliseconds = Milliseconds(0)) -> Self {
    numbers.map { StreamedNumber(number: $0, arrival: arrival) }
  }
}
