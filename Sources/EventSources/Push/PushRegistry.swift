import Delivery
import Mappings
import Synchronization

/// The workers of all sources that send, for those who bring what was sent, and for those who wait until a change of a
/// mapping has been carried to its source.
public final class PushRegistry: Sendable {
  /// How long whoever changes a mapping waits for its source.
  private static let patience = Duration.seconds(5)

  private struct State {
    var receivers: [MappingID: any PushReceiver] = [:]
    var ofBucket: [String: Set<MappingID>] = [:]
    /// The revision of each mapping that has been carried to its source.
    var applied: [MappingID: Int64] = [:]
    var waiters: [Int: Waiter] = [:]
    var lastWaiter = 0
    var isComplete = false

    mutating func takeWaiters(_ isMeant: (Waiter) -> Bool) -> [CheckedContinuation<Void, Never>] {
      let met = waiters.filter { isMeant($0.value) }
      for number in met.keys { waiters[number] = nil }
      return met.values.map(\.continuation)
    }
  }

  private struct Waiter {
    /// Nil for one that waits for all of them.
    var mapping: MappingID?
    var revision: Int64
    var continuation: CheckedContinuation<Void, Never>
  }

  /// Who may change the notifications of a bucket: they are read and written whole.
  let buckets = BucketLocks()
  private let state = Mutex(State())

  /// An empty one.
  public init() {}

  /// All mappings that an earlier process left have their workers.
  public func complete() {
    let waiters = state.withLock { state in
      state.isComplete = true
      return state.takeWaiters { $0.mapping == nil }
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits until all mappings are known that are there: what is posted before finds nobody, and not every server posts
  /// twice.
  /// - Returns: whether they are, before patience ended.
  func waitUntilComplete() async -> Bool {
    if state.withLock(\.isComplete) { return true }
    await wait(for: nil, 0) { $0.isComplete }
    return state.withLock(\.isComplete)
  }

  func add(_ receiver: any PushReceiver) {
    state.withLock { state in
      state.receivers[receiver.id] = receiver
      guard receiver.source.service == "s3" else { return }
      state.ofBucket[receiver.source.resource, default: []].insert(receiver.id)
    }
  }

  func remove(_ receiver: any PushReceiver) {
    let waiters = state.withLock { state in
      state.receivers[receiver.id] = nil
      let bucket = receiver.source.resource
      state.ofBucket[bucket]?.remove(receiver.id)
      if state.ofBucket[bucket]?.isEmpty == true { state.ofBucket[bucket] = nil }
      state.applied[receiver.id] = nil
      return state.takeWaiters { $0.mapping == receiver.id }
    }
    for waiter in waiters { waiter.resume() }
  }

  func receiver(of mapping: MappingID) -> (any PushReceiver)? { state.withLock { $0.receivers[mapping] } }

  /// Those of a bucket, in whichever partition, account and region their mappings are.
  func receivers(ofBucket name: String) -> [any PushReceiver] {
    state.withLock { state in (state.ofBucket[name] ?? []).compactMap { state.receivers[$0] } }
  }

  // MARK: Waiting

  /// A revision of a mapping has been carried to its source, or could not be at once.
  func applied(_ revision: Int64, of mapping: MappingID) {
    let waiters = state.withLock { state in
      state.applied[mapping] = max(revision, state.applied[mapping] ?? 0)
      return state.takeWaiters { $0.mapping == mapping && $0.revision <= revision }
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits for a mapping's revision, as long as patience lasts.
  func waitUntilApplied(_ mapping: EventSourceMapping) async {
    // One that was never enabled has nobody who would carry anything.
    guard mapping.isToBeRead || receiver(of: mapping.id) != nil else { return }
    await wait(for: mapping.id, mapping.revision) { $0.applied[mapping.id] ?? 0 >= mapping.revision }
  }

  private func wait(
    for mapping: MappingID?, _ revision: Int64, until isMet: @escaping (State) -> Bool
  ) async {
    let number = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    let timer = Task {
      try? await Task.sleep(for: Self.patience)
      self.endWaiting(number)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if isMet(state) || Task.isCancelled { return true }
          state.waiters[number] = Waiter(mapping: mapping, revision: revision, continuation: continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      endWaiting(number)
    }
    timer.cancel()
  }

  private func endWaiting(_ number: Int) {
    state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
  }
}
