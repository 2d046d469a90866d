import Mappings
import Synchronization
import Testing

@testable import Delivery

/// A worker that tells what it hears, and works until it is told to end.
private struct FakeWorker: MappingWorker {
  let id: MappingID
  let heard: Mailbox<String>
  let ending = Mailbox<Void>()
  var executor: any TaskExecutor { globalConcurrentExecutor }

  func run() async {
    heard.send("run \(id)")
    _ = await ending.next()
  }

  func apply(_ mapping: EventSourceMapping) { heard.send("apply \(mapping.state.rawValue) \(id)") }

  func end() {
    heard.send("end \(id)")
    ending.send(())
  }

  func stop() {
    heard.send("stop \(id)")
    ending.send(())
  }
}

/// What earlier processes have left, in memory; reading it can fail.
private final class FakeInstallations: InstallationStore {
  private let state = Mutex<(left: [SourceInstallation], fails: Bool)>(([], false))

  func leave(_ installation: SourceInstallation) { state.withLock { $0.left.append(installation) } }

  func fail() { state.withLock { $0.fails = true } }

  func installations() throws(MappingError) -> [SourceInstallation] {
    let (left, fails) = state.withLock(\.self)
    if fails { throw .store("the disk is gone") }
    return left
  }

  func installation(of mapping: MappingID) throws(MappingError) -> SourceInstallation? { nil }
  func save(_ installation: SourceInstallation) async throws(MappingError) {}
  func removeInstallation(of mapping: MappingID) async throws(MappingError) {}
}

extension SourceInstallation {
  /// What was put beside the source of a mapping.
  fileprivate static func make(of mapping: EventSourceMapping) -> SourceInstallation {
    SourceInstallation(
      mapping: mapping.id, scope: mapping.scope, function: mapping.function, sourceARN: "arn:aws:s3:::b", kind: .s3,
      route: "sqs")
  }
}

@Suite(.timeLimit(.minutes(5))) struct SupervisorTests {
  private let store = FakeMappingStore()
  private let installations = FakeInstallations()
  private let made = Mailbox<EventSourceMapping>()
  private let heard = Mailbox<String>()
  private let log = RecordingLog()

  /// Runs a supervisor while the body speaks to it, and stops it then.
  private func supervise(
    isReadable: @escaping @Sendable (EventSourceMapping) -> Bool = { _ in true },
    _ body: (Supervisor) async throws -> Void
  ) async rethrows {
    let supervisor = Supervisor(store: store, installations: installations, logger: log.logger) {
      [heard, made] mapping in
      made.send(mapping)
      guard isReadable(mapping) else {
        heard.send("unreadable \(mapping.id)")
        return nil
      }
      heard.send("make \(mapping.id)")
      return FakeWorker(id: mapping.id, heard: heard)
    }
    async let run: Void = supervisor.run()
    // What is put into the store from now on is known by hints alone.
    _ = await store.pages.next()
    try await body(supervisor)
    supervisor.stop()
    await run
  }

  /// The next things that were heard, in any order.
  private func next(_ count: Int) async -> Set<String> {
    var all: Set<String> = []
    for _ in 0..<count { if let one = await heard.next() { all.insert(one) } }
    return all
  }

  private func change(_ mapping: inout EventSourceMapping, to state: MappingState, _ supervisor: Supervisor) {
    mapping.state = state
    store.put(mapping)
    supervisor.note(.changed(mapping))
  }

  @Test func enabledMappingsAreWorkedAtFromTheStart() async {
    let enabled = EventSourceMapping.make()
    store.put(enabled)
    for state in MappingState.allCases where state != .enabled { store.put(.make(state: state)) }
    await supervise { _ in #expect(await next(2) == ["make \(enabled.id)", "run \(enabled.id)"]) }
    #expect(await next(1) == ["stop \(enabled.id)"])
    heard.close()
    #expect(await heard.next() == nil)
  }

  @Test func everyPageIsRead() async {
    for _ in 0..<1001 { store.put(.make()) }
    await supervise { _ in #expect(await next(2002).count == 2002) }
  }

  @Test func workerFollowsItsMapping() async {
    await supervise { supervisor in
      var mapping = EventSourceMapping.make(state: .creating)
      change(&mapping, to: .enabled, supervisor)
      #expect(await next(2) == ["make \(mapping.id)", "run \(mapping.id)"])
      for state in [MappingState.updating, .enabled, .disabling, .disabled, .enabling, .enabled, .deleting] {
        change(&mapping, to: state, supervisor)
        #expect(await next(1) == ["apply \(state.rawValue) \(mapping.id)"])
      }
      store.remove(mapping.id)
      supervisor.note(.changed(mapping))
      #expect(await next(1) == ["end \(mapping.id)"])
    }
  }

  @Test func whatTheStoreSaysCountsAndNotTheHint() async {
    await supervise { supervisor in
      var mapping = EventSourceMapping.make()
      store.put(mapping)
      // A hint that comes late: the mapping was disabled then.
      mapping.state = .disabled
      supervisor.note(.changed(mapping))
      #expect(await next(2) == ["make \(mapping.id)", "run \(mapping.id)"])
    }
  }

  @Test func hintsMayComeTwiceOrForWhatIsGone() async {
    await supervise { supervisor in
      let (mapping, other) = (EventSourceMapping.make(), EventSourceMapping.make())
      store.put(mapping)
      supervisor.note(.changed(mapping))
      supervisor.note(.changed(mapping))
      #expect(
        await next(3) == ["make \(mapping.id)", "run \(mapping.id)", "apply Enabled \(mapping.id)"])
      supervisor.note(.changed(other))
      store.remove(mapping.id)
      supervisor.note(.changed(mapping))
      #expect(await next(1) == ["end \(mapping.id)"])
      supervisor.note(.changed(mapping))
    }
  }

  @Test func resetEndsAllAndNewMappingsAreWorkedAt() async {
    let mappings = (0..<3).map { _ in EventSourceMapping.make() }
    for mapping in mappings { store.put(mapping) }
    await supervise { supervisor in
      _ = await next(6)
      for mapping in mappings { store.remove(mapping.id) }
      supervisor.note(.allForgotten)
      #expect(await next(3) == Set(mappings.map { "end \($0.id)" }))
      let new = EventSourceMapping.make()
      store.put(new)
      supervisor.note(.changed(new))
      #expect(await next(2) == ["make \(new.id)", "run \(new.id)"])
    }
  }

  @Test func resetSparesWhatWasMadeSince() async {
    let (old, new) = (EventSourceMapping.make(), EventSourceMapping.make())
    store.put(old)
    await supervise { supervisor in
      _ = await next(2)
      store.remove(old.id)
      store.put(new)
      supervisor.note(.changed(new))
      #expect(await next(2) == ["make \(new.id)", "run \(new.id)"])
      supervisor.note(.allForgotten)
      supervisor.note(.changed(new))
      #expect(await next(2) == ["end \(old.id)", "apply Enabled \(new.id)"])
    }
  }

  @Test func mappingThatNobodyCanReadIsAskedForAgainWithItsNextChange() async {
    var mapping = EventSourceMapping.make()
    store.put(mapping)
    await supervise(isReadable: { $0.revision > 1 }) { supervisor in
      #expect(await next(1) == ["unreadable \(mapping.id)"])
      mapping.revision = 2
      change(&mapping, to: .enabled, supervisor)
      #expect(await next(2) == ["make \(mapping.id)", "run \(mapping.id)"])
    }
  }

  @Test func storeThatCannotBeReadChangesNothing() async {
    var mapping = EventSourceMapping.make()
    store.put(mapping)
    await supervise { supervisor in
      _ = await next(2)
      store.fail(true)
      supervisor.note(.changed(mapping))
      while log.lines.isEmpty { await Task.yield() }
      store.fail(false)
      change(&mapping, to: .disabled, supervisor)
      #expect(await next(1) == ["apply Disabled \(mapping.id)"])
    }
    #expect(log.lines == [#"error cannot read a mapping: store("the disk is gone")"#])
  }

  // MARK: Leftovers

  @Test func disabledMappingThatHasLeftSomethingIsWorkedAt() async {
    var (left, clean) = (EventSourceMapping.make(state: .disabled), EventSourceMapping.make(state: .disabled))
    store.put(left)
    store.put(clean)
    installations.leave(.make(of: left))
    await supervise { supervisor in
      #expect(await next(2) == ["make \(left.id)", "run \(left.id)"])
      // It follows its mapping as every other.
      change(&left, to: .enabled, supervisor)
      #expect(await next(1) == ["apply Enabled \(left.id)"])
      change(&clean, to: .enabled, supervisor)
      #expect(await next(2) == ["make \(clean.id)", "run \(clean.id)"])
    }
  }

  @Test func mappingThatIsGoneAndHasLeftSomethingIsEnded() async {
    let gone = EventSourceMapping.make()
    let installation = SourceInstallation.make(of: gone)
    installations.leave(installation)
    await supervise { supervisor in
      #expect(await next(3) == ["make \(gone.id)", "run \(gone.id)", "end \(gone.id)"])
      // A hint that comes late changes nothing.
      supervisor.note(.changed(gone))
    }
    let remains = await made.next()
    #expect(remains?.id == gone.id)
    #expect(remains?.scope == gone.scope)
    #expect(remains?.function == gone.function)
    #expect(remains?.sourceARN == installation.sourceARN)
    #expect(remains?.kind == .s3)
    #expect(remains?.isToBeRead == false)
  }

  @Test func enabledMappingHasOneWorkerWhateverIsLeft() async {
    let mapping = EventSourceMapping.make()
    store.put(mapping)
    installations.leave(.make(of: mapping))
    await supervise { _ in #expect(await next(2) == ["make \(mapping.id)", "run \(mapping.id)"]) }
    #expect(await next(1) == ["stop \(mapping.id)"])
    heard.close()
    #expect(await heard.next() == nil)
  }

  @Test func mappingOfAnotherScopeIsNotTheOneThatIsGone() async {
    let (gone, other) = (EventSourceMapping.make(), EventSourceMapping.make(state: .disabled))
    store.put(other)
    var installation = SourceInstallation.make(of: other)
    installation.scope = Scope(account: "222222222222", region: "us-east-1")
    installations.leave(installation)
    installations.leave(.make(of: gone))
    await supervise { _ in
      #expect(
        await next(6) == Set(["make", "run", "end"].flatMap { ["\($0) \(gone.id)", "\($0) \(other.id)"] }))
    }
  }

  @Test func allIsLoadedWhenEverybodyHasHisWorker() async {
    let (enabled, gone) = (EventSourceMapping.make(), EventSourceMapping.make())
    store.put(enabled)
    installations.leave(.make(of: gone))
    let supervisor = Supervisor(
      store: store, installations: installations, logger: log.logger, onLoaded: { [heard] in heard.send("loaded") }
    ) { [heard] mapping in
      heard.send("make \(mapping.id)")
      return FakeWorker(id: mapping.id, heard: heard)
    }
    async let run: Void = supervisor.run()
    var before: Set<String> = []
    while let words = await heard.next(), words != "loaded" { before.insert(words) }
    #expect(before.isSuperset(of: ["make \(enabled.id)", "make \(gone.id)", "end \(gone.id)"]))
    supervisor.stop()
    await run
  }

  @Test func leftoverThatNobodyCanReadIsLeft() async {
    let gone = EventSourceMapping.make()
    installations.leave(.make(of: gone))
    await supervise(isReadable: { _ in false }) { _ in #expect(await next(1) == ["unreadable \(gone.id)"]) }
  }

  @Test func leftoversThatCannotBeReadKeepNobodyFromHisWork() async {
    let mapping = EventSourceMapping.make()
    store.put(mapping)
    installations.fail()
    await supervise { _ in
      #expect(await next(2) == ["make \(mapping.id)", "run \(mapping.id)"])
      while log.lines.isEmpty { await Task.yield() }
    }
    #expect(log.lines == [#"error cannot read what was installed: store("the disk is gone")"#])
  }

  @Test func stopWaitsForTheWorkers() async {
    let mapping = EventSourceMapping.make()
    store.put(mapping)
    let finished = Mailbox<String>()
    struct SlowWorker: MappingWorker {
      let stopped = Mailbox<Void>()
      let mayEnd: Mailbox<Void>
      let finished: Mailbox<String>
      var executor: any TaskExecutor { globalConcurrentExecutor }
      func run() async {
        _ = await stopped.next()
        finished.send("stopped")
        _ = await mayEnd.next()
        finished.send("worker")
      }
      func apply(_ mapping: EventSourceMapping) {}
      func end() {}
      func stop() { stopped.send(()) }
    }
    let mayEnd = Mailbox<Void>()
    let supervisor = Supervisor(store: store, logger: log.logger) { _ in
      SlowWorker(mayEnd: mayEnd, finished: finished)
    }
    supervisor.stop()
    async let run: Void = {
      await supervisor.run()
      finished.send("supervisor")
    }()
    #expect(await finished.next() == "stopped")
    mayEnd.send(())
    await run
    #expect(await finished.next() == "worker")
    #expect(await finished.next() == "supervisor")
  }
}
