extension ResourceNaming {
  /// Every type that references are resolved for, with what they give as CloudFormation documents it under "Return
  /// values" (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html)
  /// and with the ARNs of the Service Authorization Reference
  /// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
  static let table: [String: ResourceNaming] = functions.merging(sources) { first, _ in first }
    .merging(others) { first, _ in first }

  private static let function = ResourceNaming(
    "FunctionName", NameLimit(64),
    ["Ref": "{name}", "Arn": "arn:{partition}:lambda:{region}:{account}:function:{name}"]
  )

  private static let functions: [String: ResourceNaming] = [
    "AWS::Lambda::Function": function,
    "AWS::Serverless::Function": function,
    // Which version it is only Lambda knows; a function that is deployed once has the first.
    "AWS::Lambda::Version": ResourceNaming(
      nil, NameLimit(64),
      [
        "Ref": "arn:{partition}:lambda:{region}:{account}:function:{function}:1",
        "FunctionArn": "arn:{partition}:lambda:{region}:{account}:function:{function}:1", "Version": "1",
      ]),
    "AWS::Lambda::Alias": ResourceNaming(
      "Name", NameLimit(128),
      [
        "Ref": "arn:{partition}:lambda:{region}:{account}:function:{function}:{name}",
        "AliasArn": "arn:{partition}:lambda:{region}:{account}:function:{function}:{name}",
      ]),
  ]

  private static let table255 = ResourceNaming(
    "TableName", NameLimit(255), ["Ref": "{name}", "Arn": "arn:{partition}:dynamodb:{region}:{account}:table/{name}"])

  /// What mappings read from, and where they send what failed. `Ref` of a queue is its URL, which its service makes up;
  /// the ARN of a table's stream has the time it was made at.
  private static let sources: [String: ResourceNaming] = [
    "AWS::SQS::Queue": ResourceNaming(
      "QueueName", NameLimit(80, fifoProperty: "FifoQueue"),
      ["Arn": "arn:{partition}:sqs:{region}:{account}:{name}", "QueueName": "{name}"]),
    "AWS::SNS::Topic": ResourceNaming(
      "TopicName", NameLimit(256, fifoProperty: "FifoTopic"),
      [
        "Ref": "arn:{partition}:sns:{region}:{account}:{name}",
        "TopicArn": "arn:{partition}:sns:{region}:{account}:{name}", "TopicName": "{name}",
      ]),
    "AWS::SNS::Subscription": ResourceNaming(nil, NameLimit(256), [:]),
    "AWS::Kinesis::Stream": ResourceNaming(
      "Name", NameLimit(128), ["Ref": "{name}", "Arn": "arn:{partition}:kinesis:{region}:{account}:stream/{name}"]),
    "AWS::Kinesis::StreamConsumer": ResourceNaming("ConsumerName", NameLimit(128), ["ConsumerName": "{name}"]),
    "AWS::DynamoDB::Table": table255,
    "AWS::DynamoDB::GlobalTable": table255,
    "AWS::Serverless::SimpleTable": table255,
    "AWS::S3::Bucket": ResourceNaming(
      "BucketName", NameLimit(63, isLowerCase: true),
      [
        "Ref": "{name}", "Arn": "arn:{partition}:s3:::{name}", "DomainName": "{name}.s3.{suffix}",
        "RegionalDomainName": "{name}.s3.{region}.{suffix}",
        "DualStackDomainName": "{name}.s3.dualstack.{region}.{suffix}",
        "WebsiteURL": "http://{name}.{website}.{suffix}",
      ]),
    "AWS::MSK::Cluster": ResourceNaming(
      "ClusterName", NameLimit(64),
      [
        "Ref": "arn:{partition}:kafka:{region}:{account}:cluster/{name}/{uuid}-1",
        "Arn": "arn:{partition}:kafka:{region}:{account}:cluster/{name}/{uuid}-1",
      ]),
    "AWS::MSK::ServerlessCluster": ResourceNaming(
      "ClusterName", NameLimit(64),
      [
        "Ref": "arn:{partition}:kafka:{region}:{account}:cluster/{name}/{uuid}-s1",
        "Arn": "arn:{partition}:kafka:{region}:{account}:cluster/{name}/{uuid}-s1",
      ]),
    "AWS::AmazonMQ::Broker": ResourceNaming(
      "BrokerName", NameLimit(50),
      [
        "Ref": "b-{uuid}", "Id": "b-{uuid}", "Arn": "arn:{partition}:mq:{region}:{account}:broker:{name}:b-{uuid}",
      ]),
    "AWS::DocDB::DBCluster": ResourceNaming(
      "DBClusterIdentifier", NameLimit(63, isLowerCase: true),
      ["Ref": "{name}", "Id": "{name}", "ClusterResourceId": "cluster-{twenty-six}"]),
  ]

  /// What of them only the services make up.
  static let later: [String: Set<String>] = [
    "AWS::SQS::Queue": ["Ref", "QueueUrl"], "AWS::SNS::Subscription": ["Ref", "Arn"],
    "AWS::Kinesis::StreamConsumer": [
      "Ref", "ConsumerARN", "ConsumerStatus", "ConsumerCreationTimestamp", "StreamARN",
    ],
    "AWS::DynamoDB::Table": ["StreamArn", "TableId"], "AWS::DynamoDB::GlobalTable": ["StreamArn", "TableId"],
  ]

  /// What functions and mappings name beside them.
  private static let others: [String: ResourceNaming] = [
    "AWS::SecretsManager::Secret": ResourceNaming(
      "Name", NameLimit(512),
      [
        "Ref": "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{six}",
        "Id": "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{six}",
      ]),
    "AWS::KMS::Key": ResourceNaming(
      nil, NameLimit(256),
      ["Ref": "{uuid}", "KeyId": "{uuid}", "Arn": "arn:{partition}:kms:{region}:{account}:key/{uuid}"]),
    "AWS::KMS::Alias": ResourceNaming("AliasName", NameLimit(256), ["Ref": "{name}"]),
    "AWS::ECR::Repository": ResourceNaming(
      "RepositoryName", NameLimit(256, isLowerCase: true),
      [
        "Ref": "{name}", "Arn": "arn:{partition}:ecr:{region}:{account}:repository/{name}",
        "RepositoryUri": "{account}.dkr.ecr.{region}.{suffix}/{name}",
      ]),
    "AWS::Glue::Registry": ResourceNaming(
      "Name", NameLimit(255),
      [
        "Ref": "arn:{partition}:glue:{region}:{account}:registry/{name}",
        "Arn": "arn:{partition}:glue:{region}:{account}:registry/{name}",
      ]),
    "AWS::Glue::Schema": ResourceNaming(
      "Name", NameLimit(255),
      [
        "Ref": "arn:{partition}:glue:{region}:{account}:schema/{registry}/{name}",
        "Arn": "arn:{partition}:glue:{region}:{account}:schema/{registry}/{name}",
      ]),
    // What Kafka clusters of one's own are reached through.
    "AWS::EC2::VPC": ResourceNaming(nil, NameLimit(255), ["Ref": "vpc-{hexadecimal}", "VpcId": "vpc-{hexadecimal}"]),
    "AWS::EC2::Subnet": ResourceNaming(
      nil, NameLimit(255), ["Ref": "subnet-{hexadecimal}", "SubnetId": "subnet-{hexadecimal}"]),
    "AWS::EC2::SecurityGroup": ResourceNaming(
      "GroupName", NameLimit(255),
      [
        "Ref": "sg-{hexadecimal}", "GroupId": "sg-{hexadecimal}", "Id": "sg-{hexadecimal}",
        "VpcId": "vpc-{hexadecimal}",
      ]),
    "AWS::IAM::Role": ResourceNaming(
      "RoleName", NameLimit(64),
      ["Ref": "{name}", "Arn": "arn:{partition}:iam::{account}:role{path}{name}", "RoleId": "AROA{seventeen}"]),
    "AWS::Logs::LogGroup": ResourceNaming(
      "LogGroupName", NameLimit(512),
      ["Ref": "{name}", "Arn": "arn:{partition}:logs:{region}:{account}:log-group:{name}:*"]),
    "AWS::StepFunctions::StateMachine": ResourceNaming(
      "StateMachineName", NameLimit(80),
      [
        "Ref": "arn:{partition}:states:{region}:{account}:stateMachine:{name}",
        "Arn": "arn:{partition}:states:{region}:{account}:stateMachine:{name}", "Name": "{name}",
      ]),
    "AWS::Events::EventBus": ResourceNaming(
      "Name", NameLimit(256),
      ["Ref": "{name}", "Name": "{name}", "Arn": "arn:{partition}:events:{region}:{account}:event-bus/{name}"]),
  ]
}
