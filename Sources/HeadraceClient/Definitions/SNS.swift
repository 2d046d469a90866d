import LambdaWire

/// What a filter policy looks at.
public enum FilterPolicyScope: String, Sendable {
  case messageAttributes = "MessageAttributes"
  case messageBody = "MessageBody"
}

extension EventSourceDefinition {
  /// The messages of an SNS topic (CDK: SnsEventSource). Headrace alone has it: Lambda itself knows no mappings of topics.
  ///
  /// - Parameters:
  ///   - filterPolicy: a policy of SNS as JSON text, such as `{"color": ["red", {"prefix": "bl"}]}`.
  ///   - deadLetterQueue: the queue that gets what the function failed at.
  public static func sns(
    _ topic: Topic, filterPolicy: String? = nil, filterPolicyScope: FilterPolicyScope? = nil,
    deadLetterQueue: Queue? = nil, onFailure: FailureDestination? = nil, enabled: Bool? = nil
  ) -> EventSourceDefinition {
    var draft = ParameterDraft()
    if filterPolicy != nil || filterPolicyScope != nil || deadLetterQueue != nil {
      draft.topic(filterPolicy, filterPolicyScope, deadLetterQueue)
    }
    draft.common(filters: nil, onFailure: onFailure)
    return EventSourceDefinition(topic.arn, draft, enabled: enabled, isHeadraceOnly: true)
  }
}

extension ParameterDraft {
  /// What of a topic's messages is wanted, and who gets what the function failed at.
  mutating func topic(_ filterPolicy: String?, _ scope: FilterPolicyScope?, _ deadLetterQueue: Queue?) {
    completions.append { client, parameters in
      parameters.snsEventSourceConfig = SNSEventSourceConfig(
        filterPolicy: filterPolicy, filterPolicyScope: scope?.rawValue, deadLetterQueueArn: deadLetterQueue?.arn(client)
      )
    }
  }
}
