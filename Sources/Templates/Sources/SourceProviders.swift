public import AWSClient

/// Who makes resources of which type.
public struct SourceProviders: Sendable {
  private let endpoint: SourceEndpoint

  /// Providers that call as an account in a region. The client must outlive them.
  public init(client: AWSClient, account: String, region: String) {
    self.init(SourceEndpoint(client: client, account: account, region: region))
  }

  init(_ endpoint: SourceEndpoint) {
    self.endpoint = endpoint
  }

  /// The provider of a CloudFormation type, as `AWS::SQS::Queue`; nil where the type cannot be made.
  public func provider(of type: String) -> (any SourceProvider)? {
    switch type {
    case "AWS::SQS::Queue": QueueProvider(endpoint)
    default: nil
    }
  }
}
