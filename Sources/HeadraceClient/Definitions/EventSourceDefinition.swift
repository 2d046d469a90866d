public import LambdaWire

/// What kind of source a function is to get, and how: `.sqs(…)`, `.kinesis(…)` and the others.
///
/// The parameters are those of the AWS CDK's module aws-lambda-event-sources, and so are their bounds, which are checked
/// before anything is sent. What is left out has Lambda's defaults.
public struct EventSourceDefinition: Sendable {
  private let draft: ParameterDraft
  /// The ARN, which may hang on the client's region and account; nil for a Kafka cluster of one's own.
  var sourceARN: (@Sendable (Client) -> String)?
  var isEnabled: Bool?
  var tags: [String: String]?
  /// Whether Lambda itself has no such mappings.
  let isHeadraceOnly: Bool
  /// What is out of its bounds, in sentences.
  var violations: [String] { draft.violations }

  init(
    _ sourceARN: (@Sendable (Client) -> String)?, _ draft: ParameterDraft, enabled: Bool?, isHeadraceOnly: Bool = false
  ) {
    self.sourceARN = sourceARN
    self.draft = draft
    self.isHeadraceOnly = isHeadraceOnly
    isEnabled = enabled
  }

  /// The parameters as Lambda's API has them, for a client's region and account.
  public func parameters(for client: Client) -> MappingParameters { draft.parameters(for: client) }

  /// The same source with tags for its mapping.
  public func tagged(_ tags: [String: String]) -> EventSourceDefinition {
    var tagged = self
    tagged.tags = tags
    return tagged
  }
}
