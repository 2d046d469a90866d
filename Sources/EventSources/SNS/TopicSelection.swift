import LambdaWire

/// Which messages of a topic a mapping wants.
struct TopicSelection: Sendable {
  private let policy: FilterPolicy?

  /// - Throws: where the policy is not valid.
  init(_ configuration: SNSEventSourceConfig?) throws(FilterPolicyError) {
    guard let text = configuration?.filterPolicy, !text.isEmpty else {
      policy = nil
      return
    }
    let scope = FilterPolicy.Scope(rawValue: configuration?.filterPolicyScope ?? "") ?? .messageAttributes
    policy = try FilterPolicy(parsing: text, scope: scope)
  }

  func admits(_ notification: SNSNotification) -> Bool { policy?.admits(notification) ?? true }
}
