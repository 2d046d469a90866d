import AWSClient
import Delivery
import Mappings
import Synchronization

/// Reads the mapping's queue, where its source sends there.
extension PushWorker {
  func startPolling() {
    state.withLock { state in
      guard state.polling == nil else { return }
      state.polling = Task(executorPreference: executor) { await self.poll() }
    }
  }

  func stopPolling() async {
    let polling = state.withLock { $0.polling.take() }
    polling?.cancel()
    await polling?.value
  }

  private func poll() async {
    var backoff = Backoff()
    while !Task.isCancelled {
      do throws(PushError) {
        let messages = try await queue.receive(waitSeconds: InstalledQueue.longPollSeconds)
        await board.note(.source, nil)
        if !messages.bodies.isEmpty { try await take(messages) }
        backoff.reset()
        if messages.bodies.isEmpty, isDrained() { return }
      } catch {
        guard !error.isCancellation, !Task.isCancelled else { return }
        await board.note(.source, "PROBLEM: \(error.problem)", reason: error.problem)
        try? await Task.sleep(for: backoff.next(spread: .random(in: 0...1)))
        // Somebody may have deleted it.
        let plan = state.withLock(\.plan)
        if error.isMissingQueue, plan.isEnabled { try? await install(plan) }
      }
    }
  }

  /// Whether nothing more comes: the mapping is disabled, and a whole receive has given nothing.
  private func isDrained() -> Bool {
    state.withLock { state in
      guard !state.plan.isEnabled else { return false }
      state.polling = nil
      return true
    }
  }

  /// A task of its own, which a new wish does not cut: what was accepted is to be deleted, or it comes twice.
  func take(_ messages: InstalledQueue.Messages) async throws(PushError) {
    let taking = Task(executorPreference: executor) { () async -> PushError? in
      do throws(IntakeFailure) {
        _ = try await self.accept(messages.bodies, skippingMalformed: true)
      } catch {
        guard case .store(let error) = error else { return nil }
        return .store(error)
      }
      do throws(PushError) {
        try await self.queue.delete(messages)
        return nil
      } catch { return error }
    }
    if let error = await taking.value { throw error }
  }
}

extension PushError {
  fileprivate var isMissingQueue: Bool {
    guard case .call(_, "SQS", let error) = self else { return false }
    return error.isMissingQueue
  }
}
