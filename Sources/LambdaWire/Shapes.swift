/// A value that may be given empty, which means that nothing is wished for.
protocol Clearable {
  var isEmpty: Bool { get }
}

extension String: Clearable {}
extension Array: Clearable {}

/// A point in time on the wire: a JSON number of seconds since the epoch, with fractions.
public struct Timestamp: Codable, Equatable, Sendable {
  /// Seconds since the epoch.
  public var seconds: Double

  /// A point in time.
  public init(seconds: Double) {
    self.seconds = seconds
  }

  public init(from decoder: any Decoder) throws {
    seconds = try decoder.singleValueContainer().decode(Double.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(seconds)
  }
}

/// Which records reach the function: those that match any filter.
public struct FilterCriteria: Codable, Equatable, Sendable, Clearable {
  /// One filter.
  public struct Filter: Codable, Equatable, Sendable {
    enum CodingKeys: String, CodingKey { case pattern = "Pattern" }
    /// A pattern of the EventBridge language, as JSON text.
    public var pattern: String?

    /// A filter.
    public init(pattern: String? = nil) {
      self.pattern = pattern
    }
  }

  enum CodingKeys: String, CodingKey { case filters = "Filters" }
  public var filters: [Filter]?

  /// Some filters.
  public init(filters: [Filter]? = nil) {
    self.filters = filters
  }

  var isEmpty: Bool { filters?.isEmpty ?? true }
}

/// Where the record of a batch goes that was given up.
public struct DestinationConfig: Codable, Equatable, Sendable, Clearable {
  /// One destination.
  public struct Destination: Codable, Equatable, Sendable {
    enum CodingKeys: String, CodingKey { case destination = "Destination" }
    /// The ARN of a queue, topic or bucket, or `kafka://TOPIC`.
    public var destination: String?

    /// A destination, or none.
    public init(_ destination: String? = nil) {
      self.destination = destination
    }
  }

  enum CodingKeys: String, CodingKey {
    case onSuccess = "OnSuccess"
    case onFailure = "OnFailure"
  }
  public var onSuccess: Destination?
  public var onFailure: Destination?

  /// A destination for failures alone.
  public init(onFailure: Destination? = nil) {
    self.onFailure = onFailure
  }

  var isEmpty: Bool { [onSuccess, onFailure].allSatisfy { ($0?.destination ?? "").isEmpty } }
}

/// A secret or a network that reading the source needs.
public struct SourceAccessConfiguration: Codable, Equatable, Sendable {
  enum CodingKeys: String, CodingKey {
    case type = "Type"
    case uri = "URI"
  }
  public var type: String?
  public var uri: String?

  /// A secret or a network of a type.
  public init(type: String? = nil, uri: String? = nil) {
    self.type = type
    self.uri = uri
  }
}

/// The brokers of a Kafka cluster of one's own.
public struct SelfManagedEventSource: Codable, Equatable, Sendable, Clearable {
  /// The only kind of endpoint there is.
  public static let kafkaBootstrapServers = "KAFKA_BOOTSTRAP_SERVERS"

  enum CodingKeys: String, CodingKey { case endpoints = "Endpoints" }
  /// `host:port` lists by kind.
  public var endpoints: [String: [String]]?

  /// Endpoints by kind.
  public init(endpoints: [String: [String]]? = nil) {
    self.endpoints = endpoints
  }

  /// The brokers as `host:port`.
  public var bootstrapServers: [String] { endpoints?[Self.kafkaBootstrapServers] ?? [] }
  var isEmpty: Bool { endpoints == nil }
}

/// How many batches of a queue may be in flight.
public struct ScalingConfig: Codable, Equatable, Sendable, Clearable {
  enum CodingKeys: String, CodingKey { case maximumConcurrency = "MaximumConcurrency" }
  public var maximumConcurrency: Int?

  /// A limit.
  public init(maximumConcurrency: Int? = nil) {
    self.maximumConcurrency = maximumConcurrency
  }

  var isEmpty: Bool { maximumConcurrency == nil }
}

/// The metrics that are emitted for a mapping.
public struct MetricsConfig: Codable, Equatable, Sendable, Clearable {
  enum CodingKeys: String, CodingKey { case metrics = "Metrics" }
  public var metrics: [String]?

  /// Some metrics.
  public init(metrics: [String]? = nil) {
    self.metrics = metrics
  }

  var isEmpty: Bool { metrics?.isEmpty ?? true }
}

/// How much a Kafka mapping logs.
public struct LoggingConfig: Codable, Equatable, Sendable, Clearable {
  enum CodingKeys: String, CodingKey { case systemLogLevel = "SystemLogLevel" }
  public var systemLogLevel: String?

  /// A level.
  public init(systemLogLevel: String? = nil) {
    self.systemLogLevel = systemLogLevel
  }

  var isEmpty: Bool { systemLogLevel == nil }
}

/// Pollers that are reserved for a mapping ("provisioned mode").
public struct ProvisionedPollerConfig: Codable, Equatable, Sendable, Clearable {
  enum CodingKeys: String, CodingKey {
    case minimumPollers = "MinimumPollers"
    case maximumPollers = "MaximumPollers"
    case pollerGroupName = "PollerGroupName"
  }
  public var minimumPollers: Int?
  public var maximumPollers: Int?
  public var pollerGroupName: String?

  /// So many pollers.
  public init(minimumPollers: Int? = nil, maximumPollers: Int? = nil, pollerGroupName: String? = nil) {
    self.minimumPollers = minimumPollers
    self.maximumPollers = maximumPollers
    self.pollerGroupName = pollerGroupName
  }

  var isEmpty: Bool { minimumPollers == nil && maximumPollers == nil && pollerGroupName == nil }
}

/// The consumer group and schema registry of a Kafka mapping, managed or not.
public struct KafkaEventSourceConfig: Codable, Equatable, Sendable {
  enum CodingKeys: String, CodingKey {
    case consumerGroupID = "ConsumerGroupId"
    case schemaRegistryConfig = "SchemaRegistryConfig"
  }
  public var consumerGroupID: String?
  public var schemaRegistryConfig: SchemaRegistryConfig?

  /// A configuration with a consumer group alone.
  public init(consumerGroupID: String? = nil) {
    self.consumerGroupID = consumerGroupID
  }
}

/// Where the schemas of a topic's records are.
public struct SchemaRegistryConfig: Codable, Equatable, Sendable, Clearable {
  /// A secret for the registry.
  public struct AccessConfig: Codable, Equatable, Sendable {
    enum CodingKeys: String, CodingKey {
      case type = "Type"
      case uri = "URI"
    }
    public var type: String?
    public var uri: String?

    /// A secret of a type.
    public init(type: String? = nil, uri: String? = nil) {
      self.type = type
      self.uri = uri
    }
  }

  /// Which part of a record is validated.
  public struct ValidationConfig: Codable, Equatable, Sendable {
    enum CodingKeys: String, CodingKey { case attribute = "Attribute" }
    public var attribute: String?

    /// A part.
    public init(attribute: String? = nil) {
      self.attribute = attribute
    }
  }

  enum CodingKeys: String, CodingKey {
    case schemaRegistryURI = "SchemaRegistryURI"
    case eventRecordFormat = "EventRecordFormat"
    case accessConfigs = "AccessConfigs"
    case schemaValidationConfigs = "SchemaValidationConfigs"
  }
  public var schemaRegistryURI: String?
  public var eventRecordFormat: String?
  public var accessConfigs: [AccessConfig]?
  public var schemaValidationConfigs: [ValidationConfig]?

  /// A registry.
  public init(
    schemaRegistryURI: String? = nil, eventRecordFormat: String? = nil, accessConfigs: [AccessConfig]? = nil,
    schemaValidationConfigs: [ValidationConfig]? = nil
  ) {
    self.schemaRegistryURI = schemaRegistryURI
    self.eventRecordFormat = eventRecordFormat
    self.accessConfigs = accessConfigs
    self.schemaValidationConfigs = schemaValidationConfigs
  }

  /// `{}` in an update takes the registry back.
  public var isEmpty: Bool { self == SchemaRegistryConfig() }
}

/// Which collection of a DocumentDB cluster is watched.
public struct DocumentDBEventSourceConfig: Codable, Equatable, Sendable, Clearable {
  enum CodingKeys: String, CodingKey {
    case databaseName = "DatabaseName"
    case collectionName = "CollectionName"
    case fullDocument = "FullDocument"
  }
  public var databaseName: String?
  public var collectionName: String?
  public var fullDocument: String?

  /// A collection; nil for all of a database.
  public init(databaseName: String? = nil, collectionName: String? = nil, fullDocument: String? = nil) {
    self.databaseName = databaseName
    self.collectionName = collectionName
    self.fullDocument = fullDocument
  }

  var isEmpty: Bool { databaseName == nil && collectionName == nil && fullDocument == nil }
}
