import AWSClient
import Mappings

extension SourceReader {
  /// Of topics.
  static let sns = SourceReader(
    services: { world in world.push.snsRoute == .sqs ? [.sns, .sqs] : [.sns] },
    carriesChanges: true,
    inspect: { draft, _, world in
      guard let topic = draft.source.arn else { return .usable() }
      let client = SNSClient(world.client, region: topic.region, account: topic.account)
      return await SourceInspection.looking("GetTopicAttributes", of: "SNS") { () async throws(AWSError) in
        _ = try await client.topicAttributes(topicARN: topic.description)
      }
    },
    worker: { mapping, world in
      guard let topic = mapping.sourceARN.flatMap(ARN.init) else { return nil }
      return PushWorker(mapping, TopicSubscription(topic, of: mapping.id, world), world)
    })
}
