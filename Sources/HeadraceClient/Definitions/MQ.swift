import LambdaWire

extension EventSourceDefinition {
  /// A queue of an Amazon MQ broker. The CDK has no class of it; the parameters are Lambda's own
  /// (https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html).
  ///
  /// - Parameters:
  ///   - secretARN: of the user's name and password.
  ///   - virtualHost: of RabbitMQ brokers; `/` by default.
  public static func mq(
    brokerARN: String, queue: String, secretARN: String, virtualHost: String? = nil, batchSize: Int? = nil,
    maxBatchingWindow: Duration? = nil, filters: [String]? = nil, filterEncryptionKey: String? = nil,
    enabled: Bool? = nil
  ) -> EventSourceDefinition {
    var draft = ParameterDraft()
    draft.batch(size: batchSize, of: 1...10_000, window: maxBatchingWindow)
    draft.parameters.queues = [queue]
    var access = [SourceAccessConfiguration(type: "BASIC_AUTH", uri: secretARN)]
    if let virtualHost { access.append(.init(type: "VIRTUAL_HOST", uri: virtualHost)) }
    draft.parameters.sourceAccessConfigurations = access
    draft.common(filters: filters, filterEncryptionKey: filterEncryptionKey)
    return EventSourceDefinition({ _ in brokerARN }, draft, enabled: enabled)
  }
}
