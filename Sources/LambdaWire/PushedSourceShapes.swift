/// Which events of a bucket reach the function: the shape of S3's own notification configurations
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_QueueConfiguration.html). Lambda's API does not have it.
public struct S3EventSourceConfig: Codable, Equatable, Sendable, Clearable {
  /// Which objects.
  public struct Filter: Codable, Equatable, Sendable {
    enum CodingKeys: String, CodingKey { case key = "Key" }
    public var key: KeyFilter?

    /// A filter by key.
    public init(key: KeyFilter? = nil) {
      self.key = key
    }
  }

  /// Which keys.
  public struct KeyFilter: Codable, Equatable, Sendable {
    enum CodingKeys: String, CodingKey { case filterRules = "FilterRules" }
    public var filterRules: [FilterRule]?

    /// Some rules; all of them must hold.
    public init(filterRules: [FilterRule]? = nil) {
      self.filterRules = filterRules
    }
  }

  /// How a key begins or ends.
  public struct FilterRule: Codable, Equatable, Sendable {
    enum CodingKeys: String, CodingKey {
      case name = "Name"
      case value = "Value"
    }
    /// `prefix` or `suffix`, in any case: S3 answers `Prefix` where `prefix` was put.
    public var name: String?
    public var value: String?

    /// A rule.
    public init(name: String? = nil, value: String? = nil) {
      self.name = name
      self.value = value
    }
  }

  enum CodingKeys: String, CodingKey {
    case events = "Events"
    case filter = "Filter"
  }
  /// Such as `s3:ObjectCreated:*`.
  public var events: [String]?
  public var filter: Filter?

  /// Some events of some objects.
  public init(events: [String]? = nil, filter: Filter? = nil) {
    self.events = events
    self.filter = filter
  }

  /// The values of all rules of one name.
  public func filterValues(named name: String) -> [String] {
    (filter?.key?.filterRules ?? []).filter { $0.name?.lowercased() == name }.map { $0.value ?? "" }
  }

  var isEmpty: Bool { events?.isEmpty ?? true && filter?.key?.filterRules?.isEmpty ?? true }
}

/// Which messages of a topic reach the function, and where those go that it failed at: the attributes of SNS's own
/// subscriptions (https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html). Lambda's API does not
/// have it.
public struct SNSEventSourceConfig: Codable, Equatable, Sendable, Clearable {
  enum CodingKeys: String, CodingKey {
    case filterPolicy = "FilterPolicy"
    case filterPolicyScope = "FilterPolicyScope"
    case deadLetterQueueArn = "DeadLetterQueueArn"
  }
  /// A policy as JSON text.
  public var filterPolicy: String?
  /// What the policy looks at: `MessageAttributes` or `MessageBody`.
  public var filterPolicyScope: String?
  public var deadLetterQueueArn: String?

  /// Some messages.
  public init(filterPolicy: String? = nil, filterPolicyScope: String? = nil, deadLetterQueueArn: String? = nil) {
    self.filterPolicy = filterPolicy
    self.filterPolicyScope = filterPolicyScope
    self.deadLetterQueueArn = deadLetterQueueArn
  }

  var isEmpty: Bool { [filterPolicy, filterPolicyScope, deadLetterQueueArn].allSatisfy { ($0 ?? "").isEmpty } }
}
