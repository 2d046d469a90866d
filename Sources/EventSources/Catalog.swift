public import Mappings

/// The catalog of source types: the only place that lists them all. The compiler tells what a new kind still lacks.
public struct Catalog: EventSourceCatalog {
  /// The catalog.
  public init() {}

  public func type(of kind: SourceKind) -> EventSourceType {
    switch kind {
    case .sqs: .sqs
    case .kinesis: .kinesis
    case .dynamoDBStreams: .dynamoDBStreams
    case .managedKafka: .managedKafka
    case .selfManagedKafka: .selfManagedKafka
    case .amazonMQ: .amazonMQ
    case .documentDB: .documentDB
    }
  }
}
