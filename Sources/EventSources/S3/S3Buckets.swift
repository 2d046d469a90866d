import LambdaWire
import Mappings

extension EventSourceType {
  /// Buckets (`arn:aws:s3:::NAME`). Lambda has no mappings of them: there a bucket is told of a function.
  static let s3 = EventSourceType(
    kind: .s3,
    recognizes: { source in
      guard let arn = source.arn else { return false }
      return arn.service == "s3" && arn.region.isEmpty && arn.account.isEmpty
        && !arn.resource.contains(where: { $0 == "/" || $0 == ":" })
    },
    parameters: [.s3EventSourceConfig, .destinationConfig],
    defaults: { _ in
      var parameters = MappingParameters()
      parameters.s3EventSourceConfig = S3EventSourceConfig(events: ["s3:ObjectCreated:*"])
      parameters.destinationConfig = DestinationConfig(onFailure: .init())
      return parameters
    },
    rules: [.oneRuleOfEachName, .failureDestination(among: [.sqs, .sns, .s3])],
    initialProcessingResult: "No records processed",
    stateReason: "User action",
    // A function may have several mappings of a bucket, as far as they do not overlap.
    claims: { _, _ in [] },
    conflict: EventSourceType.conflictOfARN,
    objection: { parameters, others in
      S3Selection(parameters.s3EventSourceConfig).overlaps(S3Selection(others.s3EventSourceConfig))?.description
    }, isOfLambda: false)
}

extension ParameterRule {
  /// S3's own words (public reports of PutBucketNotificationConfiguration).
  fileprivate static let oneRuleOfEachName = ParameterRule { draft in
    guard let configuration = draft.parameters.s3EventSourceConfig else { return nil }
    for name in ["prefix", "suffix"] where configuration.filterValues(named: name).count > 1 {
      return "Cannot specify more than one \(name) rule in a filter."
    }
    return nil
  }
}

extension S3Selection {
  /// What a mapping's parameters select.
  init(_ configuration: S3EventSourceConfig?) {
    self.init(
      events: configuration?.events ?? [], prefix: configuration?.filterValues(named: "prefix").first,
      suffix: configuration?.filterValues(named: "suffix").first)
  }
}
