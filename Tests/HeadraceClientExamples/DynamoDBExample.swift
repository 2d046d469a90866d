import HeadraceClient

/// A table whose changes a function gets; a batch at which it fails is halved, and what stays is told to a queue.
func dynamoDBExample(_ client: Client, streamARN: String) async throws -> EventSource {
  let function = client.function("changes")
  let table = Table(streamARN: streamARN)
  return try await function.addEventSource(
    .dynamoDB(
      table: table, startingPosition: .trimHorizon, batchSize: 5, bisectBatchOnError: true,
      onFailure: .sqs(Queue("failures")), retryAttempts: 10))
}
