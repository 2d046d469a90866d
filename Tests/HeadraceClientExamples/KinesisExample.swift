import HeadraceClient

/// A stream that a function reads from its oldest record on.
func kinesisExample(_ client: Client) async throws -> EventSource {
  let function = client.function("clicks")
  let stream = Stream("clicks")
  return try await function.addEventSource(.kinesis(stream, startingPosition: .trimHorizon, batchSize: 100))
}
