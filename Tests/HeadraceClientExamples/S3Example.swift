import HeadraceClient

/// A bucket below one of whose prefixes objects come and go.
func s3Example(_ client: Client) async throws -> EventSource {
  let function = client.function("pictures")
  let bucket = Bucket("pictures")
  return try await function.addEventSource(
    .s3(bucket, events: [.objectCreated, .objectRemoved], filters: [.prefix("subdir/")]))
}
