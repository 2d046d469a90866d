/// How a function, a version or an alias wants to be invoked while nobody waits for its answer
/// (https://docs.aws.amazon.com/lambda/latest/api/API_FunctionEventInvokeConfig.html).
public struct EventInvokeConfiguration: Equatable, Sendable {
  /// With its qualifier, which is `$LATEST` where the function is meant as it is now.
  public var function: FunctionARN
  /// How often an event is tried again at which the function failed; nil for the default.
  public var maximumRetryAttempts: Int?
  /// How old an event may get; nil for the default.
  public var maximumEventAgeSeconds: Int?
  /// The ARN of what gets a record of each event that the function has had.
  public var onSuccess: String?
  /// The ARN of what gets a record of each event that was given up.
  public var onFailure: String?
  public var modifiedAt: Milliseconds

  /// A configuration, made whole.
  public init(
    function: FunctionARN, maximumRetryAttempts: Int? = nil, maximumEventAgeSeconds: Int? = nil,
    onSuccess: String? = nil, onFailure: String? = nil, modifiedAt: Milliseconds
  ) {
    self.function = function
    self.maximumRetryAttempts = maximumRetryAttempts
    self.maximumEventAgeSeconds = maximumEventAgeSeconds
    self.onSuccess = onSuccess
    self.onFailure = onFailure
    self.modifiedAt = modifiedAt
  }
}

/// Some configurations, and where the next ones begin.
public struct EventInvokeConfigurationPage: Equatable, Sendable {
  public var configurations: [EventInvokeConfiguration]
  /// Nil on the last page.
  public var next: PageMarker?

  /// A page.
  public init(configurations: [EventInvokeConfiguration], next: PageMarker?) {
    self.configurations = configurations
    self.next = next
  }
}
