import LambdaWire

/// A Lambda function, which event sources are added to.
public struct Function: Sendable {
  /// The name, the ARN or any other form that Lambda takes.
  public let name: String
  let client: Client

  /// A function of a client's endpoint. Nothing is sent.
  public init(_ name: String, _ client: Client) {
    self.name = name
    self.client = client
  }

  /// Adds an event source: from then on the function gets what comes from it.
  ///
  /// ```swift
  /// let source = try await function.addEventSource(.sqs(Queue("orders"), batchSize: 10))
  /// ```
  ///
  /// - Returns: the source, whose mapping may be in a transitional state still: see
  ///   ``EventSource/waitUntilEnabled(timeout:)``.
  /// - Throws: `invalidParameter` where a parameter is out of its bounds, before anything is sent.
  @discardableResult
  public func addEventSource(_ definition: EventSourceDefinition) async throws(HeadraceClientError) -> EventSource {
    if let violation = definition.violations.first { throw .invalidParameter(violation) }
    guard !(client.isAWS && definition.isHeadraceOnly) else {
      throw .invalidParameter(
        "Lambda itself has no event source mappings of buckets and topics, Headrace alone has: name its endpoint, or give "
          + "the bucket a notification, the topic a subscription")
    }
    var request = CreateEventSourceMappingRequest(
      functionName: name, eventSourceArn: definition.sourceARN?(client), parameters: definition.parameters(for: client))
    request.enabled = definition.isEnabled
    request.tags = definition.tags
    let body = try Client.encode(request)
    // AWS's keys do not tell their account.
    guard !(client.isAWS && String(decoding: body, as: UTF8.self).contains(":\(Client.accountOfEmulators):")) else {
      throw .configuration("a name without an ARN needs an account: give Client its account, or the ARN")
    }
    let answer = try await client.send("POST", body: body)
    let mapping = try EventSourceMapping(answer)
    return EventSource(eventSourceID: mapping.eventSourceID, client: client, eventSourceARN: mapping.eventSourceARN)
  }

  /// The event sources of the function.
  public var eventSources: EventSources { client.eventSources(function: name) }
}
