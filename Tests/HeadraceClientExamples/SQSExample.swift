import HeadraceClient

/// A queue whose messages a function gets in batches, and answers which of them failed.
func sqsExample(_ client: Client) async throws -> EventSource {
  let function = client.function("orders")
  let queue = Queue("orders")
  return try await function.addEventSource(
    .sqs(queue, batchSize: 10, maxBatchingWindow: .seconds(1), reportBatchItemFailures: true))
}
