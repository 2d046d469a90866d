public import LambdaWire

/// What kind of source a function is to get, and how: `.sqs(…)`, `.kinesis(…)` and the others.
///
/// The parameters are those of the AWS CDK's module aws-lambda-event-sources, and so are their bounds, which are checked
/// before anything is sent. What is left out has Lambda's defaults.
public struct EventSourceDefinition: Sendable {
  var parameters: MappingParameters
  /// What of them hangs on the client.
  var completions: [ParameterDraft.Completion]
  /// The ARN, which may hang on the client's region and account; nil for a Kafka cluster of one's own.
  var sourceARN: (@Sendable (Client) -> String)?
  var isEnabled: Bool?
  var tags: [String: String]?
  /// Whether Lambda itself has no such mappings.
  var isHeadraceOnly = false
  /// What is out of its bounds, in sentences.
  var violations: [String]

  init(_ sourceARN: (@Sendable (Client) -> String)?, _ draft: ParameterDraft, enabled: Bool?) {
    self.sourceARN = sourceARN
    parameters = draft.parameters
    completions = draft.completions
    violations = draft.violations
    isEnabled = enabled
  }

  /// The parameters as Lambda's API has them, for a client's region and account.
  public func parameters(for client: Client) -> MappingParameters {
    var complete = parameters
    for completion in completions { completion(client, &complete) }
    return complete
  }

  /// The same source with tags for its mapping.
  public func tagged(_ tags: [String: String]) -> EventSourceDefinition {
    var tagged = self
    tagged.tags = tags
    return tagged
  }
}
