import AWSClient
import Testing

@Suite struct AWSConfigurationTests {
  @Test(arguments: [
    (AWSService.sqs, "eu-central-1", "https://sqs.eu-central-1.amazonaws.com"),
    (.lambda, "us-gov-west-1", "https://lambda.us-gov-west-1.amazonaws.com"),
    (.kinesis, "cn-north-1", "https://kinesis.cn-north-1.amazonaws.com.cn"),
    (.dynamoDBStreams, "us-east-1", "https://streams.dynamodb.us-east-1.amazonaws.com"),
    (.dynamoDB, "us-east-1", "https://dynamodb.us-east-1.amazonaws.com"),
    (.sns, "us-iso-east-1", "https://sns.us-iso-east-1.c2s.ic.gov"),
    (.sns, "us-isob-east-1", "https://sns.us-isob-east-1.sc2s.sgov.gov"),
    (.sns, "eu-isoe-west-1", "https://sns.eu-isoe-west-1.cloud.adc-e.uk"),
    (.sns, "us-isof-south-1", "https://sns.us-isof-south-1.csp.hci.ic.gov"),
    (.s3, "eusc-de-east-1", "https://s3.eusc-de-east-1.amazonaws.eu"),
  ]) func regionalEndpointHasTheSuffixOfItsPartition(service: AWSService, region: String, url: String) throws {
    let configuration = try AWSConfiguration(variables: [:])
    #expect(configuration.endpoint(for: service, region: region).url == url)
    #expect(!configuration.hasOverride(for: service))
  }

  @Test(arguments: [
    (nil, true), ("http://127.0.0.1:4566", false), ("https://lambda-fips.us-east-1.amazonaws.com", true),
    ("https://vpce-0a1b.lambda.us-east-1.vpce.amazonaws.com", true),
    ("https://lambda.cn-north-1.amazonaws.com.cn", true),
    ("https://lambda.us-east-1.api.aws", true), ("https://amazonaws.com.example", false),
    ("https://myamazonaws.com", false),
  ]) func awsIsKnownByItsHosts(endpoint: String?, isAWS: Bool) throws {
    let variables = endpoint.map { ["AWS_ENDPOINT_URL_LAMBDA": $0] } ?? [:]
    #expect(try AWSConfiguration(variables: variables).isAWS(.lambda) == isAWS)
  }

  @Test(arguments: [
    ("http://127.0.0.1:4566", "http://127.0.0.1:4566", "127.0.0.1", 4566, "", "127.0.0.1:4566"),
    ("http://127.0.0.1:4566/", "http://127.0.0.1:4566", "127.0.0.1", 4566, "", "127.0.0.1:4566"),
    (
      "HTTPS://aws.example/base/path//", "https://aws.example/base/path", "aws.example", nil, "/base/path",
      "aws.example"
    ),
    ("https://aws.example:443", "https://aws.example:443", "aws.example", 443, "", "aws.example"),
    ("http://[::1]:9324", "http://[::1]:9324", "::1", 9324, "", "[::1]:9324"),
  ]) func overrideIsReadInItsParts(
    text: String, url: String, host: String, port: Int?, basePath: String, hostHeader: String
  ) throws {
    let configuration = try AWSConfiguration(variables: ["AWS_ENDPOINT_URL": text])
    for service in AWSService.allCases {
      let endpoint = configuration.endpoint(for: service, region: "us-east-1")
      #expect(endpoint.url == url)
      #expect(endpoint.host == host)
      #expect(endpoint.port == port)
      #expect(endpoint.basePath == basePath)
      #expect(endpoint.hostHeader == hostHeader)
    }
    #expect(!configuration.hasSpecificLambdaOverride)
  }

  @Test func variableOfTheServiceGoesFirst() throws {
    let configuration = try AWSConfiguration(variables: [
      "AWS_ENDPOINT_URL": "http://common:1", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": "http://streams:2",
      "AWS_ENDPOINT_URL_LAMBDA": "http://lambda:3",
    ])
    #expect(configuration.endpoint(for: .dynamoDBStreams, region: "r").url == "http://streams:2")
    #expect(configuration.endpoint(for: .lambda, region: "r").url == "http://lambda:3")
    #expect(configuration.endpoint(for: .sqs, region: "r").url == "http://common:1")
    #expect(configuration.hasSpecificLambdaOverride)
  }

  @Test func overridesCanBeIgnored() throws {
    let configuration = try AWSConfiguration(variables: [
      "AWS_ENDPOINT_URL": "http://common:1", "AWS_ENDPOINT_URL_LAMBDA": "http://lambda:3",
      "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    ])
    #expect(AWSService.allCases.allSatisfy { !configuration.hasOverride(for: $0) })
    #expect(!configuration.hasSpecificLambdaOverride)
  }

  @Test(arguments: [
    "localhost:4566", "ftp://x", "http://", "http://:80", "http://x:0", "http://x:65536", "http://x:y", "http://u@x",
    "http://x?q=1", "http://x#f", "http://a b", "http://[::1", "http://[::1]x", "http://[x]",
  ]) func wrongURLIsAnErrorThatNamesTheVariable(text: String) {
    let error = #expect(throws: AWSError.self) {
      try AWSConfiguration(variables: ["AWS_ENDPOINT_URL_SQS": text])
    }
    #expect(error?.description.contains("AWS_ENDPOINT_URL_SQS") == true)
    #expect(error?.description.contains("'\(text)'") == true)
  }

  @Test func emptyVariableIsNone() throws {
    let configuration = try AWSConfiguration(variables: ["AWS_ENDPOINT_URL": "", "AWS_REGION": ""])
    #expect(!configuration.hasOverride(for: .sqs))
    #expect(configuration.region == nil)
  }

  @Test func configFileGivesEndpointAndRegion() throws {
    try TemporaryFolder.with(["config": "[default]\nendpoint_url = http://file:1\nregion=eu-west-1\n"]) { folder in
      let variables = ["AWS_CONFIG_FILE": "\(folder)/config"]
      let configuration = try AWSConfiguration(variables: variables)
      #expect(configuration.endpoint(for: .sqs, region: "r").url == "http://file:1")
      #expect(configuration.region == "eu-west-1")
      let overridden = try AWSConfiguration(
        variables: variables.merging(["AWS_ENDPOINT_URL": "http://variable:2", "AWS_REGION": "us-west-2"]) { $1 })
      #expect(overridden.endpoint(for: .sqs, region: "r").url == "http://variable:2")
      #expect(overridden.region == "us-west-2")
    }
  }

  @Test func signingNamesAreThoseOfTheServices() {
    #expect(
      AWSService.allCases.map(\.signingName) == ["sqs", "lambda", "kinesis", "dynamodb", "dynamodb", "sns", "s3"])
  }
}
