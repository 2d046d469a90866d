import LambdaWire

/// An event of a bucket.
public struct BucketEvent: Sendable {
  let name: String

  /// An event by its name at S3, such as `s3:ObjectCreated:Put`.
  public init(_ name: String) {
    self.name = name
  }

  public static let objectCreated = BucketEvent("s3:ObjectCreated:*")
  public static let objectRemoved = BucketEvent("s3:ObjectRemoved:*")
  public static let objectRestored = BucketEvent("s3:ObjectRestore:*")
}

/// How the key of an object has to begin or end.
public enum KeyFilter: Sendable {
  case prefix(String)
  case suffix(String)
}

extension EventSourceDefinition {
  /// The objects of an S3 bucket (CDK: S3EventSource). Headrace alone has it: Lambda itself knows no mappings of buckets.
  ///
  /// - Parameter filters: all of them have to hold.
  public static func s3(
    _ bucket: Bucket, events: [BucketEvent], filters: [KeyFilter] = [], onFailure: FailureDestination? = nil,
    enabled: Bool? = nil
  ) -> EventSourceDefinition {
    var draft = ParameterDraft()
    draft.bucket(events, filters)
    draft.common(filters: nil, onFailure: onFailure)
    return EventSourceDefinition(bucket.arn, draft, enabled: enabled, isHeadraceOnly: true)
  }
}

extension ParameterDraft {
  /// What of a bucket's events is wanted.
  mutating func bucket(_ events: [BucketEvent], _ filters: [KeyFilter]) {
    check(!events.isEmpty, "events must contain at least one event")
    let rules = filters.map { filter in
      switch filter {
      case .prefix(let value): S3EventSourceConfig.FilterRule(name: "prefix", value: value)
      case .suffix(let value): S3EventSourceConfig.FilterRule(name: "suffix", value: value)
      }
    }
    for name in ["prefix", "suffix"] {
      check(
        rules.filter { $0.name == name }.count < 2, "Cannot specify more than one \(name) rule in a filter.")
    }
    parameters.s3EventSourceConfig = S3EventSourceConfig(
      events: events.map(\.name), filter: rules.isEmpty ? nil : .init(key: .init(filterRules: rules)))
  }
}
