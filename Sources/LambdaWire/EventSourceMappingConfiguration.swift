/// The parameters of a mapping in the form in which they are stored and answered.
///
/// A mapping is read far more often than it changes; so its parameters are written as JSON when they change, and an
/// answer takes them over as they are.
public struct EncodedParameters: Equatable, Sendable {
  /// A JSON object.
  public let json: [UInt8]

  /// Parameters that were written before.
  public init(json: [UInt8]) {
    self.json = json
  }

  /// Writes parameters.
  public init(_ parameters: MappingParameters) throws(LambdaError) {
    json = try WireCoding.encode(parameters)
  }

  /// Reads them again.
  public func decoded() throws(LambdaError) -> MappingParameters {
    try WireCoding.decode(MappingParameters.self, from: json)
  }
}

/// A mapping as the API answers it.
public struct EventSourceMappingConfiguration: Equatable, Sendable {
  public var uuid: String
  public var eventSourceMappingArn: String
  public var eventSourceArn: String?
  public var functionArn: String
  /// Milliseconds since the epoch.
  public var lastModified: Int64
  public var lastProcessingResult: String?
  public var state: String
  public var stateTransitionReason: String
  public var parameters: EncodedParameters

  /// A mapping as the API answers it.
  public init(
    uuid: String, eventSourceMappingArn: String, eventSourceArn: String?, functionArn: String, lastModified: Int64,
    lastProcessingResult: String?, state: String, stateTransitionReason: String, parameters: EncodedParameters
  ) {
    self.uuid = uuid
    self.eventSourceMappingArn = eventSourceMappingArn
    self.eventSourceArn = eventSourceArn
    self.functionArn = functionArn
    self.lastModified = lastModified
    self.lastProcessingResult = lastProcessingResult
    self.state = state
    self.stateTransitionReason = stateTransitionReason
    self.parameters = parameters
  }

  /// As JSON.
  public var json: [UInt8] {
    var text = JSONText(capacity: 512 + parameters.json.count)
    text.beginObject()
    text.member("UUID", uuid)
    text.member("EventSourceMappingArn", eventSourceMappingArn)
    if let eventSourceArn { text.member("EventSourceArn", eventSourceArn) }
    text.member("FunctionArn", functionArn)
    text.members(of: parameters.json)
    text.member("LastModified", secondsOf: lastModified)
    if let lastProcessingResult { text.member("LastProcessingResult", lastProcessingResult) }
    text.member("State", state)
    text.member("StateTransitionReason", stateTransitionReason)
    text.endObject()
    return text.bytes
  }
}
