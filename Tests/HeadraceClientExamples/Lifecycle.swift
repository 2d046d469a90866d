import HeadraceClient
import LambdaWire

/// Makes an event source, changes it, stops it and takes it away, and prints what it sees.
func lifecycle(_ client: Client) async throws {
  let source = try await client.function("orders").addEventSource(.sqs(Queue("orders")).tagged(["team": "shop"]))
  print(try await source.waitUntilEnabled().state)
  print(try await source.update(EventSourceUpdate(batchSize: 5)).parameters.batchSize ?? 0)
  try await source.disable()
  print(try await source.waitUntilDisabled().state)
  try await source.enable()
  for try await mapping in client.function("orders").eventSources {
    print(mapping.eventSourceID == source.eventSourceID)
  }
  try await source.delete()
  try await source.waitUntilDeleted()
  do {
    _ = try await source.get()
  } catch {
    print(error)
  }
}
