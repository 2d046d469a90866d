extension EventSourceDefinition {
  /// The stream of a DynamoDB table (CDK: DynamoEventSource).
  ///
  /// - Parameters:
  ///   - batchSize: 1 to 10,000 records; 100 by default.
  ///   - bisectBatchOnError: whether a batch at which the function fails is halved.
  ///   - maxRecordAge: one minute to seven days.
  ///   - retryAttempts: 0 to 10,000; -1 for no end.
  ///   - parallelizationFactor: 1 to 10 batches of a shard at once.
  ///   - tumblingWindow: up to 15 minutes.
  public static func dynamoDB(
    table: Table, startingPosition: StartingPosition, batchSize: Int? = nil,
    maxBatchingWindow: Duration? = nil, bisectBatchOnError: Bool? = nil, onFailure: FailureDestination? = nil,
    maxRecordAge: Duration? = nil, retryAttempts: Int? = nil, parallelizationFactor: Int? = nil,
    tumblingWindow: Duration? = nil, reportBatchItemFailures: Bool? = nil, filters: [String]? = nil,
    filterEncryptionKey: String? = nil, provisionedPollers: ProvisionedPollers? = nil, metrics: [String]? = nil,
    enabled: Bool? = nil
  ) -> EventSourceDefinition {
    var draft = ParameterDraft()
    draft.check(
      table.streamARN.contains("/stream/"),
      "the ARN of a table's stream has to be given, such as LatestStreamArn of DescribeTable, not \(table.streamARN)")
    draft.check(startingPosition.timestamp == nil, "DynamoDB streams cannot be read from a timestamp on")
    draft.start(startingPosition)
    draft.batch(size: batchSize, of: 1...10_000, window: maxBatchingWindow)
    draft.stream(
      parallelizationFactor: parallelizationFactor, bisectBatchOnError: bisectBatchOnError, maxRecordAge: maxRecordAge,
      retryAttempts: retryAttempts, tumblingWindow: tumblingWindow)
    draft.common(
      filters: filters, filterEncryptionKey: filterEncryptionKey, reportBatchItemFailures: reportBatchItemFailures,
      onFailure: onFailure, provisionedPollers: provisionedPollers, metrics: metrics)
    return EventSourceDefinition({ _ in table.streamARN }, draft, enabled: enabled)
  }

  /// A Kinesis stream, or a consumer with enhanced fan-out (CDK: KinesisEventSource, KinesisConsumerEventSource).
  ///
  /// The parameters are those of DynamoDB streams, but for the starting position, which may be a timestamp.
  public static func kinesis(
    _ stream: Stream, startingPosition: StartingPosition, batchSize: Int? = nil, maxBatchingWindow: Duration? = nil,
    bisectBatchOnError: Bool? = nil, onFailure: FailureDestination? = nil, maxRecordAge: Duration? = nil,
    retryAttempts: Int? = nil, parallelizationFactor: Int? = nil, tumblingWindow: Duration? = nil,
    reportBatchItemFailures: Bool? = nil, filters: [String]? = nil, filterEncryptionKey: String? = nil,
    provisionedPollers: ProvisionedPollers? = nil, metrics: [String]? = nil, enabled: Bool? = nil
  ) -> EventSourceDefinition {
    var draft = ParameterDraft()
    draft.start(startingPosition)
    draft.batch(size: batchSize, of: 1...10_000, window: maxBatchingWindow)
    draft.stream(
      parallelizationFactor: parallelizationFactor, bisectBatchOnError: bisectBatchOnError, maxRecordAge: maxRecordAge,
      retryAttempts: retryAttempts, tumblingWindow: tumblingWindow)
    draft.common(
      filters: filters, filterEncryptionKey: filterEncryptionKey, reportBatchItemFailures: reportBatchItemFailures,
      onFailure: onFailure, provisionedPollers: provisionedPollers, metrics: metrics)
    return EventSourceDefinition(stream.arn, draft, enabled: enabled)
  }
}
