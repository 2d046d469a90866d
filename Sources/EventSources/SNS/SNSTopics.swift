import LambdaWire
import Mappings

extension EventSourceType {
  /// Topics (`arn:aws:sns:REGION:ACCOUNT:NAME`). Lambda has no mappings of them: there a function is subscribed.
  static let sns = EventSourceType(
    kind: .sns,
    recognizes: { source in
      guard let arn = source.arn else { return false }
      return arn.service == "sns" && !arn.resource.contains(":")
    },
    parameters: [.snsEventSourceConfig, .destinationConfig],
    defaults: { _ in
      var parameters = MappingParameters()
      // SNS's own default.
      parameters.snsEventSourceConfig = SNSEventSourceConfig(filterPolicyScope: "MessageAttributes")
      parameters.destinationConfig = DestinationConfig(onFailure: .init())
      return parameters
    },
    rules: [
      .topicIsStandard, .filterPolicyIsValid, .deadLetterQueueIsStandard,
      .failureDestination(among: [.sqs, .sns, .s3]),
    ],
    initialProcessingResult: "No records processed",
    stateReason: "User action",
    claims: { source, _ in [source.arn?.description ?? ""] },
    conflict: EventSourceType.conflictOfARN,
    isOfLambda: false)
}

extension ParameterRule {
  /// Documented: FIFO topics deliver to queues alone
  /// (https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-delivery.html). The text is ours.
  fileprivate static let topicIsStandard = ParameterRule { draft in
    guard let topic = draft.source.arn, topic.resource.hasSuffix(".fifo") else { return nil }
    return "FIFO topics are not supported as event source: \(topic)"
  }

  /// SNS's own words, as it refuses a subscription's attribute.
  fileprivate static let filterPolicyIsValid = ParameterRule { draft in
    do throws(FilterPolicyError) {
      _ = try TopicSelection(draft.parameters.snsEventSourceConfig)
      return nil
    } catch { return "\(error)" }
  }

  /// Documented: a standard queue (https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html). The text is
  /// ours.
  fileprivate static let deadLetterQueueIsStandard = ParameterRule { draft in
    guard let text = draft.parameters.snsEventSourceConfig?.deadLetterQueueArn, !text.isEmpty else { return nil }
    guard let queue = ARN(text), queue.service == "sqs", !queue.resource.hasSuffix(".fifo") else {
      return "DeadLetterQueueArn must be the ARN of a standard queue: \(text)"
    }
    return nil
  }
}
