/// The states of a mapping, by their names in the API.
public enum MappingState: String, CaseIterable, Sendable {
  case creating = "Creating"
  case enabling = "Enabling"
  case enabled = "Enabled"
  case disabling = "Disabling"
  case disabled = "Disabled"
  case updating = "Updating"
  case deleting = "Deleting"

  /// Whether it passes by itself.
  public var isTransitional: Bool {
    switch self {
    case .creating, .enabling, .disabling, .updating, .deleting: true
    case .enabled, .disabled: false
    }
  }
}

/// The lifecycle of a mapping as a state machine: a request in, the answered state and the lasting one out.
///
/// Source: the recorded answers (recorded-facts, section 3). No clock: how long a transition lasts is the caller's.
public enum Lifecycle {
  /// What a request asks for.
  public enum Request: Equatable, Sendable {
    /// `enabled` is nil where the update leaves it as it is.
    case update(enabled: Bool?)
    case delete
  }

  /// The way from one lasting state to another.
  public struct Transition: Equatable, Sendable {
    /// The state that the request's answer tells.
    public var answered: MappingState
    /// The state that follows; nil where the mapping is gone.
    public var settlesAs: MappingState?
  }

  /// A new mapping. One that is created disabled has no transition (recorded: fifo_message_group_parallelism).
  public static func creation(enabled: Bool) -> Transition {
    enabled
      ? Transition(answered: .creating, settlesAs: .enabled) : Transition(answered: .disabled, settlesAs: .disabled)
  }

  /// What a request does to a mapping in some state.
  ///
  /// - Throws: `ResourceInUseException`'s case in a transitional state.
  public static func transition(on request: Request, in state: MappingState) throws(MappingError) -> Transition {
    switch (state, request) {
    case (.enabled, .update(enabled: nil)), (.enabled, .update(enabled: true)):
      Transition(answered: .updating, settlesAs: .enabled)
    case (.enabled, .update(enabled: false)):
      Transition(answered: .disabling, settlesAs: .disabled)
    case (.disabled, .update(enabled: true)):
      Transition(answered: .enabling, settlesAs: .enabled)
    // Not recorded: a disabled mapping that is changed and stays disabled.
    case (.disabled, .update(enabled: nil)), (.disabled, .update(enabled: false)):
      Transition(answered: .updating, settlesAs: .disabled)
    case (.enabled, .delete), (.disabled, .delete):
      Transition(answered: .deleting, settlesAs: nil)
    case (.creating, .update), (.enabling, .update), (.disabling, .update), (.updating, .update), (.deleting, .update):
      throw .inUse("Cannot update the event source mapping because it is in use.")
    case (.creating, .delete), (.enabling, .delete), (.disabling, .delete), (.updating, .delete), (.deleting, .delete):
      throw .inUse("Cannot delete the event source mapping because it is in use.")
    }
  }
}
