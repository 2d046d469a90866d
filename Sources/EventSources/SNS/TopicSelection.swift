import LambdaWire

/// Which messages of a topic a mapping wants.
struct TopicSelection: Sendable {
  private let policy: FilterPolicy?

  /// Nil where the policy is not valid, which was checked when the mapping was made.
  init?(_ configuration: SNSEventSourceConfig?) {
    guard let text = configuration?.filterPolicy, !text.isEmpty else {
      policy = nil
      return
    }
    let scope = FilterPolicy.Scope(rawValue: configuration?.filterPolicyScope ?? "") ?? .messageAttributes
    guard let policy = try? FilterPolicy(parsing: text, scope: scope) else { return nil }
    self.policy = policy
  }

  func admits(_ notification: SNSNotification) -> Bool { policy?.admits(notification) ?? true }
}
