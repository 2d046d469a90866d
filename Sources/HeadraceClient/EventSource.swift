import LambdaWire

/// An event source of a function: a handle of its mapping.
public struct EventSource: Sendable {
  /// The UUID of the mapping.
  public let eventSourceID: String
  let client: Client
  /// The ARN of what is read, where the handle came with it.
  public let eventSourceARN: String?

  init(eventSourceID: String, client: Client, eventSourceARN: String? = nil) {
    self.eventSourceID = eventSourceID
    self.client = client
    self.eventSourceARN = eventSourceARN
  }

  /// The mapping as it is now.
  public func get() async throws(HeadraceClientError) -> EventSourceMapping {
    try EventSourceMapping(try await client.send("GET", eventSourceID))
  }

  /// Changes what the update names; what it does not name stays.
  @discardableResult
  public func update(_ update: EventSourceUpdate) async throws(HeadraceClientError) -> EventSourceMapping {
    if let violation = update.violations.first { throw .invalidParameter(violation) }
    let request = UpdateEventSourceMappingRequest(
      functionName: update.function, enabled: update.isEnabled, parameters: update.parameters(for: client))
    return try EventSourceMapping(
      try await client.send("PUT", eventSourceID, body: try Client.encode(request)))
  }

  /// Goes on with reading.
  @discardableResult
  public func enable() async throws(HeadraceClientError) -> EventSourceMapping {
    try await update(.init(enabled: true))
  }

  /// Stops reading; the place in a stream is kept.
  @discardableResult
  public func disable() async throws(HeadraceClientError) -> EventSourceMapping {
    try await update(.init(enabled: false))
  }

  /// Takes the mapping away.
  @discardableResult
  public func delete() async throws(HeadraceClientError) -> EventSourceMapping {
    try EventSourceMapping(try await client.send("DELETE", eventSourceID))
  }

  // MARK: Waiting

  /// Waits until the mapping is enabled.
  @discardableResult
  public func waitUntilEnabled(timeout: Duration = .seconds(60)) async throws(HeadraceClientError) -> EventSourceMapping
  {
    try await wait(until: "Enabled", timeout)
  }

  /// Waits until the mapping is disabled.
  @discardableResult
  public func waitUntilDisabled(timeout: Duration = .seconds(60)) async throws(HeadraceClientError)
    -> EventSourceMapping
  {
    try await wait(until: "Disabled", timeout)
  }

  /// Waits until the mapping is gone.
  public func waitUntilDeleted(timeout: Duration = .seconds(60)) async throws(HeadraceClientError) {
    do throws(HeadraceClientError) {
      _ = try await wait(until: nil, timeout)
    } catch {
      guard case .service(let answer) = error, answer.code == "ResourceNotFoundException" else { throw error }
    }
  }

  private func wait(
    until state: String?, _ timeout: Duration
  ) async throws(HeadraceClientError) -> EventSourceMapping {
    let end = ContinuousClock.now + timeout
    var pause = Duration.milliseconds(20)
    while true {
      let mapping = try await get()
      if mapping.state == state { return mapping }
      guard ContinuousClock.now < end else {
        throw .timedOut("\(eventSourceID) is \(mapping.state) after \(timeout), not \(state ?? "gone")")
      }
      do { try await Task.sleep(for: pause) } catch { throw .cancelled }
      // AWS takes seconds; Headrace has mostly done it already.
      pause = min(pause * 2, .seconds(2))
    }
  }
}
