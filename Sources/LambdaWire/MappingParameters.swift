/// The parameters of an event source mapping that depend on its source. What is nil was not given, or is not a
/// parameter of the source type, and is left out of answers.
///
/// The values are those of the wire: `ModelViolations` tells whether the service model admits them, and the source
/// type's rules whether they make sense together.
public struct MappingParameters: Codable, Equatable, Sendable {
  typealias CodingKeys = Parameter

  public var startingPosition: String?
  public var startingPositionTimestamp: Timestamp?
  public var batchSize: Int?
  public var maximumBatchingWindowInSeconds: Int?
  public var parallelizationFactor: Int?
  public var filterCriteria: FilterCriteria?
  public var kmsKeyArn: String?
  public var metricsConfig: MetricsConfig?
  public var loggingConfig: LoggingConfig?
  public var scalingConfig: ScalingConfig?
  public var provisionedPollerConfig: ProvisionedPollerConfig?
  public var destinationConfig: DestinationConfig?
  public var topics: [String]?
  public var queues: [String]?
  public var sourceAccessConfigurations: [SourceAccessConfiguration]?
  public var selfManagedEventSource: SelfManagedEventSource?
  public var maximumRecordAgeInSeconds: Int?
  public var bisectBatchOnFunctionError: Bool?
  public var maximumRetryAttempts: Int?
  public var tumblingWindowInSeconds: Int?
  public var functionResponseTypes: [String]?
  public var amazonManagedKafkaEventSourceConfig: KafkaEventSourceConfig?
  public var selfManagedKafkaEventSourceConfig: KafkaEventSourceConfig?
  public var documentDBEventSourceConfig: DocumentDBEventSourceConfig?
  public var s3EventSourceConfig: S3EventSourceConfig?
  public var snsEventSourceConfig: SNSEventSourceConfig?

  /// Nothing given.
  public init() {}
}

extension MappingParameters {
  /// Whether a parameter was given. An empty structure or list says nothing: see `isEmpty`.
  public func isGiven(_ parameter: Parameter) -> Bool {
    Self.members[parameter].isGiven(self)
  }

  /// Takes over what `others` gives and this lacks.
  public mutating func fill(from others: MappingParameters) {
    for parameter in Parameter.allCases where !isGiven(parameter) {
      Self.members[parameter].copy(others, &self)
    }
  }

  /// Takes over what `changes` gives, of what an update may change. What it omits stays, and what it gives empty
  /// is cleared: `{}`, `[]` and `""` are how a client takes a parameter back.
  public mutating func apply(_ changes: MappingParameters) {
    for parameter in Parameter.allCases where parameter.isUpdatable && changes.isGiven(parameter) {
      Self.members[parameter].copy(changes, &self)
    }
    removeEmpty()
  }

  /// Makes what was given empty into what was not given.
  public mutating func removeEmpty() {
    for parameter in Parameter.allCases { Self.members[parameter].removeEmpty(&self) }
  }

  /// What can be done with any member, whatever its type.
  struct Member: Sendable {
    var isGiven: @Sendable (MappingParameters) -> Bool
    var copy: @Sendable (_ source: MappingParameters, _ target: inout MappingParameters) -> Void
    var removeEmpty: @Sendable (inout MappingParameters) -> Void

    init<Value: Sendable>(_ path: any WritableKeyPath<MappingParameters, Value?> & Sendable) {
      isGiven = { $0[keyPath: path] != nil }
      copy = { $1[keyPath: path] = $0[keyPath: path] }
      removeEmpty = { parameters in
        guard let value = parameters[keyPath: path] as? any Clearable, value.isEmpty else { return }
        parameters[keyPath: path] = nil
      }
    }
  }

  struct Members: Sendable {
    private let members: [Member] = Parameter.allCases.map { Member.of($0) }
    private let indices = Dictionary(uniqueKeysWithValues: zip(Parameter.allCases, 0...))

    subscript(_ parameter: Parameter) -> Member { members[indices[parameter] ?? 0] }
  }

  static let members = Members()
}

extension MappingParameters.Member {
  fileprivate static func of(_ parameter: Parameter) -> Self {
    switch parameter {
    case .startingPosition: Self(\.startingPosition)
    case .startingPositionTimestamp: Self(\.startingPositionTimestamp)
    case .batchSize: Self(\.batchSize)
    case .maximumBatchingWindowInSeconds: Self(\.maximumBatchingWindowInSeconds)
    case .parallelizationFactor: Self(\.parallelizationFactor)
    case .filterCriteria: Self(\.filterCriteria)
    case .kmsKeyArn: Self(\.kmsKeyArn)
    case .metricsConfig: Self(\.metricsConfig)
    case .loggingConfig: Self(\.loggingConfig)
    case .scalingConfig: Self(\.scalingConfig)
    case .provisionedPollerConfig: Self(\.provisionedPollerConfig)
    case .destinationConfig: Self(\.destinationConfig)
    case .topics: Self(\.topics)
    case .queues: Self(\.queues)
    case .sourceAccessConfigurations: Self(\.sourceAccessConfigurations)
    case .selfManagedEventSource: Self(\.selfManagedEventSource)
    case .maximumRecordAgeInSeconds: Self(\.maximumRecordAgeInSeconds)
    case .bisectBatchOnFunctionError: Self(\.bisectBatchOnFunctionError)
    case .maximumRetryAttempts: Self(\.maximumRetryAttempts)
    case .tumblingWindowInSeconds: Self(\.tumblingWindowInSeconds)
    case .functionResponseTypes: Self(\.functionResponseTypes)
    case .amazonManagedKafkaEventSourceConfig: Self(\.amazonManagedKafkaEventSourceConfig)
    case .selfManagedKafkaEventSourceConfig: Self(\.selfManagedKafkaEventSourceConfig)
    case .documentDBEventSourceConfig: Self(\.documentDBEventSourceConfig)
    case .s3EventSourceConfig: Self(\.s3EventSourceConfig)
    case .snsEventSourceConfig: Self(\.snsEventSourceConfig)
    }
  }
}
