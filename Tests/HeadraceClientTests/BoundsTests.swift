import AWSClient
import FoundationEssentials
import LambdaWire
import Testing

@testable import HeadraceClient

/// The CDK's bounds, checked before anything is sent.
@Suite struct BoundsTests {
  static let queue = Queue("orders")
  static let fifo = Queue("orders.fifo")
  static let stream = Stream("clicks")

  @Test(arguments: [
    (
      EventSourceDefinition.sqs(queue, batchSize: 0),
      "Maximum batch size must be between 1 and 10 inclusive (given 0) when batching window is not specified."
    ),
    (
      .sqs(queue, batchSize: 11),
      "Maximum batch size must be between 1 and 10 inclusive (given 11) when batching window is not specified."
    ),
    (
      .sqs(queue, batchSize: 10_001, maxBatchingWindow: .seconds(1)),
      "Maximum batch size must be between 1 and 10000 inclusive (given 10001) when batching window is specified."
    ),
    (.sqs(queue, maxBatchingWindow: .seconds(301)), "maxBatchingWindow cannot be over 300 seconds, got 301"),
    (.sqs(queue, maxBatchingWindow: .milliseconds(1500)), "maxBatchingWindow must be whole seconds, got 1.5 seconds"),
    (.sqs(fifo, maxBatchingWindow: .seconds(1)), "Batching window is not supported for FIFO queues"),
    (.sqs(queue, maxConcurrency: 1), "maxConcurrency must be between 2 and 1000 concurrent instances"),
    (.sqs(queue, maxConcurrency: 1001), "maxConcurrency must be between 2 and 1000 concurrent instances"),
    (
      .sqs(queue, maxConcurrency: 2, provisionedPollers: .init(minimum: 2)),
      "provisionedPollerConfig and maxConcurrency are mutually exclusive: specify only one"
    ),
    (
      .sqs(queue, provisionedPollers: .init(minimum: 1)),
      "Minimum provisioned pollers must be between 2 and 200 inclusive"
    ),
    (
      .sqs(queue, filterEncryptionKey: "arn:k"),
      "filter criteria must be provided to enable setting filter criteria encryption"
    ),
    (
      .kinesis(stream, startingPosition: .latest, batchSize: 10_001),
      "Maximum batch size must be between 1 and 10000 inclusive (given 10001)"
    ),
    (
      .kinesis(stream, startingPosition: .latest, maxRecordAge: .seconds(59)),
      "maxRecordAge must be between 60 seconds and 7 days inclusive"
    ),
    (
      .kinesis(stream, startingPosition: .latest, maxRecordAge: .seconds(604_801)),
      "maxRecordAge must be between 60 seconds and 7 days inclusive"
    ),
    (
      .kinesis(stream, startingPosition: .latest, retryAttempts: -2),
      "retryAttempts must be -1 (for infinite) or between 0 and 10000 inclusive, got -2"
    ),
    (
      .kinesis(stream, startingPosition: .latest, retryAttempts: 10_001),
      "retryAttempts must be -1 (for infinite) or between 0 and 10000 inclusive, got 10001"
    ),
    (
      .kinesis(stream, startingPosition: .latest, parallelizationFactor: 11),
      "parallelizationFactor must be between 1 and 10 inclusive, got 11"
    ),
    (
      .kinesis(stream, startingPosition: .latest, tumblingWindow: .seconds(901)),
      "tumblingWindow cannot be over 900 seconds, got 901"
    ),
    (
      .kinesis(stream, startingPosition: .latest, provisionedPollers: .init(minimum: 5, maximum: 4)),
      "Minimum provisioned pollers must be less than or equal to maximum provisioned pollers"
    ),
    (.kinesis(stream, startingPosition: .latest, metrics: []), "MetricsConfig must contain at least one metric type"),
    (
      .dynamoDB(table: Table(streamARN: "arn:table/t/stream/1"), startingPosition: .atTimestamp(1)),
      "DynamoDB streams cannot be read from a timestamp on"
    ),
    (
      .selfManagedKafka(bootstrapServers: [], topic: "t", startingPosition: .latest, secretARN: "arn:s"),
      "kafkaBootstrapServers must not be empty if set"
    ),
    (
      .selfManagedKafka(bootstrapServers: ["a:1"], topic: "t", startingPosition: .latest),
      "secret must be set if Kafka brokers accessed over Internet"
    ),
    (
      .selfManagedKafka(bootstrapServers: ["a:1"], topic: "t", startingPosition: .latest, subnets: ["subnet-1"]),
      "securityGroup must be set when providing vpc"
    ),
    (
      .managedKafka(clusterARN: "arn:c", topic: "t", startingPosition: .latest, consumerGroupID: "a b"),
      #"kafkaConsumerGroupId contains invalid characters. Allowed values are "[a-zA-Z0-9-/*:_+=.@-]""#
    ),
    (
      .managedKafka(clusterARN: "arn:c", topic: "t", startingPosition: .latest, consumerGroupID: ""),
      "kafkaConsumerGroupId must be a valid string between 1 and 200 characters"
    ),
    (
      .s3(Bucket("b"), events: [.objectCreated], filters: [.prefix("a"), .prefix("b")]),
      "Cannot specify more than one prefix rule in a filter."
    ),
    (.s3(Bucket("b"), events: []), "events must contain at least one event"),
    (
      .kinesis(stream, startingPosition: .latest, onFailure: .kafka(topic: "t")),
      "a Kafka topic as a destination is for Kafka event sources only"
    ),
    (
      .dynamoDB(
        table: Table(streamARN: "arn:table/t/stream/1"), startingPosition: .latest, onFailure: .kafka(topic: "t")),
      "a Kafka topic as a destination is for Kafka event sources only"
    ),
    (
      .managedKafka(
        clusterARN: "arn:c", topic: "t", startingPosition: .latest, onFailure: .kafka(topic: "kafka://a b")),
      "Topic name contains invalid characters. Only alphanumeric characters, dots, underscores, and hyphens are allowed"
    ),
    (
      .managedKafka(clusterARN: "arn:c", topic: "t", startingPosition: .latest, onFailure: .kafka(topic: "kafka://")),
      "Topic name cannot be empty"
    ),
  ])
  func whatIsOutOfBoundsIsRefusedBeforeAnythingIsSent(definition: EventSourceDefinition, text: String) async throws {
    // Nobody listens there: what is sent fails in another way.
    let client = try Client(endpoint: "http://127.0.0.1:9")
    await #expect(throws: HeadraceClientError.invalidParameter(text)) {
      try await client.function("f").addEventSource(definition)
    }
    await client.shutdown()
  }

  @Test(arguments: [
    EventSourceDefinition.sqs(queue, batchSize: 10), .sqs(queue, batchSize: 10_000, maxBatchingWindow: .seconds(300)),
    .sqs(queue, maxConcurrency: 1000), .sqs(fifo, batchSize: 1),
    .kinesis(
      stream, startingPosition: .atTimestamp(1.5), batchSize: 10_000, maxRecordAge: .seconds(604_800),
      retryAttempts: -1,
      parallelizationFactor: 10, tumblingWindow: .seconds(900)),
    .selfManagedKafka(
      bootstrapServers: ["a:1"], topic: "t", startingPosition: .latest, subnets: ["subnet-1"], securityGroup: "sg-1"),
  ]) func whatIsWithinBoundsPasses(definition: EventSourceDefinition) {
    #expect(definition.violations == [])
  }

  @Test func anUpdateHasTheSameBounds() {
    #expect(EventSourceUpdate(batchSize: 0, maxRecordAge: .seconds(1)).violations.count == 2)
    #expect(EventSourceUpdate(maxConcurrency: 2, provisionedPollers: .init(minimum: 2)).violations.count == 1)
    #expect(EventSourceUpdate.s3(events: []).violations == ["events must contain at least one event"])
  }

  @Test func regionIsNeededWhereLambdaItselfIsAsked() {
    let endpoint = "https://vpce-1.lambda.eu-west-1.vpce.amazonaws.com"
    guard (try? AWSConfiguration(variables: ProcessInfo.processInfo.environment))?.region == nil else { return }
    #expect(throws: HeadraceClientError.configuration("AWS needs a region: give Client its region, or set AWS_REGION"))
    {
      try Client(endpoint: endpoint)
    }
  }

  @Test func bucketsAndTopicsAreRefusedWhereLambdaItselfIsAsked() async throws {
    let client = try Client(endpoint: "https://lambda.eu-west-1.amazonaws.com", region: "eu-west-1")
    await #expect {
      try await client.function("f").addEventSource(.s3(Bucket("b"), events: [.objectCreated]))
    } throws: { error in
      "\(error)".contains("Headrace alone")
    }
    await client.shutdown()
  }

  /// AWS's keys do not tell their account, so a name would be one of somebody else's.
  @Test func aNameIsRefusedWhereTheAccountIsNotKnown() async throws {
    let credentials = Client.Credentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x")
    let client = try Client(
      endpoint: "https://lambda-fips.eu-west-1.amazonaws.com", region: "eu-west-1", credentials: credentials)
    await #expect {
      try await client.function("f").addEventSource(.sqs(Queue("orders")))
    } throws: { error in
      "\(error)".contains("needs an account")
    }
    await client.shutdown()
  }
}
