/// The body of `CreateEventSourceMapping`.
public struct CreateEventSourceMappingRequest: Codable, Equatable, Sendable {
  enum CodingKeys: String, CodingKey {
    case functionName = "FunctionName"
    case eventSourceArn = "EventSourceArn"
    case enabled = "Enabled"
    case tags = "Tags"
  }

  /// The function, in any of the forms that name one.
  public var functionName: String?
  public var eventSourceArn: String?
  /// Defaults to true.
  public var enabled: Bool?
  public var tags: [String: String]?
  /// The members that depend on the source.
  public var parameters: MappingParameters

  /// A request for a function and a source.
  public init(functionName: String? = nil, eventSourceArn: String? = nil, parameters: MappingParameters = .init()) {
    self.functionName = functionName
    self.eventSourceArn = eventSourceArn
    self.parameters = parameters
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    functionName = try container.decodeIfPresent(String.self, forKey: .functionName)
    eventSourceArn = try container.decodeIfPresent(String.self, forKey: .eventSourceArn)
    enabled = try container.decodeIfPresent(Bool.self, forKey: .enabled)
    tags = try container.decodeIfPresent([String: String].self, forKey: .tags)
    parameters = try MappingParameters(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(functionName, forKey: .functionName)
    try container.encodeIfPresent(eventSourceArn, forKey: .eventSourceArn)
    try container.encodeIfPresent(enabled, forKey: .enabled)
    try container.encodeIfPresent(tags, forKey: .tags)
    try parameters.encode(to: encoder)
  }
}

/// The body of `UpdateEventSourceMapping`: what is omitted stays as it is.
public struct UpdateEventSourceMappingRequest: Codable, Equatable, Sendable {
  enum CodingKeys: String, CodingKey {
    case functionName = "FunctionName"
    case enabled = "Enabled"
  }

  public var functionName: String?
  public var enabled: Bool?
  /// The members that depend on the source; those that no update takes are not read.
  public var parameters: MappingParameters

  /// An update of some parameters.
  public init(functionName: String? = nil, enabled: Bool? = nil, parameters: MappingParameters = .init()) {
    self.functionName = functionName
    self.enabled = enabled
    self.parameters = parameters
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    functionName = try container.decodeIfPresent(String.self, forKey: .functionName)
    enabled = try container.decodeIfPresent(Bool.self, forKey: .enabled)
    parameters = try MappingParameters(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(functionName, forKey: .functionName)
    try container.encodeIfPresent(enabled, forKey: .enabled)
    try parameters.encode(to: encoder)
  }
}

/// The body of `TagResource`, and the answer of `ListTags`.
public struct TagsBody: Codable, Equatable, Sendable {
  enum CodingKeys: String, CodingKey { case tags = "Tags" }
  public var tags: [String: String]?

  /// Some tags.
  public init(tags: [String: String]) {
    self.tags = tags
  }
}
