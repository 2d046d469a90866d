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

extension SourceInspection {
  /// What a call tells of a source: that the service refuses it, in the recorded form of queues, or nothing against it.
  static func looking(
    _ action: String, of service: String, _ body: @escaping @Sendable () async throws(AWSError) -> Void
  ) async -> SourceInspection {
    await withTaskGroup(of: SourceInspection.self) { group in
      group.addTask {
        do throws(AWSError) {
          try await body()
          return .usable()
        } catch {
          // An endpoint that is not there now may be there later; the mapping tells then.
          guard case .service(let refusal) = error, !refusal.isRetryable else { return .usable() }
          return .refused(error.problem(while: action, of: service))
        }
      }
      // Whoever makes a mapping is not to wait for an endpoint that does not answer.
      group.addTask {
        try? await Task.sleep(for: .seconds(5))
        return .usable()
      }
      defer { group.cancelAll() }
      return await group.next() ?? .usable()
    }
  }
}
