import Testing

@testable import LambdaWire

/// What the service model does not admit, with AWS's text.
struct ModelCase: Sendable, CustomTestStringConvertible {
  var json: String
  var message: String

  init(_ json: String, _ message: String) {
    self.json = json
    self.message = message
  }

  var testDescription: String { json }

  private static func one(_ json: String, _ value: String, _ path: String, _ constraint: String) -> ModelCase {
    ModelCase(
      json, "1 validation error detected: Value '\(value)' at '\(path)' failed to satisfy constraint: \(constraint)")
  }

  static let shared: [ModelCase] = [
    one(#"{"BatchSize":0}"#, "0", "batchSize", "Member must have value greater than or equal to 1"),
    one(#"{"BatchSize":10001}"#, "10001", "batchSize", "Member must have value less than or equal to 10000"),
    one(
      #"{"MaximumBatchingWindowInSeconds":301}"#, "301", "maximumBatchingWindowInSeconds",
      "Member must have value less than or equal to 300"),
    one(
      #"{"MaximumBatchingWindowInSeconds":-1}"#, "-1", "maximumBatchingWindowInSeconds",
      "Member must have value greater than or equal to 0"),
    one(
      #"{"ParallelizationFactor":11}"#, "11", "parallelizationFactor",
      "Member must have value less than or equal to 10"),
    one(
      #"{"MaximumRecordAgeInSeconds":-2}"#, "-2", "maximumRecordAgeInSeconds",
      "Member must have value greater than or equal to -1"),
    one(
      #"{"MaximumRecordAgeInSeconds":604801}"#, "604801", "maximumRecordAgeInSeconds",
      "Member must have value less than or equal to 604800"),
    one(
      #"{"MaximumRetryAttempts":10001}"#, "10001", "maximumRetryAttempts",
      "Member must have value less than or equal to 10000"),
    one(
      #"{"TumblingWindowInSeconds":901}"#, "901", "tumblingWindowInSeconds",
      "Member must have value less than or equal to 900"),
    one(
      #"{"ScalingConfig":{"MaximumConcurrency":1}}"#, "1", "scalingConfig.maximumConcurrency",
      "Member must have value greater than or equal to 2"),
    one(
      #"{"ProvisionedPollerConfig":{"MinimumPollers":201}}"#, "201", "provisionedPollerConfig.minimumPollers",
      "Member must have value less than or equal to 200"),
    one(
      #"{"ProvisionedPollerConfig":{"MaximumPollers":2001}}"#, "2001", "provisionedPollerConfig.maximumPollers",
      "Member must have value less than or equal to 2000"),
    one(
      #"{"FunctionResponseTypes":["No"]}"#, "[No]", "functionResponseTypes",
      "Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]"),
    one(
      #"{"FunctionResponseTypes":["ReportBatchItemFailures","ReportBatchItemFailures"]}"#,
      "[ReportBatchItemFailures, ReportBatchItemFailures]", "functionResponseTypes",
      "Member must have length less than or equal to 1"),
    one(
      #"{"LoggingConfig":{"SystemLogLevel":"TRACE"}}"#, "TRACE", "loggingConfig.systemLogLevel",
      "Member must satisfy enum value set: [DEBUG, INFO, WARN]"),
    one(
      #"{"SourceAccessConfigurations":[{"Type":"NO","URI":"a"}]}"#, "NO",
      "sourceAccessConfigurations.1.member.type",
      "Member must satisfy enum value set: [BASIC_AUTH, VPC_SUBNET, VPC_SECURITY_GROUP, SASL_SCRAM_512_AUTH, "
        + "SASL_SCRAM_256_AUTH, VIRTUAL_HOST, CLIENT_CERTIFICATE_TLS_AUTH, SERVER_ROOT_CA_CERTIFICATE]"),
    one(
      #"{"DocumentDBEventSourceConfig":{"CollectionName":"system.x"}}"#, "system.x",
      "documentDBEventSourceConfig.collectionName",
      #"Member must satisfy regular expression pattern: (^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)"#),
    one(
      #"{"KMSKeyArn":"key"}"#, "key", "kMSKeyArn",
      "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()"),
    ModelCase(
      #"{"BatchSize":0,"TumblingWindowInSeconds":901}"#,
      "2 validation errors detected: Value '0' at 'batchSize' failed to satisfy constraint: Member must have value "
        + "greater than or equal to 1; Value '901' at 'tumblingWindowInSeconds' failed to satisfy constraint: Member "
        + "must have value less than or equal to 900"),
  ]

  private static let longPolicy = String(repeating: "x", count: 262_145)

  /// The constraints of S3 and SNS.
  static let pushed: [ModelCase] = [
    one(
      #"{"S3EventSourceConfig":{"Events":["s3:ObjectCreated"]}}"#, "[s3:ObjectCreated]", "s3EventSourceConfig.events",
      "Member must satisfy constraint: [Member must satisfy enum value set: ["
        + S3EventSourceConfig.eventTypes.joined(separator: ", ") + "]]"),
    one(
      #"{"S3EventSourceConfig":{"Filter":{"Key":{"FilterRules":[{"Name":"infix","Value":"a"}]}}}}"#, "infix",
      "s3EventSourceConfig.filter.key.filterRules.1.member.name",
      "Member must satisfy enum value set: [prefix, suffix]"),
    ModelCase(
      #"{"S3EventSourceConfig":{"Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"a"},{}]}}}}"#,
      "2 validation errors detected: Value null at 's3EventSourceConfig.filter.key.filterRules.2.member.name' failed to "
        + "satisfy constraint: Member must not be null; Value null at "
        + "'s3EventSourceConfig.filter.key.filterRules.2.member.value' failed to satisfy constraint: Member must not be "
        + "null"),
    one(
      #"{"SNSEventSourceConfig":{"FilterPolicyScope":"Body"}}"#, "Body", "sNSEventSourceConfig.filterPolicyScope",
      "Member must satisfy enum value set: [MessageAttributes, MessageBody]"),
    one(
      #"{"SNSEventSourceConfig":{"DeadLetterQueueArn":"dead"}}"#, "dead", "sNSEventSourceConfig.deadLetterQueueArn",
      "Member must satisfy regular expression pattern: "
        + #"(arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*))|()"#),
    one(
      #"{"SNSEventSourceConfig":{"FilterPolicy":"\#(longPolicy)"}}"#, longPolicy,
      "sNSEventSourceConfig.filterPolicy", "Member must have length less than or equal to 262144"),
  ]

  /// What keeps to them.
  static let admitted = [
    #"{"S3EventSourceConfig":{}}"#, #"{"S3EventSourceConfig":{"Events":[],"Filter":{"Key":{"FilterRules":[]}}}}"#,
    #"{"S3EventSourceConfig":{"Events":["s3:ObjectCreated:*","s3:LifecycleTransition"],"Filter":{"Key":{"FilterRules":["#
      + #"{"Name":"Prefix","Value":""},{"Name":"suffix","Value":"é"}]}}}}"#,
    #"{"SNSEventSourceConfig":{}}"#, #"{"SNSEventSourceConfig":{"FilterPolicy":"","DeadLetterQueueArn":""}}"#,
    #"{"SNSEventSourceConfig":{"FilterPolicy":"{}","FilterPolicyScope":"MessageBody","#
      + #""DeadLetterQueueArn":"arn:aws:sqs:us-east-1:123456789012:q"}}"#,
  ]

  static let onCreate: [ModelCase] = [
    // Recorded: invalid_starting_position, with this order of the set.
    one(
      #"{"FunctionName":"f","StartingPosition":"invalid"}"#, "invalid", "startingPosition",
      "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]"),
    ModelCase(
      "{}",
      "1 validation error detected: Value null at 'functionName' failed to satisfy constraint: Member must not be null"),
    one(
      #"{"FunctionName":"f","Topics":[]}"#, "[]", "topics", "Member must have length greater than or equal to 1"),
    one(
      #"{"FunctionName":"f","Topics":["."]}"#, "[.]", "topics",
      "Member must satisfy constraint: [Member must have length less than or equal to 249, Member must have length "
        + #"greater than or equal to 1, Member must satisfy regular expression pattern: [^.]([a-zA-Z0-9\-_.]+)]"#),
    one(
      #"{"FunctionName":"f","SelfManagedEventSource":{"Endpoints":{"NO":["a:1"]}}}"#, "{NO=[a:1]}",
      "selfManagedEventSource.endpoints",
      "Map keys must satisfy constraint: [Member must satisfy enum value set: [KAFKA_BOOTSTRAP_SERVERS]]"),
  ]
}

@Suite struct ModelViolationsTests {
  @Test(arguments: ModelCase.shared + ModelCase.pushed) func updateTellsTheViolation(violation: ModelCase) throws {
    let request = try WireCoding.decode(UpdateEventSourceMappingRequest.self, from: Array(violation.json.utf8))
    #expect(throws: LambdaError(.validation, violation.message)) { try request.validateModel() }
  }

  @Test(arguments: ModelCase.shared + ModelCase.pushed) func createTellsTheViolation(violation: ModelCase) throws {
    var request = try WireCoding.decode(CreateEventSourceMappingRequest.self, from: Array(violation.json.utf8))
    request.functionName = "f"
    #expect(throws: LambdaError(.validation, violation.message)) { try request.validateModel() }
  }

  @Test(arguments: ModelCase.onCreate) func createAloneTellsTheViolation(violation: ModelCase) throws {
    let request = try WireCoding.decode(CreateEventSourceMappingRequest.self, from: Array(violation.json.utf8))
    #expect(throws: LambdaError(.validation, violation.message)) { try request.validateModel() }
  }

  @Test(arguments: ModelCase.admitted) func configurationOfABucketOrTopicIsAdmitted(json: String) throws {
    var create = try WireCoding.decode(CreateEventSourceMappingRequest.self, from: Array(json.utf8))
    create.functionName = "f"
    try create.validateModel()
    try WireCoding.decode(UpdateEventSourceMappingRequest.self, from: Array(json.utf8)).validateModel()
  }

  @Test func everyPatternOfTheModelCanBeMatched() {
    for pattern in ModelPattern.all { #expect(pattern.isValid, "\(pattern.text)") }
  }

  @Test(arguments: [
    "f", "f:1", "f:$LATEST", "f:$LATEST.PUBLISHED", "function:f", "123456789012:function:f", "123456789012:f:alias",
    "arn:aws:lambda:us-east-1:123456789012:function:f",
    "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f:a_b",
  ]) func functionNameIsAdmitted(name: String) {
    #expect(ModelPattern.functionName.matches(name))
  }

  @Test(arguments: ["", "f f", "f:", "f:a:b", "arn:aws:sqs:us-east-1:123456789012:q", "f/g", "f\n", "é"])
  func functionNameIsNotAdmitted(name: String) {
    #expect(!ModelPattern.functionName.matches(name))
  }

  @Test(arguments: ["", "kafka://topic", "arn:aws:sqs:us-east-1:123456789012:q", "arn:aws:s3:::bucket"])
  func destinationIsAdmitted(destination: String) {
    #expect(ModelPattern.destination.matches(destination))
  }

  @Test(arguments: ["q", "kafka://.topic", "arn:aws:sqs", "https://a"])
  func destinationIsNotAdmitted(destination: String) {
    #expect(!ModelPattern.destination.matches(destination))
  }

  @Test func longEndpointsAreMatchedInTimeThatGrowsWithTheirLength() {
    // The model's pattern has nested repetitions; the longest text that its length admits must not stall a request.
    #expect(!ModelPattern.endpoint.matches(String(repeating: "a-", count: 149) + "-!"))
    #expect(ModelPattern.endpoint.matches(String(repeating: "a", count: 290) + ":9092"))
  }
}
