import AWSClient
import Delivery
import LambdaWire
import Mappings
import Synchronization

/// A topic that Headrace subscribes itself to, over HTTP or with a queue.
final class TopicSubscription: PushSource {
  /// How long a topic's server may take to call back.
  static let patience = Duration.seconds(10)
  /// The path below which topics post, behind the public URL and before the mapping's id.
  static let path = "/_headrace/events/sns/"

  let arn: ARN
  let route: PushRoute
  private let client: SNSClient
  private let world: SourceWorld
  /// What is subscribed where the topic posts.
  private let url: String
  private let confirmation = Mutex(Confirmation())
  private let news = Mailbox<Void>()

  /// What is known of a confirmation.
  private struct Confirmation {
    /// From the first call that subscribes until the subscription is confirmed or taken back: servers may take their time,
    /// and ask more than once.
    var isWaitedFor = false
    /// The last token that came.
    var token: String?
  }

  init(_ topic: ARN, of mapping: MappingID, _ world: SourceWorld) {
    arn = topic
    route = world.push.snsRoute.route
    client = SNSClient(world.client, region: topic.region, account: topic.account)
    self.world = world
    url = "\(world.push.publicURL)\(Self.path)\(mapping)"
  }

  func selection(_ parameters: MappingParameters) -> TopicSelection? {
    try? TopicSelection(parameters.snsEventSourceConfig)
  }

  func deadLetterQueue(_ parameters: MappingParameters) -> String? {
    parameters.snsEventSourceConfig?.deadLetterQueueArn
  }

  func payloads(
    in body: [UInt8], _ selection: TopicSelection, _ installation: SourceInstallation
  ) throws(IntakeError) -> [[UInt8]] {
    let notification: SNSNotification
    do throws(SNSNotificationError) {
      notification = try SNSNotification(parsing: body)
    } catch {
      throw IntakeError(description: "\(error)")
    }
    guard notification.kind == .notification, selection.admits(notification) else { return [] }
    return [notification.event(subscriptionARN: installation.subscription ?? "\(arn):\(installation.mapping)")]
  }

  // MARK: Subscribing

  func install(
    _ selection: TopicSelection, _ installation: SourceInstallation, queueARN: String?,
    keep: (SourceInstallation) async throws(PushError) -> Void
  ) async throws(PushError) {
    guard queueARN != nil || world.push.isPublic || world.client.configuration.hasOverride(for: .sns) else {
      throw .notPublic(url: world.push.publicURL)
    }
    let endpoint = queueARN ?? url
    var installation = installation
    if let known = installation.subscription, installation.endpoint == endpoint, try await isConfirmed(known) {
      return try await keep(installation)
    }
    if installation.endpoint != endpoint { try await uninstall(installation) }
    installation.subscription = nil
    installation.endpoint = endpoint
    try await keep(installation)
    installation.subscription = try await confirmedSubscription(of: endpoint, isPosted: queueARN == nil)
    try await keep(installation)
  }

  /// - Returns: the ARN of a subscription that is confirmed.
  private func confirmedSubscription(of endpoint: String, isPosted: Bool) async throws(PushError) -> String {
    // Before the call: the server may call back before it answers.
    confirmation.withLock { $0.isWaitedFor = isPosted }
    let subscription = try await subscribe(endpoint)
    if let subscription, try await isConfirmed(subscription) {
      confirmation.withLock { $0 = Confirmation() }
      return subscription
    }
    guard isPosted, let token = await nextToken() else { throw .unconfirmed(url: endpoint) }
    let confirmed = try await calling("ConfirmSubscription", of: "SNS") { [client, arn] () async throws(AWSError) in
      try await client.confirmSubscription(topicARN: arn.description, token: token)
    }
    confirmation.withLock { $0 = Confirmation() }
    return subscription ?? confirmed
  }

  /// - Parameter endpoint: the ARN of a queue, or a URL, whose scheme is the protocol.
  /// - Returns: the subscription's ARN, where it is told already.
  private func subscribe(_ endpoint: String) async throws(PushError) -> String? {
    let transport = endpoint.hasPrefix("arn:") ? "sqs" : String(endpoint.prefix { $0 != ":" })
    return try await calling("Subscribe", of: "SNS") { [client, arn] () async throws(AWSError) -> String? in
      try await client.subscribe(topicARN: arn.description, protocol: transport, endpoint: endpoint)
    }
  }

  private func isConfirmed(_ subscription: String) async throws(PushError) -> Bool {
    try await calling("GetSubscriptionAttributes", of: "SNS") { [client] () async throws(AWSError) in
      do throws(AWSError) {
        return try await client.subscriptionAttributes(subscriptionARN: subscription)["PendingConfirmation"] != "true"
      } catch {
        guard error.isMissingTopic else { throw error }
        return false
      }
    }
  }

  private func nextToken() async -> String? {
    await withTaskGroup(of: String?.self) { group in
      group.addTask {
        while true {
          if let token = self.confirmation.withLock({ $0.token.take() }) { return token }
          guard await self.news.next() != nil else { return nil }
        }
      }
      group.addTask {
        try? await Task.sleep(for: Self.patience)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  /// The token is given to the configured endpoint; the URL that came with it is never called.
  func confirm(_ token: String) -> Bool {
    let (isWaitedFor, isNews) = confirmation.withLock { confirmation in
      guard confirmation.isWaitedFor else { return (false, false) }
      defer { confirmation.token = token }
      return (true, confirmation.token == nil)
    }
    if isNews { news.send(()) }
    return isWaitedFor
  }

  func uninstall(_ installation: SourceInstallation) async throws(PushError) {
    confirmation.withLock { $0 = Confirmation() }
    guard let endpoint = installation.endpoint else { return }
    if let known = installation.subscription { return try await unsubscribe(known) }
    // A process ended before it knew the ARN. To subscribe again is to be told it.
    do throws(PushError) {
      if let found = try await subscribe(endpoint) { try await unsubscribe(found) }
    } catch {
      guard case .call(_, _, let failure) = error, failure.isMissingTopic else { throw error }
    }
  }

  private func unsubscribe(_ subscription: String) async throws(PushError) {
    try await calling("Unsubscribe", of: "SNS") { [client] () async throws(AWSError) in
      do throws(AWSError) {
        try await client.unsubscribe(subscriptionARN: subscription)
      } catch {
        // What was never confirmed cannot be taken back, and goes by itself
        // (https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html).
        guard error.isMissingTopic || error.isInvalidParameter else { throw error }
      }
    }
  }
}

extension AWSError {
  /// Whether a topic or subscription does not exist.
  var isMissingTopic: Bool {
    guard case .service(let error) = self else { return false }
    return ["NotFound", "NotFoundException"].contains(error.code)
  }

  fileprivate var isInvalidParameter: Bool {
    guard case .service(let error) = self else { return false }
    return ["InvalidParameter", "InvalidParameterException"].contains(error.code)
  }
}
