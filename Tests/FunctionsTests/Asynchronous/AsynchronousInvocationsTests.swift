import Logging
import Mappings
import Synchronization
import Testing

@testable import Functions

@Suite(.timeLimit(.minutes(5))) struct AsynchronousInvocationsTests {
  private let store = FakeEventStore()
  private let functions = AnsweringFunctions()
  private let outcomes = FakeOutcomes()
  private let clock = FakeClock()

  private func invocations(
    concurrency: Int = 100, policy: AsynchronousPolicy = AsynchronousPolicy(),
    configuration: @escaping @Sendable (FunctionARN) throws(MappingError) -> EventInvokeConfiguration? = {
      (_) throws(MappingError) in nil
    }
  ) throws -> AsynchronousInvocations {
    try AsynchronousInvocations(
      store: store, functions: functions, policy: policy, configuration: configuration,
      concurrency: concurrency,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { [clock] in clock.now })
  }

  /// Runs a queue while the body speaks to it, and stops it then.
  private func run(
    _ invocations: AsynchronousInvocations? = nil, _ body: (AsynchronousInvocations) async throws -> Void
  ) async throws {
    let invocations = try invocations ?? self.invocations()
    async let run: Void = invocations.run(outcomes)
    try await body(invocations)
    invocations.stop()
    await run
  }

  /// Sets the clock forward and has the queue look at it.
  private func setClock(of invocations: AsynchronousInvocations, forwardBy duration: Duration) async throws {
    clock.advance(by: duration)
    try await invocations.accept([])
  }

  /// Sets the clock forward when nothing is being tried: how long a function is left alone counts from the end of a try,
  /// not from what the try has left on disk.
  private func advance(_ invocations: AsynchronousInvocations, by duration: Duration) async throws {
    while invocations.state.withLock({ $0.schedule.running > 0 }), !Task.isCancelled { await Task.yield() }
    try await setClock(of: invocations, forwardBy: duration)
  }

  /// Waits until nothing waits and nothing is being tried.
  private func drain(_ invocations: AsynchronousInvocations) async {
    while invocations.count > 0, !Task.isCancelled { await Task.yield() }
  }

  /// Sets the clock forward until something has come about: when the time has come nobody can tell before.
  private func advance(_ invocations: AsynchronousInvocations, until isTrue: () -> Bool) async throws {
    while !isTrue(), !Task.isCancelled {
      try await setClock(of: invocations, forwardBy: .seconds(1))
      await Task.yield()
    }
  }

  /// However far the clock is set forward, nothing gets too old.
  private let patient = AsynchronousPolicy(maximumEventAge: .seconds(1_000_000_000))
  private let failure = InvocationResult.functionError(FunctionError(payload: Array("no".utf8)))

  // MARK: Success

  @Test func eventIsOnDiskWhenItIsAccepted() async throws {
    let invocations = try invocations()
    let event = AsynchronousEvent.make()
    try await invocations.accept([event])
    var kept = event
    kept.sequence = 1
    #expect(store.events == [kept])
    #expect(invocations.count == 1)
  }

  @Test func acceptedEventIsTriedNotedAndForgotten() async throws {
    try await run { invocations in
      functions.answer(.answered(Array("{}".utf8)))
      try await invocations.accept([.make("a")])
      #expect(await functions.events.next() == "a")
      #expect(await store.calls.next() == "remove a")
      let attempt = await outcomes.attempts.next()
      #expect(attempt?.event.name == "a")
      #expect(attempt?.event.attempts == 0)
      #expect(attempt?.result == .answered(Array("{}".utf8)))
      #expect(attempt?.startedAt == AsynchronousEvent.epoch)
      await drain(invocations)
    }
    #expect(store.events == [])
  }

  @Test func functionIsInvokedWithTheEventAndItsMapping() async throws {
    struct NotingFunctions: FunctionInvoker {
      let invocations = Heard<Invocation>()
      func invoke(_ invocation: Invocation) async -> InvocationResult {
        invocations.say(invocation)
        return .answered([])
      }
      func withdrawInvocations(of mapping: MappingID) {}
      func lookUp(_ function: FunctionARN) async -> FunctionLookup { .unknown }
    }
    let noting = NotingFunctions()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let queue = try AsynchronousInvocations(
      store: store, functions: noting, concurrency: 1, logger: logger, now: { [clock] in clock.now })
    var event = AsynchronousEvent.make(of: .function("f:prod"))
    event.mapping = .random()
    try await run(queue) { invocations in
      try await invocations.accept([event])
      let invocation = await noting.invocations.next()
      #expect(invocation?.function == event.function)
      #expect(invocation?.payload == event.payload)
      #expect(invocation?.mapping == event.mapping)
      await drain(invocations)
    }
  }

  @Test func eventsThatWereAcceptedTogetherAreAllTried() async throws {
    try await run { invocations in
      functions.answer(.answered([]), times: 300)
      try await invocations.accept((0..<300).map { .make("\($0)", of: .function("f\($0 % 3)")) })
      #expect(await functions.events.next(300) == Set((0..<300).map { "\($0)" }))
      await drain(invocations)
    }
    #expect(store.events == [])
  }

  // MARK: Failure

  @Test func functionThatFailsIsTriedTwiceMoreAndTheDestinationsAreToldOnce() async throws {
    try await run { invocations in
      functions.answer(failure)
      try await invocations.accept([.make("a")])
      #expect(await functions.events.next() == "a")
      #expect(await store.calls.next() == "update a")
      #expect(store.events.map(\.failures) == [1])
      for pause in [Duration.seconds(60), .seconds(120)] {
        // A moment before it is due, another event of the function is all that is tried.
        functions.answer(.answered([]))
        clock.advance(by: pause - .milliseconds(1))
        try await invocations.accept([.make("sentinel", acceptedAt: clock.now)])
        #expect(await functions.events.next() == "sentinel")
        #expect(await store.calls.next() == "remove sentinel")
        functions.answer(failure)
        try await advance(invocations, by: .milliseconds(1))
        #expect(await functions.events.next() == "a")
        #expect(await store.calls.next() == "update a")
      }
      let told = await outcomes.told.next()
      #expect(told?.ended == .retriesExhausted)
      #expect((told?.attempts, told?.failures) == (3, 3))
      #expect(told?.lastAnswer == Array("no".utf8))
      #expect(told?.destinations == AsynchronousEvent.everybody)
      #expect(await store.calls.next() == "remove a")
      await drain(invocations)
    }
    #expect(store.events == [])
    var attempts: [Int] = []
    for _ in 0..<5 { if let attempt = await outcomes.attempts.next() { attempts.append(attempt.event.attempts) } }
    #expect(attempts == [0, 0, 1, 0, 2])
  }

  @Test func eventWithoutDestinationsIsForgottenAfterItsTries() async throws {
    try await run(try invocations(policy: .init(retryDelay: .zero))) { invocations in
      functions.answer(failure, times: 3)
      try await invocations.accept([.make("a", destinations: .init())])
      for call in ["update a", "update a", "update a", "remove a"] { #expect(await store.calls.next() == call) }
      await drain(invocations)
      outcomes.told.say(.make("nobody"))
      #expect(await outcomes.told.next()?.name == "nobody")
    }
  }

  @Test func eventThatIsTooLargeIsTriedOnce() async throws {
    try await run { invocations in
      functions.answer(.tooLarge("much"))
      try await invocations.accept([.make("a")])
      #expect(await outcomes.told.next()?.ended == .retriesExhausted)
      await drain(invocations)
    }
    #expect(await functions.events.next() == "a")
    #expect(store.events == [])
  }

  @Test func throttledEventIsPutOffWithoutCountingAsFailed() async throws {
    try await run { invocations in
      try await invocations.accept([.make("a")])
      for (delays, pause) in [1, 2, 4, 8].enumerated() {
        functions.answer(.throttled("full"))
        #expect(await functions.events.next() == "a")
        #expect(await store.calls.next() == "update a")
        #expect(store.events.map(\.delays) == [delays + 1])
        #expect(store.events.map(\.dueAt) == [clock.now + .seconds(pause)])
        try await advance(invocations, by: .seconds(pause))
      }
      functions.answer(.answered([]))
      #expect(await store.calls.next() == "remove a")
      await drain(invocations)
    }
    for attempt in 0..<4 {
      let noted = await outcomes.attempts.next()
      #expect(noted?.result == .throttled("full"))
      #expect((noted?.event.attempts, noted?.event.failures) == (attempt, 0))
    }
  }

  // MARK: Destinations

  @Test func destinationsThatCannotBeToldAreToldAgainAndTheOthersOnce() async throws {
    try await run { invocations in
      outcomes.lose(.init(deadLetterQueue: "dead"))
      functions.answer(.tooLarge("much"))
      try await invocations.accept([.make("a")])
      #expect(await outcomes.told.next()?.destinations == AsynchronousEvent.everybody)
      #expect(await store.calls.next() == "update a")
      for pause in [1, 2] {
        #expect(await store.calls.next() == "update a")
        #expect(store.events.first?.destinations.onFailure == nil)
        #expect(store.events.first?.dueAt == clock.now + .seconds(pause))
        try await advance(invocations, by: .seconds(pause))
        let told = await outcomes.told.next()
        #expect(told?.destinations == .init(deadLetterQueue: AsynchronousEvent.everybody.deadLetterQueue))
      }
      #expect(await store.calls.next() == "update a")
      outcomes.lose(.init())
      try await advance(invocations, by: .seconds(4))
      #expect(await outcomes.told.next() != nil)
      #expect(await store.calls.next() == "remove a")
      await drain(invocations)
    }
    // The function has seen it once.
    functions.events.say("nothing more")
    #expect(await functions.events.next() == "a")
    #expect(await functions.events.next() == "nothing more")
  }

  @Test func eventWhoseDestinationIsNeverThereIsDroppedInTheEnd() async throws {
    let policy = AsynchronousPolicy(maximumEventAge: .seconds(100))
    try await run(try invocations(policy: policy)) { invocations in
      outcomes.lose(AsynchronousEvent.everybody)
      functions.answer(.tooLarge("much"))
      try await invocations.accept([.make("a")])
      #expect(await store.calls.next() == "update a")
      #expect(await store.calls.next() == "update a")
      try await advance(invocations, by: .milliseconds(199_999))
      #expect(await store.calls.next() == "update a")
      try await advance(invocations, by: .seconds(60))
      #expect(await store.calls.next() == "remove a")
      await drain(invocations)
    }
  }

  // MARK: Configurations

  @Test func functionIsTriedAsItsConfigurationSaysAtThatTime() async throws {
    let kept = Mutex<[FunctionARN: EventInvokeConfiguration]>([:])
    func configure(_ function: FunctionARN, retries: Int, onFailure: String?) {
      kept.withLock {
        $0[function] = EventInvokeConfiguration(
          function: function, maximumRetryAttempts: retries, onFailure: onFailure, modifiedAt: AsynchronousEvent.epoch)
      }
    }
    configure(.function("once"), retries: 0, onFailure: "o")
    let queue = try invocations(
      policy: .init(retryDelay: .zero),
      configuration: { (function) throws(MappingError) in kept.withLock { $0[function] } })
    try await run(queue) { invocations in
      functions.answer(failure)
      try await invocations.accept([.make("a", of: .function("once"), destinations: .init())])
      let told = await outcomes.told.next()
      #expect((told?.name, told?.failures, told?.destinations) == ("a", 1, .init(onFailure: "o")))
      // Another one is tried as ever, until it is configured.
      try await invocations.accept([.make("b", of: .function("other"), destinations: .init(onFailure: "own"))])
      for _ in 0..<2 { #expect(await functions.events.next() != nil) }
      configure(.function("other"), retries: 0, onFailure: "o")
      functions.answer(failure)
      let second = await outcomes.told.next()
      #expect((second?.name, second?.failures, second?.destinations) == ("b", 1, .init(onFailure: "own")))
      await drain(invocations)
    }
    #expect(store.events == [])
  }

  @Test func successIsToldUntilItIsKnownAndTheFunctionHasItOnce() async throws {
    let configuration = EventInvokeConfiguration(function: .f, onSuccess: "s", modifiedAt: AsynchronousEvent.epoch)
    let queue = try invocations(configuration: { (_) throws(MappingError) in configuration })
    try await run(queue) { invocations in
      outcomes.lose(.init(onSuccess: "s"))
      functions.answer(.answered(Array("7".utf8)))
      try await invocations.accept([.make("a")])
      for _ in 0..<2 { #expect(await store.calls.next() == "update a") }
      let told = await outcomes.told.next()
      #expect((told?.ended, told?.destinations) == (.success, .init(onSuccess: "s")))
      #expect(told?.lastAnswer == Array("7".utf8))
      outcomes.lose(.init())
      try await advance(invocations, by: .seconds(1))
      #expect(await outcomes.told.next()?.ended == .success)
      #expect(await store.calls.next() == "remove a")
      await drain(invocations)
    }
    functions.events.say("nothing more")
    #expect(await functions.events.next() == "a")
    #expect(await functions.events.next() == "nothing more")
  }

  @Test func configurationThatCannotBeReadIsReadLater() async throws {
    let failures = Mutex(1)
    let queue = try invocations(configuration: { (_) throws(MappingError) in
      let fails = failures.withLock { left in
        left -= 1
        return left >= 0
      }
      if fails { throw .store("the disk is away") }
      return nil
    })
    try await run(queue) { invocations in
      functions.answer(.answered([]))
      try await invocations.accept([.make("a")])
      try await advance(invocations, until: { store.events.isEmpty })
      #expect(await functions.events.next() == "a")
      await drain(invocations)
    }
  }

  // MARK: Age

  @Test func eventThatIsTooOldIsGivenUpUntried() async throws {
    try await run { invocations in
      clock.advance(by: .seconds(21_600))
      try await invocations.accept([.make("a", acceptedAt: AsynchronousEvent.epoch)])
      let told = await outcomes.told.next()
      #expect(told?.ended == .eventAgeExceeded)
      #expect((told?.attempts, told?.failures) == (0, 0))
      #expect(await store.calls.next() == "update a")
      #expect(await store.calls.next() == "remove a")
      await drain(invocations)
    }
    functions.events.say("nothing")
    #expect(await functions.events.next() == "nothing")
  }

  @Test func retryBeyondTheMaximumAgeIsNotMade() async throws {
    let policy = AsynchronousPolicy(maximumEventAge: .seconds(90))
    try await run(try invocations(policy: policy)) { invocations in
      functions.answer(failure, times: 2)
      try await invocations.accept([.make("a")])
      #expect(await store.calls.next() == "update a")
      try await advance(invocations, by: .seconds(60))
      #expect(await store.calls.next() == "update a")
      #expect(store.events.first?.dueAt == AsynchronousEvent.epoch + .seconds(90))
      try await advance(invocations, by: .seconds(30))
      let told = await outcomes.told.next()
      #expect(told?.ended == .eventAgeExceeded)
      #expect((told?.attempts, told?.failures) == (2, 2))
      #expect(told?.lastAnswer == Array("no".utf8))
      await drain(invocations)
    }
  }

  @Test func eventThatWaitsForARuntimeIsGivenUpAtItsMaximumAge() async throws {
    // The queue looks through what waits four times in that age.
    let policy = AsynchronousPolicy(maximumEventAge: .milliseconds(40))
    functions.haveRuntimes(false)
    try await run(try invocations(policy: policy)) { invocations in
      try await invocations.accept([.make("a")])
      #expect(await functions.events.next() == "a")
      clock.advance(by: .milliseconds(40))
      #expect(await outcomes.told.next()?.ended == .eventAgeExceeded)
      await drain(invocations)
    }
    #expect(store.events == [])
  }

  // MARK: Trouble with the store

  @Test func eventThatCannotBeKeptIsNotAccepted() async throws {
    try await run { invocations in
      store.fail(.append, times: 1)
      await #expect(throws: MappingError.store("the disk is full")) { try await invocations.accept([.make("a")]) }
      #expect(invocations.count == 0)
      functions.answer(.answered([]))
      try await invocations.accept([.make("b")])
      #expect(await functions.events.next() == "b")
      await drain(invocations)
    }
  }

  @Test(arguments: [
    (FakeEventStore.Call.remove, InvocationResult.answered([]), "no remove a"),
    (.update, .throttled("full"), "no update a"),
    (.update, .functionError(FunctionError(payload: [])), "no update a"),
    (.update, .tooLarge("much"), "no update a"),
  ])
  func fateThatCannotBeKeptIsKeptLaterAndTheFunctionIsNotAskedAgain(
    call: FakeEventStore.Call, result: InvocationResult, words: String
  ) async throws {
    try await run(try invocations(policy: patient)) { invocations in
      store.fail(call, times: 1)
      functions.answer(result)
      try await invocations.accept([.make("a")])
      #expect(await functions.events.next() == "a")
      #expect(await store.calls.next() == words)
      #expect(store.events.map(\.attempts) == [0])
      #expect(await store.calls.next().map { "no \($0)" } == words)
    }
  }

  @Test(arguments: [1, 2, 5]) func eventThatCannotBeReadIsTriedAgain(times: Int) async throws {
    try await run(try invocations(policy: patient)) { invocations in
      store.fail(.read, times: times)
      functions.answer(.answered([]))
      try await invocations.accept([.make("a")])
      try await advance(invocations, until: { store.events.isEmpty })
      #expect(await functions.events.next() == "a")
      for _ in 0..<times { #expect(await store.calls.next() == "no read") }
      #expect(await store.calls.next() == "remove a")
      await drain(invocations)
    }
  }

  @Test func toldEventThatCannotBeForgottenIsForgottenLaterAndToldOnce() async throws {
    try await run(try invocations(policy: patient)) { invocations in
      store.fail(.remove, times: 1)
      functions.answer(.tooLarge("much"))
      try await invocations.accept([.make("a")])
      for call in ["update a", "no remove a"] { #expect(await store.calls.next() == call) }
      #expect(await outcomes.told.next() != nil)
      #expect(await store.calls.next() == "remove a")
      await drain(invocations)
    }
  }

  @Test func queueThatCannotBeReadIsNoQueue() {
    store.fail(.list, times: 1)
    #expect(throws: MappingError.self) { try invocations() }
  }

  @Test func eventThatIsForgottenMeanwhileIsNotTried() async throws {
    let invocations = try invocations()
    try await invocations.accept([.make("a"), .make("b")])
    store.forget()
    try await run(invocations) { invocations in
      await drain(invocations)
      functions.answer(.answered([]))
      try await invocations.accept([.make("c")])
      #expect(await functions.events.next() == "c")
    }
  }

  @Test func eventThatIsForgottenWhileItIsTriedIsDoneWith() async throws {
    try await run { invocations in
      try await invocations.accept([.make("a")])
      #expect(await functions.events.next() == "a")
      store.forget()
      functions.answer(.throttled("full"))
      #expect(await store.calls.next() == "update a")
      try await advance(invocations, by: .seconds(1))
      await drain(invocations)
    }
    #expect(store.events == [])
  }

  // MARK: Stopping

  @Test func stopWaitsForTheFunctionThatRuns() async throws {
    try await run(try invocations(concurrency: 1)) { invocations in
      try await invocations.accept([.make("a"), .make("b")])
      #expect(await functions.events.next() == "a")
      invocations.stop()
      functions.answer(.answered([]))
      #expect(await store.calls.next() == "remove a")
    }
    #expect(store.events.map(\.name) == ["b"])
    functions.events.say("nothing more")
    #expect(await functions.events.next() == "nothing more")
  }

  @Test func functionThatFailsDuringTheStopIsTriedAgainByTheNextProcess() async throws {
    try await run { invocations in
      try await invocations.accept([.make("a")])
      #expect(await functions.events.next() == "a")
      invocations.stop()
      functions.answer(failure)
      #expect(await store.calls.next() == "update a")
    }
    #expect(store.events.map(\.failures) == [1])
    #expect(store.events.map(\.dueAt) == [clock.now + .seconds(60)])
  }

  @Test func eventThatWaitsForARuntimeStaysAsItIs() async throws {
    functions.haveRuntimes(false)
    let event = AsynchronousEvent.make("a")
    try await run { invocations in
      try await invocations.accept([event])
      #expect(await functions.events.next() == "a")
    }
    var kept = event
    kept.sequence = 1
    #expect(store.events == [kept])
    store.calls.say("nothing")
    #expect(await store.calls.next() == "nothing")
  }

  @Test func whatIsAcceptedAfterTheStopIsForTheNextProcess() async throws {
    let invocations = try invocations()
    try await run(invocations) { _ in }
    try await invocations.accept([.make("a")])
    #expect(store.events.map(\.name) == ["a"])
  }

  @Test func nextProcessGoesOnWhereTheLastEnded() async throws {
    try await run { invocations in
      functions.answer(failure)
      try await invocations.accept([.make("a")])
      #expect(await store.calls.next() == "update a")
      outcomes.lose(AsynchronousEvent.everybody)
      functions.answer(.tooLarge("much"))
      try await invocations.accept([.make("b")])
      for _ in 0..<2 { #expect(await store.calls.next() == "update b") }
    }
    #expect(await functions.events.next(2) == ["a", "b"])
    #expect(await outcomes.told.next()?.name == "b")
    outcomes.lose(.init())
    clock.advance(by: .seconds(59))
    try await run { invocations in
      // What was given up is told, not tried; what has failed is not due yet.
      #expect(await outcomes.told.next()?.name == "b")
      #expect(await store.calls.next() == "remove b")
      #expect(invocations.count > 0)
      functions.answer(failure)
      try await advance(invocations, by: .seconds(1))
      #expect(await functions.events.next() == "a")
      #expect(await store.calls.next() == "update a")
      #expect(store.events.map(\.failures) == [2])
    }
    clock.advance(by: .seconds(120))
    try await run { invocations in
      functions.answer(.answered([]))
      #expect(await functions.events.next() == "a")
      #expect(await store.calls.next() == "remove a")
      await drain(invocations)
    }
  }

  // MARK: Limits

  @Test(arguments: [1, 3, 10]) func functionNeverSeesMoreThanItsConcurrencyAtOnce(concurrency: Int) async throws {
    try await run(try invocations(concurrency: concurrency)) { invocations in
      try await invocations.accept((0..<60).map { .make("\($0)", of: .function("f\($0 % 2)")) })
      for _ in 0..<2 * concurrency { _ = await functions.events.next() }
      #expect(invocations.count == 60)
      functions.answer(.answered([]), times: 60)
      await drain(invocations)
    }
    #expect(functions.mostAtOnce(of: .function("f0")) == concurrency)
    #expect(functions.mostAtOnce(of: .function("f1")) == concurrency)
  }

  @Test func eventsThatAreTooManyAreNotAccepted() async throws {
    let invocations = try invocations()
    try await invocations.accept([.make("a")])
    let error = MappingError.store("1000000 asynchronous events wait already")
    await #expect(throws: error) {
      try await invocations.accept(
        Array(repeating: .make("b"), count: AsynchronousInvocations.maximumEvents))
    }
    #expect(invocations.count == 1)
    #expect(store.events.map(\.name) == ["a"])
  }
}
