import Delivery
import Mappings
import Synchronization

/// The workers of all sources that send, for those who bring what was sent, and for those who wait until a change of a
/// mapping has been carried to its source.
public final class PushRegistry: Sendable {
  private struct State {
    var receivers: [MappingID: any PushReceiver] = [:]
    var ofBucket: [String: Set<MappingID>] = [:]
    /// The revision of each mapping that has been carried to its source.
    var applied: [MappingID: Int64] = [:]
    /// Mappings that a reset has forgotten, as long as their workers put things back.
    var forgotten: Set<MappingID> = []
    var isComplete = false
    var waiters: [Int: Waiter] = [:]
    var lastWaiter = 0
  }

  private struct Waiter {
    var isOver: @Sendable (State) -> Bool
    var continuation: CheckedContinuation<Void, Never>
  }

  /// Who may change the notifications of a bucket: they are read and written whole.
  let buckets = BucketLocks()
  private let patience: Duration
  private let state = Mutex(State())

  /// An empty one.
  /// - Parameter patience: how long whoever changes a mapping waits for its source, and what is posted for the mapping
  ///   to be loaded.
  public init(patience: Duration = .seconds(5)) {
    self.patience = patience
  }

  // MARK: Workers

  func add(_ receiver: any PushReceiver) {
    change { state in
      state.receivers[receiver.id] = receiver
      guard receiver.source.service == "s3" else { return }
      state.ofBucket[receiver.source.resource, default: []].insert(receiver.id)
    }
  }

  func remove(_ receiver: any PushReceiver) {
    change { state in
      state.receivers[receiver.id] = nil
      let bucket = receiver.source.resource
      state.ofBucket[bucket]?.remove(receiver.id)
      if state.ofBucket[bucket]?.isEmpty == true { state.ofBucket[bucket] = nil }
      state.applied[receiver.id] = nil
      state.forgotten.remove(receiver.id)
    }
  }

  func receiver(of mapping: MappingID) -> (any PushReceiver)? { state.withLock { $0.receivers[mapping] } }

  /// Those of a bucket, in whichever partition, account and region their mappings are.
  func receivers(ofBucket name: String) -> [any PushReceiver] {
    state.withLock { state in (state.ofBucket[name] ?? []).compactMap { state.receivers[$0] } }
  }

  /// All mappings that an earlier process left have their workers.
  public func complete() {
    change { $0.isComplete = true }
  }

  /// Nobody wants to know any more of the mappings that are there: what their sources have sent is dropped.
  public func forgetAll() {
    let receivers = state.withLock { state in
      state.forgotten = Set(state.receivers.keys)
      return Array(state.receivers.values)
    }
    for receiver in receivers { receiver.forget() }
  }

  /// A revision of a mapping has been carried to its source, or could not be at once.
  func applied(_ revision: Int64, of mapping: MappingID) {
    change { $0.applied[mapping] = max(revision, $0.applied[mapping] ?? 0) }
  }

  /// Changes the state, and wakes those who waited for it.
  private func change(_ body: (inout State) -> Void) {
    let continuations = state.withLock { state in
      body(&state)
      let woken = state.waiters.filter { $0.value.isOver(state) }
      for number in woken.keys { state.waiters[number] = nil }
      return woken.values.map(\.continuation)
    }
    for continuation in continuations { continuation.resume() }
  }

  // MARK: Waiting

  /// Waits until all mappings are known that are there: what is posted before finds nobody, and not every server posts
  /// twice.
  /// - Returns: whether they are, before patience ended.
  func waitUntilComplete() async -> Bool {
    await wait { $0.isComplete }
    return state.withLock(\.isComplete)
  }

  /// Waits for a mapping's revision, as long as patience lasts.
  func waitUntilApplied(_ mapping: EventSourceMapping) async {
    // One that was never enabled has nobody who would carry anything.
    guard mapping.isToBeRead || receiver(of: mapping.id) != nil else { return }
    await wait {
      $0.applied[mapping.id] ?? 0 >= mapping.revision || !mapping.isToBeRead && $0.receivers[mapping.id] == nil
    }
  }

  /// Waits until nothing is left beside the sources of what a reset has forgotten, as long as patience lasts.
  func waitUntilForgotten() async {
    await wait { $0.forgotten.isEmpty }
  }

  private func wait(until isOver: @escaping @Sendable (State) -> Bool) async {
    if state.withLock({ isOver($0) }) { return }
    let number = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    let timer = Task {
      try? await Task.sleep(for: patience)
      self.endWaiting(number)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if isOver(state) || Task.isCancelled { return true }
          state.waiters[number] = Waiter(isOver: isOver, continuation: continuation)
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
