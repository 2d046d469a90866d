import Logging
import Mappings
import Synchronization

/// One event: tried, kept, or told of.
extension AsynchronousInvocations {
  /// How long a store that fails is left alone.
  private static let storeRest = Duration.seconds(1)

  func perform(_ sequence: Int64, of function: FunctionARN, _ outcomes: any AsynchronousOutcomes) async {
    let generation = state.withLock(\.generation)
    var (next, wasThere): (Milliseconds?, Bool?) = (nil, nil)
    do throws(MappingError) {
      // Forgotten meanwhile, where it is not there.
      if let event = try store.asynchronousEvent(sequence) {
        (next, wasThere) = try await performed(event, generation, outcomes)
      }
    } catch {
      logger.error(
        "cannot read an asynchronous event", metadata: ["function": "\(function)", "reason": "\(error)"])
      next = now() + Self.storeRest
    }
    state.withLock { state in
      if let next, generation == state.generation {
        state.schedule.add(WaitingEvent(sequence: sequence, function: function, dueAt: next))
      }
      state.schedule.ended(function, wasThere: wasThere, at: now())
    }
    wakeUp.yield()
  }

  /// - Returns: when the event is to be looked at again, nil where it is done with or left for another process; and
  ///   whether the function was there, where that was seen.
  private func performed(
    _ event: AsynchronousEvent, _ generation: Int, _ outcomes: any AsynchronousOutcomes
  ) async throws(MappingError) -> (next: Milliseconds?, wasThere: Bool?) {
    let policy = try policy(for: event.function)
    if event.ended != nil { return (await tell(event, policy, outcomes), nil) }
    guard !policy.isExpired(event, at: now()) else {
      let givenUp = policy.ended(event, .eventAgeExceeded, at: now())
      guard await persist({ () async throws(MappingError) in try await self.store.update(givenUp) }) else {
        return (nil, nil)
      }
      return (await tell(givenUp, policy, outcomes), nil)
    }
    let (startedAt, clock) = (now(), ContinuousClock.now)
    let result = await functions.invoke(
      Invocation(function: event.function, payload: event.payload, mapping: event.mapping) { [self] in
        isWanted(generation) && !policy.isExpired(event, at: now())
      })
    let attempt = AsynchronousAttempt(
      event: event, result: result, startedAt: startedAt, duration: clock.duration(to: .now))
    // The function may have been configured meanwhile; what it has had is not forgotten where that cannot be read.
    let verdictPolicy = (try? self.policy(for: event.function)) ?? policy
    switch verdictPolicy.verdict(on: event, after: result, at: now()) {
    case .untouched:
      // Taken back because it has got too old, or because the process stops and another will see to it.
      return (isWanted(generation) ? event.dueAt : nil, nil)
    case .done:
      await persist { () async throws(MappingError) in try await self.store.removeAsynchronousEvent(event.sequence) }
      await outcomes.note(attempt)
      return (nil, true)
    case .keep(let kept):
      let isKept = await persist { () async throws(MappingError) in try await self.store.update(kept) }
      await outcomes.note(attempt)
      guard isKept, state.withLock({ $0.generation == generation }) else { return (nil, result.toldOfPresence) }
      return (kept.ended == nil ? kept.dueAt : await tell(kept, verdictPolicy, outcomes), result.toldOfPresence)
    }
  }

  private func isWanted(_ generation: Int) -> Bool {
    state.withLock { !$0.isStopping && $0.generation == generation }
  }

  /// Tells the destinations.
  /// - Returns: when those that could not be told are told again.
  private func tell(
    _ event: AsynchronousEvent, _ policy: AsynchronousPolicy, _ outcomes: any AsynchronousOutcomes
  ) async -> Milliseconds? {
    let metadata: Logger.Metadata = [
      "function": "\(event.function)", "requestID": "\(event.requestID)",
      "condition": "\(event.ended?.rawValue ?? "")", "attempts": .stringConvertible(event.attempts),
    ]
    if event.delays == 0, event.ended != .success { logger.warning("asynchronous event given up", metadata: metadata) }
    let left = event.destinations.isEmpty ? event.destinations : await outcomes.tell(event, at: now())
    guard let kept = policy.told(event, except: left, at: now()) else {
      if !left.isEmpty {
        logger.error("asynchronous event dropped: its destination could not be told", metadata: metadata)
      }
      await persist { () async throws(MappingError) in try await self.store.removeAsynchronousEvent(event.sequence) }
      return nil
    }
    return await persist { () async throws(MappingError) in try await self.store.update(kept) } ? kept.dueAt : nil
  }

  /// Writes until it is written: what a function has had once it is not to get again because a disk was full for a while.
  /// - Returns: false where the process stops before; then another finds the event as it was.
  @discardableResult
  private func persist(_ write: () async throws(MappingError) -> Void) async -> Bool {
    var isNews = true
    while true {
      do throws(MappingError) {
        try await write()
        return true
      } catch {
        if isNews { logger.error("cannot keep an asynchronous event", metadata: ["reason": "\(error)"]) }
        isNews = false
        guard !state.withLock(\.isStopping) else { return false }
        try? await Task.sleep(for: Self.storeRest)
      }
    }
  }
}

extension InvocationResult {
  /// Whether the function is there, as far as the result tells.
  fileprivate var toldOfPresence: Bool? {
    switch self {
    case .answered, .functionError, .timedOut: true
    case .throttled, .unreachable: false
    case .tooLarge, .withdrawn: nil
    }
  }
}
