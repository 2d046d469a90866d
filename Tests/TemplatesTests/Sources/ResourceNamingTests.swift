import JSON
import Templates
import Testing

@Suite struct ResourceNamingTests {
  private static let stack = StackIdentity(name: "shop", account: "123456789012", region: "eu-west-1")

  /// What references give, as CloudFormation documents them.
  @Test(
    arguments: [
      ("AWS::Lambda::Function", nil, "n"),
      ("AWS::Lambda::Function", "Arn", "arn:aws:lambda:eu-west-1:123456789012:function:n"),
      ("AWS::Serverless::Function", "Arn", "arn:aws:lambda:eu-west-1:123456789012:function:n"),
      ("AWS::SQS::Queue", nil, nil),
      ("AWS::SQS::Queue", "QueueUrl", nil),
      ("AWS::SQS::Queue", "QueueName", "n"),
      ("AWS::SQS::Queue", "Arn", "arn:aws:sqs:eu-west-1:123456789012:n"),
      ("AWS::SNS::Topic", nil, "arn:aws:sns:eu-west-1:123456789012:n"),
      ("AWS::SNS::Topic", "TopicArn", "arn:aws:sns:eu-west-1:123456789012:n"),
      ("AWS::SNS::Topic", "TopicName", "n"),
      ("AWS::SNS::Subscription", nil, nil),
      ("AWS::Kinesis::Stream", nil, "n"),
      ("AWS::Kinesis::Stream", "Arn", "arn:aws:kinesis:eu-west-1:123456789012:stream/n"),
      ("AWS::Kinesis::StreamConsumer", nil, nil),
      ("AWS::Kinesis::StreamConsumer", "ConsumerARN", nil),
      ("AWS::DynamoDB::Table", nil, "n"),
      ("AWS::DynamoDB::Table", "Arn", "arn:aws:dynamodb:eu-west-1:123456789012:table/n"),
      ("AWS::DynamoDB::Table", "StreamArn", nil),
      ("AWS::DynamoDB::GlobalTable", "Arn", "arn:aws:dynamodb:eu-west-1:123456789012:table/n"),
      ("AWS::Serverless::SimpleTable", "Arn", "arn:aws:dynamodb:eu-west-1:123456789012:table/n"),
      ("AWS::S3::Bucket", nil, "n"),
      ("AWS::S3::Bucket", "Arn", "arn:aws:s3:::n"),
      ("AWS::S3::Bucket", "DomainName", "n.s3.amazonaws.com"),
      ("AWS::S3::Bucket", "RegionalDomainName", "n.s3.eu-west-1.amazonaws.com"),
      ("AWS::S3::Bucket", "DualStackDomainName", "n.s3.dualstack.eu-west-1.amazonaws.com"),
      ("AWS::S3::Bucket", "WebsiteURL", "http://n.s3-website-eu-west-1.amazonaws.com"),
      ("AWS::KMS::Alias", nil, "n"),
      ("AWS::ECR::Repository", nil, "n"),
      ("AWS::ECR::Repository", "Arn", "arn:aws:ecr:eu-west-1:123456789012:repository/n"),
      ("AWS::ECR::Repository", "RepositoryUri", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/n"),
      ("AWS::Glue::Registry", nil, "arn:aws:glue:eu-west-1:123456789012:registry/n"),
      ("AWS::Glue::Schema", "Arn", "arn:aws:glue:eu-west-1:123456789012:schema/default-registry/n"),
      ("AWS::DocDB::DBCluster", nil, "n"),
      ("AWS::IAM::Role", nil, "n"),
      ("AWS::IAM::Role", "Arn", "arn:aws:iam::123456789012:role/n"),
      ("AWS::Logs::LogGroup", nil, "n"),
      ("AWS::Logs::LogGroup", "Arn", "arn:aws:logs:eu-west-1:123456789012:log-group:n:*"),
      ("AWS::StepFunctions::StateMachine", nil, "arn:aws:states:eu-west-1:123456789012:stateMachine:n"),
      ("AWS::Events::EventBus", nil, "n"),
      ("AWS::Events::EventBus", "Arn", "arn:aws:events:eu-west-1:123456789012:event-bus/n"),
      ("AWS::SQS::Queue", "Colour", nil),
    ] as [(String, String?, String?)])
  func referenceFollowsFromTheName(type: String, attribute: String?, text: String?) throws {
    let naming = try #require(ResourceNaming.of(type))
    let value = naming.reference(attribute: attribute, name: "n", properties: [:], stack: Self.stack)
    #expect(value == text.map(JSONValue.string))
  }

  @Test(
    arguments: [
      ("AWS::Lambda::Alias", #"{"FunctionName":"f"}"#, "arn:aws:lambda:eu-west-1:123456789012:function:f:n"),
      (
        "AWS::Lambda::Alias", #"{"FunctionName":"arn:aws:lambda:eu-west-1:123456789012:function:f"}"#,
        "arn:aws:lambda:eu-west-1:123456789012:function:f:n"
      ),
      (
        "AWS::Lambda::Alias", #"{"FunctionName":"123456789012:function:f:7"}"#,
        "arn:aws:lambda:eu-west-1:123456789012:function:f:n"
      ),
      ("AWS::Lambda::Alias", "{}", nil),
      ("AWS::Lambda::Alias", #"{"FunctionName":"function:"}"#, nil),
      ("AWS::Lambda::Version", #"{"FunctionName":"f"}"#, "arn:aws:lambda:eu-west-1:123456789012:function:f:1"),
      ("AWS::IAM::Role", #"{"Path":"/team/"}"#, "n"),
      (
        "AWS::Glue::Schema", #"{"Registry":{"Name":"r"}}"#, "arn:aws:glue:eu-west-1:123456789012:schema/r/n"
      ),
      (
        "AWS::Glue::Schema", #"{"Registry":{"Arn":"arn:aws:glue:eu-west-1:123456789012:registry/r"}}"#,
        "arn:aws:glue:eu-west-1:123456789012:schema/r/n"
      ),
    ] as [(String, String, String?)])
  func someReferencesNeedProperties(type: String, properties: String, text: String?) throws {
    let value = try #require(ResourceNaming.of(type)).reference(
      attribute: nil, name: "n", properties: try JSONValue(parsing: Array(properties.utf8)), stack: Self.stack)
    #expect(value == text.map(JSONValue.string))
  }

  @Test func roleHasItsPathInItsARN() throws {
    let value = try #require(ResourceNaming.of("AWS::IAM::Role")).reference(
      attribute: "Arn", name: "n", properties: ["Path": "/team/"], stack: Self.stack)
    #expect(value == "arn:aws:iam::123456789012:role/team/n")
  }

  @Test(
    arguments: [
      ("AWS::KMS::Key", "KeyId", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
      ("AWS::KMS::Key", "Arn", "arn:aws:kms:eu-west-1:123456789012:key/[0-9a-f-]{36}"),
      ("AWS::SecretsManager::Secret", "Id", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:n-[A-Z2-7]{6}"),
      ("AWS::MSK::Cluster", "Arn", "arn:aws:kafka:eu-west-1:123456789012:cluster/n/[0-9a-f-]{36}-1"),
      ("AWS::MSK::ServerlessCluster", "Arn", "arn:aws:kafka:eu-west-1:123456789012:cluster/n/[0-9a-f-]{36}-s1"),
      ("AWS::AmazonMQ::Broker", "Arn", "arn:aws:mq:eu-west-1:123456789012:broker:n:b-[0-9a-f-]{36}"),
      ("AWS::DocDB::DBCluster", "ClusterResourceId", "cluster-[A-Z2-7]{26}"),
      ("AWS::IAM::Role", "RoleId", "AROA[A-Z2-7]{17}"),
    ] as [(String, String, String)])
  func identifierThatAServiceMakesUpIsStable(type: String, attribute: String, form: String) throws {
    let naming = try #require(ResourceNaming.of(type))
    func text(_ stack: StackIdentity) -> String? {
      guard case .string(let text)? = naming.reference(attribute: attribute, name: "n", properties: [:], stack: stack)
      else { return nil }
      return text
    }
    let first = try #require(text(Self.stack))
    #expect(try Regex(form).wholeMatch(in: first) != nil, "\(first)")
    #expect(text(Self.stack) == first)
    #expect(text(StackIdentity(name: "other", account: "123456789012", region: "eu-west-1")) != first)
  }

  @Test(arguments: [
    ("cn-north-1", "arn:aws-cn:s3:::n", "n.s3.cn-north-1.amazonaws.com.cn"),
    ("us-gov-west-1", "arn:aws-us-gov:s3:::n", "n.s3.us-gov-west-1.amazonaws.com"),
    ("eu-central-1", "arn:aws:s3:::n", "n.s3.eu-central-1.amazonaws.com"),
  ]) func partitionFollowsFromTheRegion(region: String, arn: String, domain: String) throws {
    let naming = try #require(ResourceNaming.of("AWS::S3::Bucket"))
    let stack = StackIdentity(name: "s", account: "123456789012", region: region)
    #expect(naming.reference(attribute: "Arn", name: "n", properties: [:], stack: stack) == .string(arn))
    #expect(
      naming.reference(attribute: "RegionalDomainName", name: "n", properties: [:], stack: stack) == .string(domain))
  }

  @Test(
    arguments: [
      ("AWS::SQS::Queue", "QueueName", 80, false), ("AWS::S3::Bucket", "BucketName", 63, true),
      ("AWS::KMS::Key", nil, 256, false), ("AWS::Kinesis::Stream", "Name", 128, false),
    ] as [(String, String?, Int, Bool)])
  func nameHasAPropertyAndALimit(type: String, property: String?, length: Int, isLowerCase: Bool) throws {
    let naming = try #require(ResourceNaming.of(type))
    #expect(naming.nameProperty == property)
    #expect(naming.ruleOfName.maximumLength == length)
    #expect(naming.ruleOfName.isLowerCase == isLowerCase)
  }

  @Test(
    arguments: [
      ("AWS::SQS::Queue", "FifoQueue", true, ".fifo"), ("AWS::SQS::Queue", "FifoQueue", "true", ".fifo"),
      ("AWS::SQS::Queue", "FifoQueue", false, ""), ("AWS::SQS::Queue", "FifoTopic", true, ""),
      ("AWS::SNS::Topic", "FifoTopic", true, ".fifo"), ("AWS::Kinesis::Stream", "FifoQueue", true, ""),
    ] as [(String, String, JSONValue, String)])
  func nameOfFIFOQueuesAndTopicsHasASuffix(type: String, property: String, value: JSONValue, suffix: String) throws {
    let rule = try #require(ResourceNaming.of(type)).ruleOfName
    #expect(rule.suffix(properties: .object([JSONMember(property, value)])) == suffix)
  }

  @Test func otherTypesAreNotKnown() {
    #expect(ResourceNaming.of("AWS::EC2::Instance")?.nameProperty == nil)
    #expect(ResourceNaming.of("") == nil)
  }
}
