public import Logging
public import Mappings
import Synchronization

/// Where invocations wait for runtimes, and runtimes for invocations: the Lambda Runtime API without its HTTP.
///
/// Several runtimes of one function share its work: each takes the next invocation when it asks. A runtime that is known
/// by `NAME:QUALIFIER` takes invocations of that version or alias alone, one known by `NAME` takes all.
public final class RuntimeHub: Sendable {
  /// How long a connection must have stayed open after an invocation was handed over for its end to mean that the
  /// runtime ended. Programs that make a connection for each request close theirs at once.
  static let heldConnection = Duration.seconds(1)
  /// Invocations of one function that wait at most, where no mapping bounds them.
  static let waitingInvocations = 1000

  private struct State {
    var waiting: [String: [Waiting]] = [:]
    var pollers: [String: [Poller]] = [:]
    var running: [String: Running] = [:]
    var late = LateAnswers()
    var warned: Set<String> = []
    var isClosed = false

    /// The invocation that has waited longest and that a runtime of that name takes.
    mutating func takeWaiting(for name: RuntimeName) -> Waiting? {
      guard var waiting = waiting[name.function],
        let place = waiting.firstIndex(where: { name.takes($0.invocation.function) })
      else { return nil }
      let taken = waiting.remove(at: place)
      keep(waiting, for: name.function)
      return taken
    }

    mutating func keep(_ waiting: [Waiting], for function: String) {
      self.waiting[function] = waiting.isEmpty ? nil : waiting
    }
  }

  /// Invocations that ended without their runtime: its answer is still heard, and dropped.
  private struct LateAnswers {
    static let limit = 1000
    private var order: [String] = []
    private var ids: Set<String> = []

    mutating func remember(_ id: String) {
      order.append(id)
      ids.insert(id)
      if order.count > Self.limit { ids.remove(order.removeFirst()) }
    }

    func contains(_ id: String) -> Bool { ids.contains(id) }
  }

  private struct Waiting {
    var id: String
    var invocation: Invocation
    var timeout: Duration
    var continuation: CheckedContinuation<InvocationResult, Never>
  }

  private struct Poller {
    var name: RuntimeName
    var runtime: AttachedRuntime
    var continuation: CheckedContinuation<RuntimeWork?, Never>
  }

  private struct Running {
    var runtime: AttachedRuntime
    var since: ContinuousClock.Instant
    var timeout: Duration
    var timer: Task<Void, Never>
    var continuation: CheckedContinuation<InvocationResult, Never>

    /// Whether the end of a connection means that nobody will answer.
    func isOrphaned(by connection: UInt64, at now: ContinuousClock.Instant) -> Bool {
      guard runtime.connection == connection else { return false }
      return runtime.keepsConnection || since.duration(to: now) > RuntimeHub.heldConnection
    }
  }

  private let logger: Logger
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  /// A hub without runtimes.
  public init(logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.logger = logger
    self.now = now
  }

  // MARK: Invocations

  /// Waits for a runtime, then for its answer.
  /// - Parameter timeout: how long the function may take once a runtime has it.
  public func invoke(_ invocation: Invocation, timeout: Duration) async -> InvocationResult {
    await withCheckedContinuation { continuation in
      let waiting = Waiting(
        id: MappingID.random().description, invocation: invocation, timeout: timeout, continuation: continuation)
      enum Next {
        case handOver(Poller, RuntimeWork)
        case wait(isNews: Bool)
        case refuse(InvocationResult)
      }
      let name = invocation.function.name
      let next: Next = state.withLock { state in
        guard !state.isClosed, invocation.isWanted() else { return .refuse(.withdrawn) }
        if let place = state.pollers[name]?.firstIndex(where: { $0.name.takes(invocation.function) }),
          let poller = state.pollers[name]?.remove(at: place)
        {
          return .handOver(poller, begin(waiting, at: poller.runtime, &state))
        }
        if invocation.mapping == nil, state.waiting[name]?.count ?? 0 >= Self.waitingInvocations {
          return .refuse(.throttled("\(Self.waitingInvocations) invocations wait for a runtime of '\(name)' already"))
        }
        state.waiting[name, default: []].append(waiting)
        // A runtime that is busy was there a moment ago.
        let isBusy = state.running.values.contains { $0.runtime.functionName == name }
        return .wait(isNews: !isBusy && state.warned.insert(name).inserted)
      }
      switch next {
      case .handOver(let poller, let work): poller.continuation.resume(returning: work)
      case .refuse(let result): continuation.resume(returning: result)
      case .wait(let isNews):
        guard isNews else { return }
        logger.notice(
          "waiting for a runtime",
          metadata: ["function": "\(name)", "runtimeAPI": "/_headrace/runtime/\(name)"])
      }
    }
  }

  /// Takes back the invocations of a mapping that no runtime has seen.
  public func withdrawInvocations(of mapping: MappingID) {
    withdraw { $0.mapping == mapping }
  }

  /// Takes back what nobody wants any more and no runtime has seen.
  public func withdrawUnwanted() {
    withdraw { !$0.isWanted() }
  }

  private func withdraw(_ isMeant: (Invocation) -> Bool) {
    let withdrawn = state.withLock { state in
      var withdrawn: [Waiting] = []
      for (name, waiting) in state.waiting {
        let meant = waiting.filter { isMeant($0.invocation) }
        guard !meant.isEmpty else { continue }
        withdrawn += meant
        let ids = Set(meant.map(\.id))
        state.keep(waiting.filter { !ids.contains($0.id) }, for: name)
      }
      return withdrawn
    }
    for waiting in withdrawn { waiting.continuation.resume(returning: .withdrawn) }
  }

  /// Starts the clock of an invocation that a runtime takes.
  private func begin(_ waiting: Waiting, at runtime: AttachedRuntime, _ state: inout State) -> RuntimeWork {
    let (id, timeout) = (waiting.id, waiting.timeout)
    let timer = Task {
      do { try await Task.sleep(for: timeout) } catch { return }
      self.expire(id)
    }
    state.running[id] = Running(
      runtime: runtime, since: now(), timeout: timeout, timer: timer, continuation: waiting.continuation)
    return RuntimeWork(
      id: id, function: waiting.invocation.function, payload: waiting.invocation.payload,
      deadline: Milliseconds.now() + timeout)
  }

  private func expire(_ id: String) {
    let running = state.withLock { state in
      let running = state.running.removeValue(forKey: id)
      if running != nil {
        state.late.remember(id)
      }
      return running
    }
    guard let running else { return }
    // Lambda's own words.
    running.continuation.resume(returning: .timedOut("Task timed out after \(running.timeout.inHundredths) seconds"))
  }

  // MARK: Runtimes

  /// The next invocation for a runtime, however long that takes; nil where the runtime is gone or the hub closed.
  public func next(for name: RuntimeName, _ runtime: AttachedRuntime) async -> RuntimeWork? {
    await withCheckedContinuation { continuation in
      let (work, unwanted): (RuntimeWork??, [Waiting]) = state.withLock { state in
        guard !state.isClosed, !runtime.isGone() else { return (.some(nil), []) }
        state.warned.remove(name.function)
        var unwanted: [Waiting] = []
        while let waiting = state.takeWaiting(for: name) {
          if waiting.invocation.isWanted() { return (begin(waiting, at: runtime, &state), unwanted) }
          unwanted.append(waiting)
        }
        state.pollers[name.function, default: []].append(
          Poller(name: name, runtime: runtime, continuation: continuation))
        return (nil, unwanted)
      }
      for waiting in unwanted { waiting.continuation.resume(returning: .withdrawn) }
      if let work { continuation.resume(returning: work) }
    }
  }

  /// What became of a runtime's answer.
  public enum Reception: Equatable, Sendable {
    case accepted
    case tooLarge
    /// No invocation of that id is running.
    case unknown
  }

  /// A runtime answers, or tells that its function failed.
  public func finish(_ id: String, _ answer: RuntimeAnswer) -> Reception {
    let (running, isLate) = state.withLock { state in
      (state.running.removeValue(forKey: id), state.late.contains(id))
    }
    guard let running else { return isLate ? .accepted : .unknown }
    running.timer.cancel()
    switch answer {
    case .answered(let payload) where payload.count > Invocation.maximumAnswerBytes:
      running.continuation.resume(returning: .functionError(.answerTooLarge))
      return .tooLarge
    case .answered(let payload):
      running.continuation.resume(returning: .answered(payload))
    case .failed(let error):
      running.continuation.resume(returning: .functionError(error))
    }
    return .accepted
  }

  /// A runtime could not start: the invocation that has waited longest fails with its reason, as in Lambda.
  public func initializationFailed(of name: RuntimeName, _ error: FunctionError) {
    let waiting = state.withLock { $0.takeWaiting(for: name) }
    logger.warning(
      "runtime could not start",
      metadata: ["function": "\(name)", "reason": "\(String(decoding: error.payload.prefix(500), as: UTF8.self))"])
    waiting?.continuation.resume(returning: .functionError(error))
  }

  /// A connection ended: nobody waits behind it any more, and what its runtime was doing is not answered.
  public func connectionEnded(_ connection: UInt64) {
    let (pollers, orphans) = state.withLock { state in
      var pollers: [Poller] = []
      for name in state.pollers.keys {
        pollers += state.pollers[name]?.filter { $0.runtime.connection == connection } ?? []
        state.pollers[name]?.removeAll { $0.runtime.connection == connection }
        if state.pollers[name]?.isEmpty == true { state.pollers[name] = nil }
      }
      let orphans = state.running.filter { $0.value.isOrphaned(by: connection, at: now()) }
      for id in orphans.keys {
        state.running[id] = nil
        state.late.remember(id)
      }
      return (pollers, orphans)
    }
    for poller in pollers { poller.continuation.resume(returning: nil) }
    for (id, running) in orphans {
      running.timer.cancel()
      let message = "RequestId: \(id) Error: Runtime exited without providing a reason"
      running.continuation.resume(
        returning: .functionError(FunctionError(errorType: "Runtime.ExitError", errorMessage: message)))
    }
  }

  /// Ends all waiting: the process stops.
  public func close() {
    let (waiting, pollers, running) = state.withLock { state in
      state.isClosed = true
      defer { (state.waiting, state.pollers, state.running) = ([:], [:], [:]) }
      return (state.waiting.values.joined(), state.pollers.values.joined(), state.running.values)
    }
    for poller in pollers { poller.continuation.resume(returning: nil) }
    for waiting in waiting { waiting.continuation.resume(returning: .withdrawn) }
    for running in running {
      running.timer.cancel()
      running.continuation.resume(returning: .withdrawn)
    }
  }
}

/// By which name a runtime asks for work.
public struct RuntimeName: Hashable, Sendable, CustomStringConvertible {
  /// The function's bare name.
  public var function: String
  /// Nil takes every version and alias.
  public var qualifier: String?

  /// Parses `NAME` or `NAME:QUALIFIER`.
  public init(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    function = parts.first.map(String.init) ?? text
    qualifier = parts.count > 1 ? String(parts[1]) : nil
  }

  public var description: String { qualifier.map { "\(function):\($0)" } ?? function }

  func takes(_ function: FunctionARN) -> Bool {
    qualifier == nil || qualifier == function.qualifier
  }
}

/// A runtime, as far as its connection tells.
public struct AttachedRuntime: Sendable {
  /// The number of the connection over which it asked.
  public var connection: UInt64
  /// Whether it is known to keep its connection open while it works, so that the connection's end is its own.
  public var keepsConnection: Bool
  /// The bare name of its function.
  public var functionName: String
  /// Whether its connection has ended already.
  public var isGone: @Sendable () -> Bool

  /// A runtime.
  public init(
    connection: UInt64, keepsConnection: Bool, functionName: String,
    isGone: @escaping @Sendable () -> Bool = { false }
  ) {
    self.connection = connection
    self.keepsConnection = keepsConnection
    self.functionName = functionName
    self.isGone = isGone
  }
}

/// What a runtime says of an invocation.
public enum RuntimeAnswer: Sendable {
  case answered([UInt8])
  case failed(FunctionError)
}

/// An invocation as a runtime gets it.
public struct RuntimeWork: Sendable {
  public var id: String
  public var function: FunctionARN
  public var payload: [UInt8]
  public var deadline: Milliseconds
}

extension Duration {
  /// Seconds with two decimals, as Lambda writes them: `5.00`.
  fileprivate var inHundredths: String {
    let hundredths = components.seconds * 100 + components.attoseconds / 10_000_000_000_000_000
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
