import HeadraceClient

/// A topic of whose messages a function gets those that a filter policy lets through; a queue gets what it fails at.
func snsExample(_ client: Client) async throws -> EventSource {
  let function = client.function("colors")
  let topic = Topic("colors")
  let policy = """
    {"color": ["red", "orange", {"prefix": "bl"}], "size": [{"anything-but": ["small", "medium"]}],
     "price": [{"numeric": [">", 300]}, {"numeric": [">=", 100, "<=", 200]}], "store": [{"exists": true}]}
    """
  return try await function.addEventSource(
    .sns(topic, filterPolicy: policy, deadLetterQueue: Queue("unpainted")))
}
