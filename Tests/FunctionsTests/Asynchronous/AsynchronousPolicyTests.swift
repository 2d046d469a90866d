import Mappings
import TestSupport
import Testing

@testable import Functions

/// A try of an event at an age, after it failed and was put off so often, and what becomes of it.
struct VerdictCase: Sendable, CustomTestStringConvertible {
  enum Expected: Equatable, Sendable {
    case done
    case untouched
    /// Due again after a pause.
    case again(after: Duration, failures: Int, delays: Int)
    case givenUp(AsynchronousEvent.Ending, failures: Int)
  }

  var result: InvocationResult
  var failures: Int
  var delays = 0
  var age = Duration.zero
  var expected: Expected

  var testDescription: String { "\(result), failures \(failures), delays \(delays), age \(age)" }

  static let error = InvocationResult.functionError(FunctionError(payload: Array(#"{"errorMessage":"no"}"#.utf8)))
  /// Six hours, as Lambda's.
  static let maximumAge = Duration.seconds(21_600)

  static let functionsFailures: [VerdictCase] = [error, .timedOut("late")].flatMap { result -> [VerdictCase] in
    [
      .init(result: result, failures: 0, expected: .again(after: .seconds(60), failures: 1, delays: 0)),
      .init(result: result, failures: 1, expected: .again(after: .seconds(120), failures: 2, delays: 0)),
      .init(result: result, failures: 2, expected: .givenUp(.retriesExhausted, failures: 3)),
      // What put it off before is over.
      .init(result: result, failures: 0, delays: 7, expected: .again(after: .seconds(60), failures: 1, delays: 0)),
      .init(result: result, failures: 2, delays: 7, expected: .givenUp(.retriesExhausted, failures: 3)),
      // The last look is that at its maximum age.
      .init(
        result: result, failures: 0, age: maximumAge - .seconds(60),
        expected: .again(after: .seconds(60), failures: 1, delays: 0)),
      .init(
        result: result, failures: 0, age: maximumAge - .seconds(59),
        expected: .again(after: .seconds(59), failures: 1, delays: 0)),
      .init(
        result: result, failures: 1, age: maximumAge - .seconds(119),
        expected: .again(after: .seconds(119), failures: 2, delays: 0)),
      .init(
        result: result, failures: 0, age: maximumAge, expected: .again(after: .zero, failures: 1, delays: 0)),
      .init(
        result: result, failures: 0, age: maximumAge + .seconds(5),
        expected: .again(after: .seconds(-5), failures: 1, delays: 0)),
      .init(result: result, failures: 2, age: maximumAge, expected: .givenUp(.retriesExhausted, failures: 3)),
    ]
  }

  static let others: [VerdictCase] = (0...2).flatMap { failures -> [VerdictCase] in
    [
      .init(result: .answered([]), failures: failures, expected: .done),
      .init(result: .answered(Array("{}".utf8)), failures: failures, delays: 3, age: maximumAge, expected: .done),
      .init(result: .withdrawn, failures: failures, expected: .untouched),
      .init(result: .withdrawn, failures: failures, delays: 3, age: maximumAge, expected: .untouched),
      .init(
        result: .tooLarge("much"), failures: failures, expected: .givenUp(.retriesExhausted, failures: failures)),
      .init(
        result: .tooLarge("much"), failures: failures, delays: 3, age: maximumAge,
        expected: .givenUp(.retriesExhausted, failures: failures)),
    ]
  }

  /// The pauses of what is put off again and again, in seconds.
  private static let pauses: [(InvocationResult, [Int])] = [
    (.throttled("full"), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]),
    (.unreachable("gone"), [1, 2, 4, 5, 5]),
  ]

  static let putOffs: [VerdictCase] = pauses.flatMap { result, pauses in
    (0...2).flatMap { failures in
      pauses.enumerated().map { delays, pause in
        .init(
          result: result, failures: failures, delays: delays,
          expected: .again(after: .seconds(pause), failures: failures, delays: delays + 1))
      }
    }
  }

  static let latePutOffs: [VerdictCase] = pauses.flatMap { result, pauses -> [VerdictCase] in
    let longest = pauses.last ?? 0
    return [
      .init(
        result: result, failures: 1, delays: 1_000_000,
        expected: .again(after: .seconds(longest), failures: 1, delays: 1_000_001)),
      .init(
        result: result, failures: 0, delays: 9, age: maximumAge - .milliseconds(1),
        expected: .again(after: .milliseconds(1), failures: 0, delays: 10)),
      .init(
        result: result, failures: 0, delays: 9, age: maximumAge,
        expected: .again(after: .zero, failures: 0, delays: 10)),
    ]
  }

  static let all = functionsFailures + others + putOffs + latePutOffs
}

@Suite struct AsynchronousPolicyTests {
  private let policy = AsynchronousPolicy()

  @Test func defaultsAreLambdas() {
    #expect(policy == AsynchronousPolicy(retryDelay: .seconds(60), maximumEventAge: .seconds(21_600)))
  }

  @Test(arguments: VerdictCase.all) func eventHasItsVerdict(example: VerdictCase) {
    let event = AsynchronousEvent.make(attempts: 4, failures: example.failures, delays: example.delays)
    let now = event.acceptedAt + example.age
    let verdict = policy.verdict(on: event, after: example.result, at: now)
    switch example.expected {
    case .done: #expect(verdict == .done)
    case .untouched: #expect(verdict == .untouched)
    case .again(let pause, let failures, let delays):
      var expected = event
      (expected.attempts, expected.failures, expected.delays) = (5, failures, delays)
      expected.dueAt = now + pause
      expected.lastAnswer = Self.error(of: example.result)
      #expect(verdict == .keep(expected))
    case .givenUp(let condition, let failures):
      var expected = event
      (expected.attempts, expected.failures, expected.delays) = (5, failures, 0)
      (expected.ended, expected.dueAt) = (condition, now)
      expected.lastAnswer = Self.error(of: example.result)
      #expect(verdict == .keep(expected))
    }
  }

  /// The document that is kept of a result.
  private static func error(of result: InvocationResult) -> [UInt8] {
    switch result {
    case .functionError(let error): error.payload
    case .timedOut(let reason): Array(#"{"errorType":"Sandbox.Timedout","errorMessage":"\#(reason)"}"#.utf8)
    case .tooLarge(let reason): Array(#"{"errorType":"RequestTooLargeException","errorMessage":"\#(reason)"}"#.utf8)
    default: []
    }
  }

  @Test func whatTheFunctionLeftLastIsKeptWhilePutOff() {
    var event = AsynchronousEvent.make(failures: 1)
    event.lastAnswer = Array("before".utf8)
    for result in [InvocationResult.throttled("full"), .unreachable("gone")] {
      guard case .keep(let kept) = policy.verdict(on: event, after: result, at: AsynchronousEvent.epoch) else {
        Issue.record("\(result) is not kept")
        continue
      }
      #expect(kept.lastAnswer == event.lastAnswer)
    }
  }

  @Test(arguments: [
    (Duration.milliseconds(1), [1, 2]), (.milliseconds(250), [250, 500]), (.zero, [0, 0]),
    (.seconds(3600), [3_600_000, 7_200_000]),
  ])
  func secondRetryWaitsTwiceAsLong(retryDelay: Duration, pauses: [Int64]) {
    let policy = AsynchronousPolicy(retryDelay: retryDelay, maximumEventAge: .seconds(86_400))
    for (failures, pause) in pauses.enumerated() {
      let event = AsynchronousEvent.make(failures: failures)
      let verdict = policy.verdict(on: event, after: VerdictCase.error, at: event.acceptedAt)
      guard case .keep(let kept) = verdict else {
        Issue.record("\(verdict)")
        continue
      }
      #expect(kept.dueAt.count - event.acceptedAt.count == pause)
      #expect(kept.ended == nil)
    }
  }

  @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
  func eventIsTooOldFromItsMaximumAgeOn(milliseconds: Int64, isExpired: Bool) {
    let event = AsynchronousEvent.make()
    let now = event.acceptedAt + VerdictCase.maximumAge + .milliseconds(milliseconds)
    #expect(policy.isExpired(event, at: now) == isExpired)
  }

  /// However an event's tries end, it is never due after its expiry and never tried a fourth time.
  @Test func everyStoryOfAnEventEnds() {
    var random = SeededGenerator.announced(for: "stories of events")
    let results: [InvocationResult] = [
      VerdictCase.error, .timedOut("late"), .throttled("full"), .unreachable("gone"), .withdrawn, .tooLarge("much"),
    ]
    for _ in 0..<2000 {
      var event = AsynchronousEvent.make()
      let policy = AsynchronousPolicy(
        retryDelay: .milliseconds(Int64(random.index(below: 5000))),
        maximumEventAge: .milliseconds(Int64(1 + random.index(below: 60_000))))
      var (now, failed, tries) = (event.acceptedAt, 0, 0)
      while event.ended == nil, !policy.isExpired(event, at: now), tries < 10_000 {
        tries += 1
        let result = random.element(of: results)
        now = now + .milliseconds(Int64(random.index(below: 900)))
        switch policy.verdict(on: event, after: result, at: now) {
        case .done: Issue.record("\(result) is no success")
        case .untouched: #expect(result == .withdrawn)
        case .keep(let kept):
          if kept.failures > event.failures { failed += 1 }
          #expect(kept.attempts == event.attempts + 1)
          #expect(kept.ended != nil || kept.dueAt <= policy.expiry(of: event))
          event = kept
          now = max(now, event.dueAt)
        }
      }
      #expect(failed <= 3)
      #expect(event.failures == failed)
      #expect(tries < 10_000)
    }
  }

  // MARK: Configuration

  private static func configuration(
    retries: Int? = nil, age: Int? = nil, onSuccess: String? = nil, onFailure: String? = nil
  ) -> EventInvokeConfiguration {
    EventInvokeConfiguration(
      function: .f, maximumRetryAttempts: retries, maximumEventAgeSeconds: age, onSuccess: onSuccess,
      onFailure: onFailure, modifiedAt: AsynchronousEvent.epoch)
  }

  @Test func configurationChangesWhatItNames() {
    let base = AsynchronousPolicy(retryDelay: .seconds(7), maximumEventAge: .seconds(100))
    #expect(base.configured(by: nil) == base)
    #expect(base.configured(by: Self.configuration()) == base)
    #expect(
      base.configured(by: Self.configuration(retries: 0, age: 60, onSuccess: "s", onFailure: "o"))
        == AsynchronousPolicy(
          retryDelay: .seconds(7), maximumEventAge: .seconds(60), maximumRetries: 0, onSuccess: "s", onFailure: "o"))
  }

  @Test(arguments: 0...2) func functionIsTriedAgainAsOftenAsItsConfigurationSays(retries: Int) {
    let policy = policy.configured(by: Self.configuration(retries: retries))
    for failures in 0...2 {
      let event = AsynchronousEvent.make(failures: failures)
      guard case .keep(let kept) = policy.verdict(on: event, after: VerdictCase.error, at: event.acceptedAt) else {
        Issue.record("not kept")
        continue
      }
      #expect(kept.ended == (failures < retries ? nil : .retriesExhausted))
    }
  }

  @Test func successIsToldWhereSomebodyIsToKnow() {
    let event = AsynchronousEvent.make()
    let policy = policy.configured(by: Self.configuration(onSuccess: "s", onFailure: "o"))
    let now = event.acceptedAt + .seconds(3)
    var expected = event
    (expected.attempts, expected.ended, expected.dueAt) = (1, .success, now)
    expected.lastAnswer = Array("{}".utf8)
    expected.destinations = .init(onSuccess: "s")
    #expect(policy.verdict(on: event, after: .answered(Array("{}".utf8)), at: now) == .keep(expected))
  }

  /// What the event has, what the function's configuration names, and who is told.
  @Test(
    arguments: [
      (.init(), "o", .init(onFailure: "o")), (.init(), nil, .init()),
      (.init(deadLetterQueue: "d"), "o", .init(deadLetterQueue: "d", onFailure: "o")),
      (.init(onFailure: "own"), "o", .init(onFailure: "own")), (.init(onFailure: "own"), nil, .init(onFailure: "own")),
    ] as [(AsynchronousEvent.Destinations, String?, AsynchronousEvent.Destinations)],
    [AsynchronousEvent.Ending.retriesExhausted, .eventAgeExceeded])
  func destinationOfTheMappingGoesBeforeThatOfTheFunction(
    example: (AsynchronousEvent.Destinations, String?, AsynchronousEvent.Destinations),
    ending: AsynchronousEvent.Ending
  ) {
    let policy = policy.configured(by: Self.configuration(onSuccess: "s", onFailure: example.1))
    let event = AsynchronousEvent.make(destinations: example.0)
    #expect(policy.ended(event, ending, at: event.acceptedAt).destinations == example.2)
  }

  // MARK: Telling

  @Test(arguments: AsynchronousEvent.Ending.allCases)
  func givenUpEventIsDueAtOnceAndForThePurposeOfTellingFresh(condition: AsynchronousEvent.Ending) {
    let event = AsynchronousEvent.make(attempts: 5, failures: 2, delays: 7)
    let now = event.acceptedAt + .seconds(9)
    var expected = event
    (expected.ended, expected.delays, expected.dueAt) = (condition, 0, now)
    #expect(policy.ended(event, condition, at: now) == expected)
  }

  private static let queue = AsynchronousEvent.Destinations(deadLetterQueue: "arn:aws:sqs:us-east-1:111111111111:dead")

  /// Who does not know yet, how often that was so before, the event's age, and the pause: nil where it is done with.
  @Test(
    arguments: [
      (.init(), 0, .zero, nil), (.init(), 5, .seconds(9), nil),
      (queue, 0, .zero, 1), (queue, 1, .zero, 2), (queue, 2, .zero, 4), (queue, 5, .zero, 32), (queue, 6, .zero, 60),
      (queue, 500, .zero, 60), (.init(onFailure: "arn:aws:s3:::b"), 0, .zero, 1),
      (AsynchronousEvent.everybody, 0, .zero, 1),
      // As long again as it was tried.
      (queue, 3, VerdictCase.maximumAge, 8), (queue, 9, VerdictCase.maximumAge * 2 - .milliseconds(1), 60),
      (queue, 9, VerdictCase.maximumAge * 2, nil), (queue, 9, VerdictCase.maximumAge * 2 + .seconds(1), nil),
    ] as [(AsynchronousEvent.Destinations, Int, Duration, Int64?)])
  func destinationsThatDoNotKnowAreToldAgain(
    left: AsynchronousEvent.Destinations, delays: Int, age: Duration, pause: Int64?
  ) {
    let event = AsynchronousEvent.make(delays: delays, ended: .retriesExhausted)
    let now = event.acceptedAt + age
    var expected: AsynchronousEvent?
    if let pause {
      expected = event
      expected?.destinations = left
      expected?.delays = delays + 1
      expected?.dueAt = now + .seconds(pause)
    }
    #expect(policy.told(event, except: left, at: now) == expected)
  }
}
