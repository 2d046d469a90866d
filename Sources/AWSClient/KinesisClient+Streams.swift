public import JSON

/// Streams as such, and their enhanced fan-out consumers.
extension KinesisClient {
  /// Makes a stream, as the document of `CreateStream` says; it can be used once its status is `ACTIVE`
  /// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html).
  public func createStream(_ request: JSONValue) async throws(AWSError) {
    try await caller.perform("CreateStream", request)
  }

  /// What Kinesis tells of a stream; `ResourceNotFoundException` where there is none
  /// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StreamDescriptionSummary.html).
  public func summary(ofStream name: String) async throws(AWSError) -> JSONValue {
    let answer = try await caller.answer(to: "DescribeStreamSummary", ["StreamName": .string(name)])
    guard let summary = answer["StreamDescriptionSummary"] else { throw caller.invalid("no StreamDescriptionSummary") }
    return summary
  }

  /// Keeps records longer, or less long
  /// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html).
  public func setRetention(ofStream name: String, fromHours old: Int, toHours new: Int) async throws(AWSError) {
    guard old != new else { return }
    try await caller.perform(
      old < new ? "IncreaseStreamRetentionPeriod" : "DecreaseStreamRetentionPeriod",
      ["StreamName": .string(name), "RetentionPeriodHours": .number(JSONNumber(new))])
  }

  /// Splits and merges shards until there are as many, of about the same size
  /// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html).
  public func setShardCount(ofStream name: String, to count: Int) async throws(AWSError) {
    try await caller.perform(
      "UpdateShardCount",
      [
        "StreamName": .string(name), "TargetShardCount": .number(JSONNumber(count)), "ScalingType": "UNIFORM_SCALING",
      ])
  }

  /// Has the stream's capacity provisioned, or given on demand
  /// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html).
  public func setMode(ofStream arn: String, to mode: String) async throws(AWSError) {
    try await caller.perform(
      "UpdateStreamMode", ["StreamARN": .string(arn), "StreamModeDetails": ["StreamMode": .string(mode)]])
  }

  /// Deletes a stream with its records and its consumers
  /// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html).
  public func deleteStream(name: String) async throws(AWSError) {
    try await caller.perform("DeleteStream", ["StreamName": .string(name), "EnforceConsumerDeletion": true])
  }

  // MARK: Consumers

  /// Registers a consumer; it can be used once its status is `ACTIVE`
  /// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html).
  public func registerConsumer(name: String, ofStream arn: String) async throws(AWSError) {
    try await caller.perform("RegisterStreamConsumer", ["StreamARN": .string(arn), "ConsumerName": .string(name)])
  }

  /// What Kinesis tells of a consumer; `ResourceNotFoundException` where there is none
  /// (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ConsumerDescription.html).
  public func description(ofConsumer name: String, ofStream arn: String) async throws(AWSError) -> JSONValue {
    let answer = try await caller.answer(
      to: "DescribeStreamConsumer", ["StreamARN": .string(arn), "ConsumerName": .string(name)])
    guard let description = answer["ConsumerDescription"] else { throw caller.invalid("no ConsumerDescription") }
    return description
  }

  /// Ends a consumer (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeregisterStreamConsumer.html).
  public func deregisterConsumer(arn: String) async throws(AWSError) {
    try await caller.perform("DeregisterStreamConsumer", ["ConsumerARN": .string(arn)])
  }
}
