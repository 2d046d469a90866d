public import Logging
public import Mappings
import Synchronization

/// Keeps the last deliveries of each mapping, and wakes those who wait for one.
///
/// It never holds a delivery up: what is noted is written by a loop of its own, in groups, and what would be trimmed at
/// once is not written at all. So a crash can cost the last few entries, and nothing else hangs on them.
public final class Journal: DeliveryJournal, Sendable {
  /// Between two groups at least: what gathers meanwhile is one transaction.
  static let groupInterval = Duration.milliseconds(50)
  /// Writing takes a fifth of the time at most: a busy mapping's journal is written seldom, and what it would trim at
  /// once never.
  static let restPerWriting = 4
  /// However slow the disk is.
  static let longestRest = Duration.seconds(1)

  private struct State {
    /// By mapping, each trimmed to what is kept.
    var pending: [MappingID: [DeliveryRecord]] = [:]
    var isSignalled = false
    var isClosed = false
    var waiters: [Int: (mapping: MappingID?, continuation: CheckedContinuation<Void, Never>)] = [:]
    var lastWaiter = 0
  }

  private let store: any DeliveryStore
  private let kept: Int
  /// Bytes of an event or answer that are kept.
  public let payloadLimit: Int
  private let logger: Logger
  private let state = Mutex(State())
  private let work = Mailbox<Void>()

  /// - Parameters:
  ///   - kept: deliveries of each mapping; 0 keeps none.
  ///   - payloadLimit: bytes of an event or answer.
  public init(store: any DeliveryStore, keeping kept: Int, payloadLimit: Int, logger: Logger) {
    self.store = store
    self.kept = kept
    self.payloadLimit = payloadLimit
    self.logger = logger
  }

  /// Whether anything is kept.
  public var isKept: Bool { kept > 0 }

  /// Notes a delivery; never waits.
  public func note(_ delivery: DeliveryRecord) {
    guard isKept else { return }
    let rings = state.withLock { state in
      state.pending[delivery.mapping, default: []].append(delivery)
      // Twice as many are let in before the older half goes, so that trimming costs little.
      if let count = state.pending[delivery.mapping]?.count, count > 2 * kept {
        state.pending[delivery.mapping]?.removeFirst(count - kept)
      }
      defer { state.isSignalled = true }
      return !state.isSignalled
    }
    if rings { work.send(()) }
  }

  /// Writes what is noted, until `close` was called and all is written.
  public func run() async {
    // The journal of a mapping outlives it, for whoever asks afterwards, but not for ever.
    do throws(MappingError) {
      try await store.removeOrphans()
    } catch {
      logger.error("cannot trim the journal", metadata: ["reason": "\(error)"])
    }
    while await work.next() != nil {
      let start = ContinuousClock.now
      await write()
      // What comes while this rests is written together.
      let rest = max(Self.groupInterval, start.duration(to: .now) * Self.restPerWriting)
      try? await Task.sleep(for: min(rest, Self.longestRest))
    }
    await write()
  }

  /// Ends the waiting of those who read: the process stops, and they are to be answered.
  public func endWaiting() {
    let waiters = state.withLock { state in
      state.isClosed = true
      defer { state.waiters = [:] }
      return state.waiters.values.map(\.continuation)
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Takes nothing more; `run` returns when all is written.
  public func close() { work.close() }

  private func write() async {
    let pending = state.withLock { state in
      state.isSignalled = false
      defer { state.pending = [:] }
      return state.pending
    }
    guard !pending.isEmpty else { return }
    do throws(MappingError) {
      try await store.append(pending.values.flatMap { $0.suffix(kept) }, keeping: kept)
    } catch {
      logger.error("cannot write the journal", metadata: ["reason": "\(error)"])
    }
    let waiters = state.withLock { state in
      let woken = state.waiters.filter { _, waiter in waiter.mapping.map { pending[$0] != nil } ?? true }
      for number in woken.keys { state.waiters[number] = nil }
      return woken.values.map(\.continuation)
    }
    for waiter in waiters { waiter.resume() }
  }

  // MARK: Reading

  public func deliveries(
    after sequence: Int64, of mapping: MappingID?, limit: Int
  ) throws(MappingError) -> [DeliveryRecord] {
    try store.deliveries(after: sequence, of: mapping, limit: limit)
  }

  public func waitForDelivery(after sequence: Int64, of mapping: MappingID?, for limit: Duration) async {
    await withTaskGroup { group in
      group.addTask { await self.wakeUp(after: sequence, of: mapping) }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
  }

  private func wakeUp(after sequence: Int64, of mapping: MappingID?) async {
    let number = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mayWait = state.withLock { state in
          guard !state.isClosed, !Task.isCancelled else { return false }
          state.waiters[number] = (mapping, continuation)
          return true
        }
        guard mayWait else { return continuation.resume() }
        // One may have come between the caller's look and this wait; entries are written before waiters are woken.
        let isThere = (try? store.deliveries(after: sequence, of: mapping, limit: 1))?.isEmpty == false
        if isThere { wake(number) }
      }
    } onCancel: {
      wake(number)
    }
  }

  private func wake(_ number: Int) {
    state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
  }
}
