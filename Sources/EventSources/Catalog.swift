public import Mappings

/// The catalog of source types: the only place that lists them all. The compiler tells what a new kind still lacks.
public struct Catalog: EventSourceCatalog {
  public let offered: [SourceKind]

  /// The catalog.
  /// - Parameter isStrict: whether only those kinds are offered that Lambda itself has.
  public init(isStrict: Bool = false) {
    offered = SourceKind.allCases.filter { !isStrict || Self.entry(of: $0).type.isOfLambda }
  }

  public func type(of kind: SourceKind) -> EventSourceType { Self.entry(of: kind).type }

  /// Who reads sources of a kind; nil where nobody does yet.
  func reader(of kind: SourceKind) -> SourceReader? { Self.entry(of: kind).reader }

  private static func entry(of kind: SourceKind) -> (type: EventSourceType, reader: SourceReader?) {
    switch kind {
    case .sqs: (.sqs, .sqs)
    case .kinesis: (.kinesis, .kinesis)
    case .dynamoDBStreams: (.dynamoDBStreams, .dynamoDBStreams)
    case .managedKafka: (.managedKafka, nil)
    case .selfManagedKafka: (.selfManagedKafka, nil)
    case .amazonMQ: (.amazonMQ, nil)
    case .documentDB: (.documentDB, nil)
    case .s3: (.s3, .s3)
    case .sns: (.sns, .sns)
    }
  }
}
