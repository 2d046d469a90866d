import Testing

@testable import Mappings

@Suite struct LifecycleTests {
  @Test func creationIsRecorded() {
    #expect(Lifecycle.creation(enabled: true) == .init(answered: .creating, settlesAs: .enabled))
    #expect(Lifecycle.creation(enabled: false) == .init(answered: .disabled, settlesAs: .disabled))
  }

  /// State, request, and the way that follows. Recorded, but for the updates that leave a mapping disabled.
  static let transitions: [(MappingState, Lifecycle.Request, Lifecycle.Transition)] = [
    (.enabled, .update(enabled: nil), .init(answered: .updating, settlesAs: .enabled)),
    (.enabled, .update(enabled: true), .init(answered: .updating, settlesAs: .enabled)),
    (.enabled, .update(enabled: false), .init(answered: .disabling, settlesAs: .disabled)),
    (.disabled, .update(enabled: true), .init(answered: .enabling, settlesAs: .enabled)),
    (.disabled, .update(enabled: nil), .init(answered: .updating, settlesAs: .disabled)),
    (.disabled, .update(enabled: false), .init(answered: .updating, settlesAs: .disabled)),
    (.enabled, .delete, .init(answered: .deleting, settlesAs: nil)),
    (.disabled, .delete, .init(answered: .deleting, settlesAs: nil)),
  ]

  @Test(arguments: transitions)
  func lastingStateMoves(state: MappingState, request: Lifecycle.Request, expected: Lifecycle.Transition) throws {
    #expect(try Lifecycle.transition(on: request, in: state) == expected)
    #expect(expected.answered.isTransitional)
    #expect(expected.settlesAs?.isTransitional != true)
  }

  @Test(arguments: MappingState.allCases.filter(\.isTransitional)) func transitionalStateIsInUse(state: MappingState) {
    for enabled in [nil, true, false] {
      #expect(throws: MappingError.inUse("Cannot update the event source mapping because it is in use.")) {
        try Lifecycle.transition(on: .update(enabled: enabled), in: state)
      }
    }
    #expect(throws: MappingError.inUse("Cannot delete the event source mapping because it is in use.")) {
      try Lifecycle.transition(on: .delete, in: state)
    }
  }
}
