import Mappings
import Synchronization

/// Tells the test of tries and of what destinations are told; some of those may be out of reach.
final class FakeOutcomes: AsynchronousOutcomes {
  let attempts = Heard<AsynchronousAttempt>()
  let told = Heard<AsynchronousEvent>()
  private let unreachable = Mutex(AsynchronousEvent.Destinations())

  /// Those that cannot be told from now on.
  func lose(_ destinations: AsynchronousEvent.Destinations) { unreachable.withLock { $0 = destinations } }

  func note(_ attempt: AsynchronousAttempt) async { attempts.say(attempt) }

  func tell(_ event: AsynchronousEvent, at time: Milliseconds) async -> AsynchronousEvent.Destinations {
    told.say(event)
    let unreachable = unreachable.withLock(\.self)
    return .init(
      deadLetterQueue: unreachable.deadLetterQueue == nil ? nil : event.destinations.deadLetterQueue,
      onFailure: unreachable.onFailure == nil ? nil : event.destinations.onFailure,
      onSuccess: unreachable.onSuccess == nil ? nil : event.destinations.onSuccess)
  }
}
