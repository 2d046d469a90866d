/// The body of `PutFunctionEventInvokeConfig` and of `UpdateFunctionEventInvokeConfig`.
public struct EventInvokeSettings: Codable, Equatable, Sendable {
  enum CodingKeys: String, CodingKey {
    case maximumRetryAttempts = "MaximumRetryAttempts"
    case maximumEventAgeInSeconds = "MaximumEventAgeInSeconds"
    case destinationConfig = "DestinationConfig"
  }

  /// How often an event is tried again at which the function failed.
  public var maximumRetryAttempts: Int?
  public var maximumEventAgeInSeconds: Int?
  /// Who gets a record of an invocation.
  public var destinationConfig: DestinationConfig?

  /// Some settings; what is omitted is not given.
  public init(
    maximumRetryAttempts: Int? = nil, maximumEventAgeInSeconds: Int? = nil, destinationConfig: DestinationConfig? = nil
  ) {
    self.maximumRetryAttempts = maximumRetryAttempts
    self.maximumEventAgeInSeconds = maximumEventAgeInSeconds
    self.destinationConfig = destinationConfig
  }

  /// Whether nothing is given.
  public var isEmpty: Bool {
    maximumRetryAttempts == nil && maximumEventAgeInSeconds == nil && destinationConfig == nil
  }
}
