import Logging
import Mappings
import Synchronization
import Testing

@testable import Functions

@Suite(.timeLimit(.minutes(5))) struct RuntimeHubTests {
  private let turns = Turns()
  private let log = CountingLog()
  private let hub: RuntimeHub

  init() {
    // For the hub no time passes, however slow the machine is.
    let start = ContinuousClock.now
    hub = RuntimeHub(logger: log.logger) { start }
  }

  /// Begins an invocation and waits until the hub has it. Its event is a text that names it.
  private func invoke(
    _ event: String, of function: String = "f", for mapping: MappingID? = nil, timeout: Duration = .seconds(600),
    isWanted: @escaping @Sendable () -> Bool = { true }
  ) async -> Task<InvocationResult, Never> {
    let arn = FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:\(function)")
    let task = turns.start { [hub] in
      await hub.invoke(
        Invocation(function: arn, payload: Array(event.utf8), mapping: mapping, isWanted: isWanted), timeout: timeout)
    }
    await turns.settle()
    return task
  }

  /// A runtime asks for work; the hub knows of it when this returns.
  private func ask(
    _ name: String = "f", connection: UInt64 = 1, keepsConnection: Bool = false
  ) async -> Task<RuntimeWork?, Never> {
    let name = RuntimeName(name)
    let runtime = AttachedRuntime(
      connection: connection, keepsConnection: keepsConnection, functionName: name.function)
    let task = turns.start { [hub] in await hub.next(for: name, runtime) }
    await turns.settle()
    return task
  }

  private func work(
    _ name: String = "f", connection: UInt64 = 1, keepsConnection: Bool = false
  ) async throws -> RuntimeWork {
    try #require(await ask(name, connection: connection, keepsConnection: keepsConnection).value)
  }

  private func text(_ work: RuntimeWork?) -> String? { work.map { String(decoding: $0.payload, as: UTF8.self) } }

  private func answered(_ text: String) -> InvocationResult { .answered(Array(text.utf8)) }

  // MARK: Order

  @Test func invocationsAreTakenInTheirOrder() async throws {
    let invocations = [await invoke("a"), await invoke("b"), await invoke("c")]
    for (invocation, event) in zip(invocations, ["a", "b", "c"]) {
      let work = try await work()
      #expect(text(work) == event)
      #expect(hub.finish(work.id, .answered(Array("\(event)!".utf8))) == .accepted)
      #expect(await invocation.value == answered("\(event)!"))
    }
  }

  @Test func runtimesThatWaitAreServedInTheirOrder() async {
    let runtimes = [await ask(connection: 1), await ask(connection: 2), await ask(connection: 3)]
    for (runtime, event) in zip(runtimes, ["a", "b", "c"]) {
      _ = await invoke(event)
      #expect(text(await runtime.value) == event)
    }
    hub.close()
  }

  @Test func severalRuntimesShareTheWork() async {
    let count = 400
    let (hub, runtimes) = (hub, 8)
    let arn = FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:f")
    // What each of the runtimes took.
    let taken = await withTaskGroup(of: [Int].self, returning: [Int].self) { group in
      for connection in 0..<runtimes {
        group.addTask {
          let runtime = AttachedRuntime(
            connection: UInt64(connection), keepsConnection: true, functionName: "f")
          var taken: [Int] = []
          while let work = await hub.next(for: RuntimeName("f"), runtime) {
            #expect(hub.finish(work.id, .answered(work.payload)) == .accepted)
            taken.append(Int(String(decoding: work.payload, as: UTF8.self)) ?? -1)
          }
          return taken
        }
      }
      await withTaskGroup { invocations in
        for number in 0..<count {
          invocations.addTask {
            let event = Array("\(number)".utf8)
            let result = await hub.invoke(Invocation(function: arn, payload: event), timeout: .seconds(600))
            #expect(result == .answered(event))
          }
        }
      }
      hub.close()
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(taken.sorted() == Array(0..<count))
  }

  @Test func workSaysForWhomItIsAndUntilWhen() async throws {
    let before = Milliseconds.now() + .seconds(600)
    _ = await invoke("a", of: "f:prod")
    let work = try await work()
    #expect(work.function.description == "arn:aws:lambda:us-east-1:111111111111:function:f:prod")
    #expect(work.deadline >= before && work.deadline <= Milliseconds.now() + .seconds(600))
    hub.close()
  }

  // MARK: Names

  @Test(arguments: [("f", "f", nil), ("f:1", "f", "1"), ("f:$LATEST", "f", "$LATEST")] as [(String, String, String?)])
  func nameIsReadAndWritten(text: String, function: String, qualifier: String?) {
    let name = RuntimeName(text)
    #expect(name.function == function)
    #expect(name.qualifier == qualifier)
    #expect(name.description == text)
  }

  @Test func qualifiedRuntimeTakesItsVersionAloneAndAnotherTakesAll() async throws {
    for function in ["f", "f:2", "f:1", "g"] { _ = await invoke(function, of: function) }
    #expect(try await text(work("f:1")) == "f:1")
    #expect(try await text(work("f")) == "f")
    #expect(try await text(work("f")) == "f:2")
    #expect(try await text(work("g")) == "g")
    let one = await ask("f:1", connection: 1)
    let all = await ask("f", connection: 2)
    _ = await invoke("next", of: "f:2")
    #expect(text(await all.value) == "next")
    _ = await invoke("last", of: "f:1")
    #expect(text(await one.value) == "last")
    hub.close()
  }

  // MARK: Time

  @Test func functionThatTakesTooLongHasTimedOutAndItsLateAnswerIsHeard() async throws {
    let invocation = await invoke("a", timeout: .milliseconds(10))
    let work = try await work()
    #expect(await invocation.value == .timedOut("Task timed out after 0.01 seconds"))
    #expect(hub.finish(work.id, .answered([])) == .accepted)
  }

  @Test func waitingForARuntimeCostsNoTime() async throws {
    let invocation = await invoke("a", timeout: .zero)
    for _ in 0..<100 { await turns.settle() }
    _ = try await work()
    #expect(await invocation.value == .timedOut("Task timed out after 0.00 seconds"))
  }

  // MARK: Answers

  @Test func answerToNothingIsUnknown() async throws {
    #expect(hub.finish("nothing", .answered([])) == .unknown)
    _ = await invoke("a")
    let work = try await work()
    #expect(hub.finish(work.id, .answered([])) == .accepted)
    #expect(hub.finish(work.id, .answered([])) == .unknown)
  }

  @Test func functionErrorIsHandedOn() async throws {
    let invocation = await invoke("a")
    let error = FunctionError(payload: Array(#"{"errorMessage":"m"}"#.utf8))
    #expect(hub.finish(try await work().id, .failed(error)) == .accepted)
    #expect(await invocation.value == .functionError(error))
  }

  @Test func answerMayHaveSixMegabytesAndALittle() async throws {
    let largest = [UInt8](repeating: 0x20, count: 6_291_556)
    let fitting = await invoke("a")
    #expect(hub.finish(try await work().id, .answered(largest)) == .accepted)
    #expect(await fitting.value == .answered(largest))
    let invocation = await invoke("b")
    #expect(hub.finish(try await work().id, .answered(largest + [0x20])) == .tooLarge)
    #expect(await invocation.value == .functionError(.answerTooLarge))
  }

  // MARK: Runtimes that go

  @Test func runtimeThatGoesWhileItWaitsTakesNothing() async throws {
    let gone = await ask(connection: 1)
    let other = await ask(connection: 2)
    hub.connectionEnded(1)
    #expect(await gone.value == nil)
    _ = await invoke("a")
    #expect(text(await other.value) == "a")
    hub.close()
  }

  @Test func runtimeThatGoesWhileItWorksHasExited() async throws {
    let invocation = await invoke("a")
    let work = try await work(connection: 1, keepsConnection: true)
    hub.connectionEnded(2)
    hub.connectionEnded(1)
    let message = "RequestId: \(work.id) Error: Runtime exited without providing a reason"
    #expect(
      await invocation.value
        == .functionError(
          FunctionError(payload: Array(#"{"errorType":"Runtime.ExitError","errorMessage":"\#(message)"}"#.utf8))))
    // Should it live after all, its answer is heard, and dropped.
    #expect(hub.finish(work.id, .answered([])) == .accepted)
  }

  @Test func clientThatMakesAConnectionForEachRequestMayCloseIt() async throws {
    let invocation = await invoke("a")
    let work = try await work(connection: 1)
    hub.connectionEnded(1)
    #expect(hub.finish(work.id, .answered([1])) == .accepted)
    #expect(await invocation.value == .answered([1]))
  }

  @Test func runtimeThatCannotStartFailsWhatWaitedLongest() async throws {
    let error = FunctionError(payload: Array(#"{"errorType":"Runtime.ImportModuleError"}"#.utf8))
    hub.initializationFailed(of: RuntimeName("f"), error)
    let (a, b) = (await invoke("a"), await invoke("b"))
    let c = await invoke("c", of: "f:1")
    hub.initializationFailed(of: RuntimeName("f"), error)
    #expect(await a.value == .functionError(error))
    hub.initializationFailed(of: RuntimeName("f:1"), error)
    #expect(await c.value == .functionError(error))
    let work = try await work()
    #expect(text(work) == "b")
    #expect(hub.finish(work.id, .answered([])) == .accepted)
    #expect(await b.value == .answered([]))
  }

  // MARK: Ends

  @Test func waitingInvocationsOfAMappingAreTakenBack() async throws {
    let (mine, others) = (MappingID.random(), MappingID.random())
    let running = await invoke("running", for: mine)
    let work = try await work()
    let waiting = [await invoke("1", for: mine), await invoke("2", of: "g", for: mine)]
    let left = [await invoke("3", for: others), await invoke("4")]
    hub.withdrawInvocations(of: mine)
    for invocation in waiting { #expect(await invocation.value == .withdrawn) }
    #expect(hub.finish(work.id, .answered([])) == .accepted)
    #expect(await running.value == .answered([]))
    for (invocation, event) in zip(left, ["3", "4"]) {
      let work = try await self.work()
      #expect(text(work) == event)
      #expect(hub.finish(work.id, .answered([])) == .accepted)
      #expect(await invocation.value == .answered([]))
    }
  }

  @Test func whatNobodyWantsAnyMoreIsNeitherKeptNorHandedOver() async throws {
    let isWanted = Atomic(true)
    let invocations = [
      await invoke("a") { isWanted.load(ordering: .relaxed) }, await invoke("b") { isWanted.load(ordering: .relaxed) },
      await invoke("c"),
    ]
    isWanted.store(false, ordering: .relaxed)
    #expect(text(try await work()) == "c")
    #expect(await invocations[0].value == .withdrawn)
    #expect(await invocations[1].value == .withdrawn)
    #expect(await invoke("d") { false }.value == .withdrawn)
    let last = await invoke("e") { isWanted.load(ordering: .relaxed) == false }
    isWanted.store(true, ordering: .relaxed)
    hub.withdrawUnwanted()
    #expect(await last.value == .withdrawn)
  }

  @Test func invocationsThatNoMappingBoundsAreBounded() async {
    for number in 0..<RuntimeHub.waitingInvocations { _ = await invoke("\(number)") }
    guard case .throttled = await invoke("one more").value else {
      Issue.record("not throttled")
      return
    }
    hub.close()
  }

  @Test func closingEndsAllWaiting() async throws {
    let running = await invoke("a")
    let work = try await work()
    let waiting = await invoke("b")
    let polling = await ask("g")
    hub.close()
    #expect(await running.value == .withdrawn)
    #expect(await waiting.value == .withdrawn)
    #expect(await polling.value == nil)
    #expect(hub.finish(work.id, .answered([])) == .unknown)
    #expect(await invoke("c").value == .withdrawn)
    #expect(await ask().value == nil)
  }

  @Test func lackOfARuntimeIsToldOnce() async throws {
    for _ in 0..<3 { _ = await invoke("a") }
    _ = await invoke("b", of: "g")
    #expect(log.count(of: "waiting for a runtime") == 2)
    for _ in 0..<3 { _ = try await work() }
    // All runtimes are busy, which is no news.
    _ = await invoke("a")
    #expect(log.count(of: "waiting for a runtime") == 2)
    hub.close()
  }
}

/// Counts the lines of a log.
private final class CountingLog: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  func count(of message: String) -> Int { counts.withLock { $0[message] ?? 0 } }

  private struct Handler: LogHandler {
    let log: CountingLog
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.counts.withLock { $0["\(event.message)", default: 0] += 1 } }
  }
}
