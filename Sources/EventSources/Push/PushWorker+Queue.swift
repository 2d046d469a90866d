import AWSClient
import Delivery
import Logging
import Mappings
import Synchronization

/// Reads the mapping's queue, where its source sends there.
extension PushWorker {
  func startPolling() {
    state.withLock { state in
      guard state.polling == nil, !state.isEnding else { return }
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
        if !messages.bodies.isEmpty { try await take(messages) }
        await board.note(.source(of: "queue"), nil)
        backoff.reset()
        if messages.bodies.isEmpty, isDrained() { return }
      } catch {
        guard !error.isCancellation, !Task.isCancelled else { return }
        await board.note(.source(of: "queue"), "PROBLEM: \(error.problem)", reason: error.problem)
        // Somebody may have deleted it.
        if error.isMissingQueue { repair() }
        try? await Task.sleep(for: backoff.next(spread: .random(in: 0...1)))
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

  /// Takes what came before the source was told to send nothing more, also what the receive was given that was cut off:
  /// that is seen again after its visibility timeout.
  func drain() async throws(PushError) {
    let end = ContinuousClock.now + InstalledQueue.visibilityTimeout + .seconds(1)
    while true {
      do throws(PushError) {
        let messages = try await queue.receive(waitSeconds: 0)
        if !messages.bodies.isEmpty {
          try await take(messages)
          continue
        }
        guard ContinuousClock.now < end, await queue.hasMessagesInFlight() else { return }
        guard (try? await Task.sleep(for: .milliseconds(250))) != nil else {
          throw PushError.call("ReceiveMessage", of: "SQS", .cancelled)
        }
      } catch {
        guard error.isMissingQueue else { throw error }
        return
      }
    }
  }

  /// A task of its own, which a new wish does not cut: what was accepted is to be deleted, or it comes twice.
  private func take(_ messages: InstalledQueue.Messages) async throws(PushError) {
    let taking = Task(executorPreference: executor) { () async -> PushError? in
      do throws(PushError) {
        try await self.accept(messages.bodies)
        try await self.queue.delete(messages)
        return nil
      } catch { return error }
    }
    if let error = await taking.value { throw error }
  }

  /// What is no event is only told of: it would come for ever.
  private func accept(_ bodies: [[UInt8]]) async throws(PushError) {
    var events: [AsynchronousEvent] = []
    for body in bodies {
      do throws(IntakeError) { events += try self.events(in: body) } catch {
        world.logger.warning(
          "what a source sent is no event", metadata: ["mapping": "\(id)", "reason": "\(error)"])
      }
    }
    guard !events.isEmpty else { return }
    do throws(MappingError) { try await world.asynchronous.accept(events) } catch { throw .store(error) }
  }
}

extension PushError {
  fileprivate var isMissingQueue: Bool {
    guard case .call(_, "SQS", let error) = self else { return false }
    return error.isMissingQueue
  }
}
