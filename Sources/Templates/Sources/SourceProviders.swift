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
    case "AWS::SNS::Topic": TopicProvider(endpoint)
    case "AWS::SNS::Subscription": SubscriptionProvider(endpoint)
    case "AWS::Kinesis::Stream": StreamProvider(endpoint)
    case "AWS::Kinesis::StreamConsumer": StreamConsumerProvider(endpoint)
    case "AWS::DynamoDB::Table": TableProvider(endpoint, .table)
    case "AWS::DynamoDB::GlobalTable": TableProvider(endpoint, .globalTable)
    case "AWS::Serverless::SimpleTable": TableProvider(endpoint, .simpleTable)
    case "AWS::S3::Bucket": BucketProvider(endpoint)
    default: nil
    }
  }
}
