import JSON
import LambdaWire
import Testing

@testable import HeadraceClient

/// What each kind sends: the parameters in the spelling of Lambda's API.
@Suite struct ParametersTests {
  @Test(arguments: [
    (EventSourceDefinition.sqs(Queue("q")), "{}"),
    (
      .sqs(
        Queue("q"), batchSize: 100, maxBatchingWindow: .seconds(20), maxConcurrency: 5, reportBatchItemFailures: true,
        filters: [#"{"body":{"a":[1]}}"#], filterEncryptionKey: "arn:k"),
      #"{"BatchSize":100,"FilterCriteria":{"Filters":[{"Pattern":"{\"body\":{\"a\":[1]}}"}]},"FunctionResponseTypes":["ReportBatchItemFailures"],"KMSKeyArn":"arn:k","MaximumBatchingWindowInSeconds":20,"ScalingConfig":{"MaximumConcurrency":5}}"#
    ),
    (
      .dynamoDB(
        table: Table(streamARN: "arn:table/t/stream/1"), startingPosition: .trimHorizon, batchSize: 5,
        bisectBatchOnError: true,
        onFailure: .sqs(Queue("d")), retryAttempts: 10),
      #"{"BatchSize":5,"BisectBatchOnFunctionError":true,"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:sqs:eu-west-1:123456789012:d"}},"MaximumRetryAttempts":10,"StartingPosition":"TRIM_HORIZON"}"#
    ),
    (
      .kinesis(
        Stream("s"), startingPosition: .atTimestamp(1_700_000_000), maxRecordAge: .seconds(3600),
        parallelizationFactor: 2, tumblingWindow: .seconds(60)),
      #"{"MaximumRecordAgeInSeconds":3600,"ParallelizationFactor":2,"StartingPosition":"AT_TIMESTAMP","StartingPositionTimestamp":1700000000,"TumblingWindowInSeconds":60}"#
    ),
    (
      .s3(Bucket("b"), events: [.objectCreated], filters: [.prefix("a/"), .suffix(".png")]),
      #"{"S3EventSourceConfig":{"Events":["s3:ObjectCreated:*"],"Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"a/"},{"Name":"suffix","Value":".png"}]}}}}"#
    ),
    (
      .sns(Topic("t"), filterPolicy: "{}", filterPolicyScope: .messageBody, deadLetterQueue: Queue("d")),
      #"{"SNSEventSourceConfig":{"DeadLetterQueueArn":"arn:aws:sqs:eu-west-1:123456789012:d","FilterPolicy":"{}","FilterPolicyScope":"MessageBody"}}"#
    ),
    (
      .managedKafka(
        clusterARN: "arn:c", topic: "t", startingPosition: .latest, consumerGroupID: "g", secretARN: "arn:x"),
      #"{"AmazonManagedKafkaEventSourceConfig":{"ConsumerGroupId":"g"},"SourceAccessConfigurations":[{"Type":"SASL_SCRAM_512_AUTH","URI":"arn:x"}],"StartingPosition":"LATEST","Topics":["t"]}"#
    ),
    (
      .selfManagedKafka(
        bootstrapServers: ["a:1", "b:2"], topic: "t", startingPosition: .latest, secretARN: "arn:x",
        authentication: .basic, rootCACertificateSecretARN: "arn:r", subnets: ["subnet-1"], securityGroup: "sg-1"),
      #"{"SelfManagedEventSource":{"Endpoints":{"KAFKA_BOOTSTRAP_SERVERS":["a:1","b:2"]}},"SourceAccessConfigurations":[{"Type":"BASIC_AUTH","URI":"arn:x"},{"Type":"SERVER_ROOT_CA_CERTIFICATE","URI":"arn:r"},{"Type":"VPC_SECURITY_GROUP","URI":"security_group:sg-1"},{"Type":"VPC_SUBNET","URI":"subnet:subnet-1"}],"StartingPosition":"LATEST","Topics":["t"]}"#
    ),
    (
      .mq(brokerARN: "arn:b", queue: "q", secretARN: "arn:x", virtualHost: "/v"),
      #"{"Queues":["q"],"SourceAccessConfigurations":[{"Type":"BASIC_AUTH","URI":"arn:x"},{"Type":"VIRTUAL_HOST","URI":"/v"}]}"#
    ),
    (
      .documentDB(
        clusterARN: "arn:c", database: "d", collection: "c", secretARN: "arn:x", startingPosition: .latest,
        fullDocument: true),
      #"{"DocumentDBEventSourceConfig":{"CollectionName":"c","DatabaseName":"d","FullDocument":"UpdateLookup"},"SourceAccessConfigurations":[{"Type":"BASIC_AUTH","URI":"arn:x"}],"StartingPosition":"LATEST"}"#
    ),
  ])
  func parametersAreSpelledAsTheAPIHasThem(definition: EventSourceDefinition, json: String) async throws {
    let client = try Client(endpoint: "http://127.0.0.1:9", region: "eu-west-1", account: "123456789012")
    let bytes = try WireCoding.encode(definition.parameters(for: client))
    #expect(String(decoding: bytes, as: UTF8.self) == json)
    await client.shutdown()
  }

  @Test(arguments: [
    (EventSourceUpdate(enabled: true), "{}"),
    (.init(filters: [], filterEncryptionKey: ""), #"{"FilterCriteria":{"Filters":[]},"KMSKeyArn":""}"#),
    (
      .init(
        filterEncryptionKey: "arn:k", provisionedPollers: .init(minimum: 1), metrics: ["EventCount"], logLevel: "DEBUG"),
      #"{"KMSKeyArn":"arn:k","LoggingConfig":{"SystemLogLevel":"DEBUG"},"MetricsConfig":{"Metrics":["EventCount"]},"ProvisionedPollerConfig":{"MinimumPollers":1}}"#
    ),
    (
      .s3(events: [.objectRemoved], filters: [.suffix(".png")]),
      #"{"S3EventSourceConfig":{"Events":["s3:ObjectRemoved:*"],"Filter":{"Key":{"FilterRules":[{"Name":"suffix","Value":".png"}]}}}}"#
    ),
    (
      .sns(filterPolicy: "{}", deadLetterQueue: Queue("d")),
      #"{"SNSEventSourceConfig":{"DeadLetterQueueArn":"arn:aws:sqs:eu-west-1:123456789012:d","FilterPolicy":"{}"}}"#
    ),
  ])
  func anUpdateHasOnlyWhatItChanges(update: EventSourceUpdate, json: String) async throws {
    let client = try Client(endpoint: "http://127.0.0.1:9", region: "eu-west-1", account: "123456789012")
    let bytes = try WireCoding.encode(update.parameters(for: client))
    #expect(String(decoding: bytes, as: UTF8.self) == json)
    await client.shutdown()
  }

  @Test(arguments: [
    ("eu-west-1", "arn:aws:sqs:eu-west-1:123456789012:q"), ("cn-north-1", "arn:aws-cn:sqs:cn-north-1:123456789012:q"),
    ("us-gov-west-1", "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q"),
  ]) func aNameIsAnARNOfTheClientsRegionAndAccount(region: String, arn: String) async throws {
    let credentials = Client.Credentials(accessKeyID: "123456789012", secretAccessKey: "x")
    let client = try Client(endpoint: "http://127.0.0.1:9", region: region, credentials: credentials)
    #expect(Queue("q").arn(client) == arn)
    #expect(Queue(arn: "arn:other").arn(client) == "arn:other")
    await client.shutdown()
  }
}
