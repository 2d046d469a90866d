/// A service that is called.
public enum AWSService: String, CaseIterable, Sendable {
  case sqs, lambda, kinesis, dynamoDBStreams, dynamoDB, sns, s3

  /// The name in the scope of a signature.
  public var signingName: String {
    switch self {
    case .dynamoDBStreams, .dynamoDB: "dynamodb"
    case .sqs, .lambda, .kinesis, .sns, .s3: rawValue
    }
  }

  /// What stands before the region in the name of the service's host.
  public var endpointPrefix: String {
    switch self {
    case .dynamoDBStreams: "streams.dynamodb"
    case .dynamoDB: "dynamodb"
    case .sqs, .lambda, .kinesis, .sns, .s3: rawValue
    }
  }

  /// The variable that overrides the service's endpoint
  /// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
  public var endpointVariable: String {
    switch self {
    case .dynamoDBStreams: "AWS_ENDPOINT_URL_DYNAMODB_STREAMS"
    case .sqs, .lambda, .kinesis, .dynamoDB, .sns, .s3: "AWS_ENDPOINT_URL_" + rawValue.uppercased()
    }
  }
}
