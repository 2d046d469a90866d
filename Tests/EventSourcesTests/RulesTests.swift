import LambdaWire
import Mappings
import Testing

@testable import EventSources

/// A request that would be created but for one fault.
struct RuleCase: Sendable, CustomTestStringConvertible {
  var source: String
  var json: String
  /// Nil where the request keeps all rules.
  var violation: String?

  var testDescription: String { "\(source) \(json)" }

  init(_ source: String, _ json: String, _ violation: String? = nil) {
    self.source = source
    self.json = json
    self.violation = violation
  }

  static func unsupported(_ parameter: String) -> String {
    "Unsupported '\(parameter)' parameter for given event source mapping type."
  }

  static let queue = "arn:aws:sqs:us-east-1:111111111111:q"
  static let fifo = "arn:aws:sqs:us-east-1:111111111111:q.fifo"
  static let stream = "arn:aws:kinesis:us-east-1:111111111111:stream/s"
  static let table = "arn:aws:dynamodb:us-east-1:111111111111:table/t/stream/2026-01-01T00:00:00.000"
  static let msk = "arn:aws:kafka:us-east-1:111111111111:cluster/c/11111111-1111-1111-1111-111111111111-1"
  static let broker = "arn:aws:mq:us-east-1:111111111111:broker:b:b-11111111-1111-1111-1111-111111111111"
  static let cluster = "arn:aws:rds:us-east-1:111111111111:cluster:c"
  static let kafka = #""SelfManagedEventSource":{"Endpoints":{"KAFKA_BOOTSTRAP_SERVERS":["kafka:9092"]}}"#
  static let auth = #""SourceAccessConfigurations":[{"Type":"BASIC_AUTH","URI":"arn:aws:secretsmanager:::s"}]"#
  static let startingPosition = """
    1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.
    """
  static let window = "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
  static let destination = "Unsupported DestinationConfig parameter for given event source mapping type."

  static let sqs: [RuleCase] = [
    .init(queue, "{}"),
    .init(queue, #"{"BatchSize":10}"#),
    .init(queue, #"{"BatchSize":11}"#, window),
    .init(queue, #"{"BatchSize":11,"MaximumBatchingWindowInSeconds":0}"#, window),
    .init(queue, #"{"BatchSize":10000,"MaximumBatchingWindowInSeconds":1}"#),
    .init(fifo, #"{"BatchSize":10}"#),
    .init(fifo, #"{"BatchSize":11}"#, "Maximum batch size for FIFO queues is 10"),
    .init(fifo, #"{"MaximumBatchingWindowInSeconds":1}"#, "Batching window is not supported for FIFO queues"),
    .init(queue, #"{"ScalingConfig":{"MaximumConcurrency":2}}"#),
    .init(
      queue, #"{"ScalingConfig":{"MaximumConcurrency":2},"ProvisionedPollerConfig":{"MinimumPollers":2}}"#,
      "ScalingConfig and ProvisionedPollerConfig cannot be used together."),
    .init(queue, #"{"ProvisionedPollerConfig":{"MinimumPollers":1}}"#, "MinimumPollers must be between 2 and 200"),
    .init(
      queue, #"{"ProvisionedPollerConfig":{"MinimumPollers":5,"MaximumPollers":4}}"#,
      "MinimumPollers must be less than or equal to MaximumPollers"),
    .init(queue, #"{"DestinationConfig":{"OnSuccess":{"Destination":"\#(fifo)"}}}"#, destination),
    .init(queue, #"{"DestinationConfig":{"OnFailure":{"Destination":"\#(fifo)"}}}"#, destination),
    .init(queue, #"{"DestinationConfig":{}}"#),
    .init(queue, #"{"StartingPosition":"LATEST"}"#, unsupported("startingPosition")),
    .init(queue, #"{"ParallelizationFactor":1}"#, unsupported("parallelizationFactor")),
    .init(queue, #"{"BisectBatchOnFunctionError":false}"#, unsupported("bisectBatchOnFunctionError")),
    .init(queue, #"{"Topics":["topic"]}"#, unsupported("topics")),
    .init(
      queue, #"{"MetricsConfig":{"Metrics":["KafkaMetrics"]}}"#,
      "Unsupported metric 'KafkaMetrics' for given event source mapping type."),
    .init(queue, #"{"FilterCriteria":{"Filters":[]}}"#),
    .init(queue, #"{"FilterCriteria":{"Filters":[{"Pattern":"{\"body\":{\"a\":[1]}}"}]}}"#),
    // Recorded: test_sqs_invalid_event_filter.
    .init(queue, #"{"FilterCriteria":{"Filters":[{"Pattern":"null"}]}}"#, "Invalid filter pattern definition."),
    .init(
      queue, #"{"FilterCriteria":{"Filters":[{"Pattern":"simple string"}]}}"#, "Invalid filter pattern definition."),
    .init(
      queue, #"{"FilterCriteria":{"Filters":[{"Pattern":"{\"eventSource\": \"aws:sqs\"}"}]}}"#,
      "Invalid filter pattern definition."),
    .init(
      queue, #"{"FilterCriteria":{"Filters":[{"Pattern":"{\"eventSource\": []}"}]}}"#,
      "Invalid filter pattern definition."),
    .init(queue, #"{"FilterCriteria":{"Filters":[{}]}}"#, "Invalid filter pattern definition."),
  ]

  static let streams: [RuleCase] = [stream, table].flatMap { arn -> [RuleCase] in
    [
      .init(arn, "{}", startingPosition),
      .init(arn, #"{"StartingPosition":"LATEST"}"#),
      .init(arn, #"{"StartingPosition":"TRIM_HORIZON","TumblingWindowInSeconds":900,"ParallelizationFactor":10}"#),
      .init(arn, #"{"StartingPosition":"LATEST","MaximumRecordAgeInSeconds":60}"#),
      .init(
        arn, #"{"StartingPosition":"LATEST","MaximumRecordAgeInSeconds":59}"#,
        "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)"),
      .init(
        arn, #"{"StartingPosition":"LATEST","ScalingConfig":{"MaximumConcurrency":2}}"#, unsupported("scalingConfig")),
      .init(arn, #"{"StartingPosition":"LATEST","Queues":["q"]}"#, unsupported("queues")),
      .init(arn, #"{"StartingPosition":"LATEST","DestinationConfig":{"OnFailure":{"Destination":"\#(queue)"}}}"#),
      .init(
        arn, #"{"StartingPosition":"LATEST","DestinationConfig":{"OnFailure":{"Destination":"arn:aws:s3:::bucket"}}}"#),
      .init(
        arn, #"{"StartingPosition":"LATEST","DestinationConfig":{"OnSuccess":{"Destination":"\#(queue)"}}}"#,
        destination),
      .init(
        arn, #"{"StartingPosition":"LATEST","DestinationConfig":{"OnFailure":{"Destination":"\#(fifo)"}}}"#,
        "FIFO queues and topics are not supported as OnFailure destination: \(fifo)"),
      .init(
        arn, #"{"StartingPosition":"LATEST","DestinationConfig":{"OnFailure":{"Destination":"kafka://topic"}}}"#,
        "Unsupported OnFailure destination for given event source mapping type: kafka://topic"),
    ]
  }

  static let startingPositions: [RuleCase] = [
    .init(stream, #"{"StartingPosition":"AT_TIMESTAMP"}"#, "Need to specify a timestamp"),
    .init(stream, #"{"StartingPosition":"AT_TIMESTAMP","StartingPositionTimestamp":1000}"#),
    .init(
      stream, #"{"StartingPosition":"AT_TIMESTAMP","StartingPositionTimestamp":2001}"#,
      "StartingPositionTimestamp must not be in the future"),
    .init(
      stream, #"{"StartingPosition":"LATEST","StartingPositionTimestamp":1000}"#,
      "StartingPositionTimestamp is only allowed with StartingPosition AT_TIMESTAMP"),
    .init(stream + "/consumer/c:1", #"{"StartingPosition":"LATEST"}"#),
    // Recorded: incompatible_starting_position.
    .init(
      table, #"{"StartingPosition":"AT_TIMESTAMP","StartingPositionTimestamp":1000}"#,
      "Unsupported starting position for arn type: \(table)"),
    .init(
      table, #"{"StartingPosition":"LATEST","StartingPositionTimestamp":1000}"#,
      unsupported("startingPositionTimestamp")),
  ]

  static let brokers: [RuleCase] = [
    .init(msk, #"{"StartingPosition":"LATEST","Topics":["topic"]}"#),
    .init(msk, #"{"Topics":["topic"]}"#, startingPosition),
    .init(msk, #"{"StartingPosition":"LATEST"}"#, "Required 'topics' parameter is missing."),
    .init(msk, #"{"StartingPosition":"LATEST","Topics":["topic"],\#(kafka)}"#, unsupported("selfManagedEventSource")),
    .init(
      msk, #"{"StartingPosition":"LATEST","Topics":["topic"],\#(auth)}"#,
      "Unsupported SourceAccessConfiguration type 'BASIC_AUTH' for given event source mapping type."),
    .init(
      msk, #"{"StartingPosition":"LATEST","Topics":["topic"],"MaximumRetryAttempts":1}"#,
      "Unsupported 'maximumRetryAttempts' parameter for given event source mapping type without "
        + "'provisionedPollerConfig'."),
    .init(
      msk,
      #"{"StartingPosition":"LATEST","Topics":["topic"],"MaximumRetryAttempts":1,"ProvisionedPollerConfig":{"MinimumPollers":1}}"#
    ),
    .init(
      msk,
      #"{"StartingPosition":"LATEST","Topics":["topic"],"DestinationConfig":{"OnFailure":{"Destination":"kafka://dead"}}}"#
    ),
    // Recorded: test_create_event_source_self_managed.
    .init("", #"{"Topics":["topic"],\#(kafka)}"#, "Required 'sourceAccessConfigurations' parameter is missing."),
    .init("", #"{"Topics":["topic"],\#(kafka),\#(auth)}"#),
    .init("", #"{\#(kafka),\#(auth)}"#, "Required 'topics' parameter is missing."),
    .init(
      "", #"{"Topics":["topic"],\#(kafka),\#(auth),"AmazonManagedKafkaEventSourceConfig":{"ConsumerGroupId":"g"}}"#,
      unsupported("amazonManagedKafkaEventSourceConfig")),
    .init(broker, #"{"Queues":["q"],\#(auth)}"#),
    .init(broker, #"{\#(auth)}"#, "Required 'queues' parameter is missing."),
    .init(broker, #"{"Queues":["q"]}"#, "Required 'sourceAccessConfigurations' parameter is missing."),
    .init(
      broker, #"{"Queues":["q"],"SourceAccessConfigurations":[{"Type":"VIRTUAL_HOST","URI":"/"}]}"#,
      "SourceAccessConfigurations must hold exactly one BASIC_AUTH."),
    .init(
      broker, #"{"Queues":["q"],"SourceAccessConfigurations":[{"Type":"BASIC_AUTH"}]}"#,
      "SourceAccessConfiguration 'BASIC_AUTH' needs a URI."),
    .init(broker, #"{"Queues":["q"],\#(auth),"StartingPosition":"LATEST"}"#, unsupported("startingPosition")),
    .init(
      cluster, #"{"StartingPosition":"LATEST","DocumentDBEventSourceConfig":{"DatabaseName":"d"},\#(auth)}"#),
    .init(
      cluster, #"{"StartingPosition":"LATEST",\#(auth)}"#,
      "Required 'documentDBEventSourceConfig' parameter is missing."),
    .init(
      cluster, #"{"StartingPosition":"LATEST","DocumentDBEventSourceConfig":{"CollectionName":"c"},\#(auth)}"#,
      "Required 'documentDBEventSourceConfig.databaseName' parameter is missing."),
    .init(
      cluster, #"{"StartingPosition":"LATEST","DocumentDBEventSourceConfig":{"DatabaseName":"d"}}"#,
      "Required 'sourceAccessConfigurations' parameter is missing."),
  ]

  static let bucket = "arn:aws:s3:::bucket"
  static let topic = "arn:aws:sns:us-east-1:111111111111:topic"

  /// What neither buckets nor topics have.
  private static let ofOthers: [(json: String, parameter: String)] = [
    (#""BatchSize":1"#, "batchSize"), (#""MaximumBatchingWindowInSeconds":0"#, "maximumBatchingWindowInSeconds"),
    (#""StartingPosition":"LATEST""#, "startingPosition"),
    (#""StartingPositionTimestamp":1000"#, "startingPositionTimestamp"),
    (#""ParallelizationFactor":1"#, "parallelizationFactor"),
    (#""BisectBatchOnFunctionError":true"#, "bisectBatchOnFunctionError"),
    (#""MaximumRetryAttempts":2"#, "maximumRetryAttempts"),
    (#""MaximumRecordAgeInSeconds":60"#, "maximumRecordAgeInSeconds"),
    (#""TumblingWindowInSeconds":1"#, "tumblingWindowInSeconds"),
    (#""FunctionResponseTypes":["ReportBatchItemFailures"]"#, "functionResponseTypes"),
    (#""FilterCriteria":{"Filters":[{"Pattern":"{}"}]}"#, "filterCriteria"),
    (#""ScalingConfig":{"MaximumConcurrency":2}"#, "scalingConfig"),
    (#""ProvisionedPollerConfig":{"MinimumPollers":2}"#, "provisionedPollerConfig"),
    (#""MetricsConfig":{"Metrics":["EventCount"]}"#, "metricsConfig"),
    (#""KMSKeyArn":"arn:aws:kms:us-east-1:111111111111:key/k""#, "kMSKeyArn"),
    (#""Topics":["topic"]"#, "topics"), (#""Queues":["q"]"#, "queues"), (auth, "sourceAccessConfigurations"),
    (kafka, "selfManagedEventSource"),
  ]

  static let pushed: [RuleCase] = [bucket, topic].flatMap { arn -> [RuleCase] in
    ofOthers.map { .init(arn, "{\($0.json)}", unsupported($0.parameter)) } + [
      .init(arn, "{}"),
      // Given empty is not given.
      .init(arn, #"{"FilterCriteria":{},"FunctionResponseTypes":[],"KMSKeyArn":"","DestinationConfig":{}}"#),
      .init(arn, #"{"DestinationConfig":{"OnFailure":{"Destination":"\#(queue)"}}}"#),
      .init(arn, #"{"DestinationConfig":{"OnFailure":{"Destination":"\#(topic)"}}}"#),
      .init(arn, #"{"DestinationConfig":{"OnFailure":{"Destination":"\#(bucket)"}}}"#),
      .init(
        arn, #"{"DestinationConfig":{"OnFailure":{"Destination":"\#(fifo)"}}}"#,
        "FIFO queues and topics are not supported as OnFailure destination: \(fifo)"),
      .init(
        arn, #"{"DestinationConfig":{"OnFailure":{"Destination":"\#(topic).fifo"}}}"#,
        "FIFO queues and topics are not supported as OnFailure destination: \(topic).fifo"),
      .init(
        arn, #"{"DestinationConfig":{"OnFailure":{"Destination":"kafka://dead"}}}"#,
        "Unsupported OnFailure destination for given event source mapping type: kafka://dead"),
      .init(
        arn, #"{"DestinationConfig":{"OnFailure":{"Destination":"\#(stream)"}}}"#,
        "Unsupported OnFailure destination for given event source mapping type: \(stream)"),
      .init(arn, #"{"DestinationConfig":{"OnSuccess":{"Destination":"\#(queue)"}}}"#, destination),
    ]
  }

  private static func rules(_ rules: (name: String, value: String)...) -> String {
    let rules = rules.map { #"{"Name":"\#($0.name)","Value":"\#($0.value)"}"# }
    return #"{"S3EventSourceConfig":{"Filter":{"Key":{"FilterRules":[\#(rules.joined(separator: ","))]}}}}"#
  }

  static let buckets: [RuleCase] = [
    .init("arn:aws-cn:s3:::bucket", "{}"),
    .init(bucket, #"{"S3EventSourceConfig":{}}"#),
    .init(bucket, #"{"S3EventSourceConfig":{"Events":[]}}"#),
    .init(bucket, #"{"S3EventSourceConfig":{"Events":["s3:ObjectCreated:Put","s3:ObjectRemoved:*"]}}"#),
    .init(bucket, #"{"S3EventSourceConfig":{"Filter":{}}}"#),
    .init(bucket, rules()), .init(bucket, rules(("prefix", "in/"))), .init(bucket, rules(("suffix", ""))),
    .init(bucket, rules(("prefix", "in/"), ("suffix", ".jpg"))),
    .init(
      bucket, rules(("prefix", "a"), ("prefix", "b")), "Cannot specify more than one prefix rule in a filter."),
    .init(
      bucket, rules(("Prefix", "a"), ("prefix", "b")), "Cannot specify more than one prefix rule in a filter."),
    .init(
      bucket, rules(("suffix", "a"), ("prefix", "p"), ("suffix", "a")),
      "Cannot specify more than one suffix rule in a filter."),
    .init(
      bucket, #"{"SNSEventSourceConfig":{"FilterPolicyScope":"MessageBody"}}"#, unsupported("sNSEventSourceConfig")),
    .init(bucket, #"{"SNSEventSourceConfig":{}}"#),
  ]

  private static func policy(_ text: String, scope: String? = nil) -> String {
    let scope = scope.map { #","FilterPolicyScope":"\#($0)""# } ?? ""
    return #"{"SNSEventSourceConfig":{"FilterPolicy":"\#(text)"\#(scope)}}"#
  }

  static let topics: [RuleCase] = [
    .init("\(topic).fifo", "{}", "FIFO topics are not supported as event source: \(topic).fifo"),
    .init(topic, #"{"SNSEventSourceConfig":{}}"#),
    .init(topic, policy("")), .init(topic, policy("{}")), .init(topic, policy(#"{\"a\":[\"x\"]}"#)),
    .init(topic, policy(#"{\"a\":[\"x\"]}"#, scope: "MessageAttributes")),
    .init(topic, policy(#"{\"a\":{\"b\":[1]}}"#, scope: "MessageBody")),
    .init(
      topic, policy(#"{\"a\":{\"b\":[1]}}"#),
      "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy"),
    .init(
      topic, policy(#"{\"a\":{\"b\":[1]}}"#, scope: "MessageAttributes"),
      "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy"),
    .init(
      topic, policy(#"{\"a\":[1],\"b\":[1],\"c\":[1],\"d\":[1],\"e\":[1],\"f\":[1]}"#),
      "Invalid parameter: FilterPolicy: Filter policy can not have more than 5 keys"),
    .init(
      topic, policy(#"{\"a\":[{\"numeric\":[\"=\",1000000001]}]}"#),
      "Invalid parameter: FilterPolicy: Value must be between -1.0E9 and 1.0E9, inclusive: 1000000001"),
    .init(topic, #"{"SNSEventSourceConfig":{"DeadLetterQueueArn":"\#(queue)"}}"#),
    .init(topic, #"{"SNSEventSourceConfig":{"DeadLetterQueueArn":""}}"#),
    .init(
      topic, #"{"SNSEventSourceConfig":{"DeadLetterQueueArn":"\#(fifo)"}}"#,
      "DeadLetterQueueArn must be the ARN of a standard queue: \(fifo)"),
    .init(
      topic, #"{"SNSEventSourceConfig":{"DeadLetterQueueArn":"\#(topic)"}}"#,
      "DeadLetterQueueArn must be the ARN of a standard queue: \(topic)"),
    .init(
      topic,
      #"{"SNSEventSourceConfig":{"DeadLetterQueueArn":"\#(queue)"},"DestinationConfig":{"OnFailure":{"Destination":"\#(bucket)"}}}"#
    ),
    .init(
      topic, #"{"S3EventSourceConfig":{"Events":["s3:ObjectCreated:*"]}}"#, unsupported("s3EventSourceConfig")),
    .init(topic, #"{"S3EventSourceConfig":{}}"#),
    .init(
      queue, #"{"S3EventSourceConfig":{"Events":["s3:ObjectCreated:*"]}}"#, unsupported("s3EventSourceConfig")),
    .init(
      stream, #"{"StartingPosition":"LATEST","SNSEventSourceConfig":{"FilterPolicyScope":"MessageBody"}}"#,
      unsupported("sNSEventSourceConfig")),
  ]

  static let unrecognized: [RuleCase] = [
    "", "arn:aws:s3:::bucket/key", "arn:aws:s3:us-east-1:111111111111:accesspoint/a",
    "arn:aws:sns:us-east-1:111111111111:topic:subscription",
    "arn:aws:dynamodb:us-east-1:111111111111:table/t", "arn:aws:kinesis:us-east-1:111111111111:stream",
    "arn:aws:kinesis:us-east-1:111111111111:stream/s/consumer", "arn:aws:rds:us-east-1:111111111111:db:d",
    "arn:aws:mq:us-east-1:111111111111:configuration:c", "arn:aws:kafka:us-east-1:111111111111:topic/t",
  ].map { .init($0, "{}", "Unrecognized event source.") }
}

@Suite struct RulesTests {
  private func check(_ rule: RuleCase, _ catalog: Catalog = Catalog()) async throws {
    // A store that takes everything: the rules stand before it.
    let service = MappingService(store: ResultStore(), catalog: catalog, now: { Milliseconds(2_000_000) })
    var request = try WireCoding.decode(CreateEventSourceMappingRequest.self, from: Array(rule.json.utf8))
    request.functionName = "f"
    request.eventSourceArn = rule.source.isEmpty ? nil : rule.source
    let scope = Scope(account: "111111111111", region: "us-east-1")
    if let violation = rule.violation {
      await #expect(throws: MappingError.invalidParameter(violation)) { try await service.create(request, in: scope) }
    } else {
      _ = try await service.create(request, in: scope)
    }
  }

  @Test(arguments: RuleCase.sqs) func queues(rule: RuleCase) async throws { try await check(rule) }
  @Test(arguments: RuleCase.streams) func streams(rule: RuleCase) async throws { try await check(rule) }
  @Test(arguments: RuleCase.startingPositions) func startingPositions(rule: RuleCase) async throws {
    try await check(rule)
  }
  @Test(arguments: RuleCase.brokers) func brokers(rule: RuleCase) async throws { try await check(rule) }
  @Test(arguments: RuleCase.pushed) func bucketsAndTopics(rule: RuleCase) async throws { try await check(rule) }
  @Test(arguments: RuleCase.buckets) func buckets(rule: RuleCase) async throws { try await check(rule) }
  @Test(arguments: RuleCase.topics) func topics(rule: RuleCase) async throws { try await check(rule) }
  @Test(arguments: RuleCase.unrecognized) func unrecognizedSources(rule: RuleCase) async throws {
    try await check(rule)
  }

  /// Where Headrace is no more than Lambda, there is no such source.
  @Test(arguments: [RuleCase.bucket, RuleCase.topic]) func strictCatalogDoesNotKnowWhatLambdaDoesNot(
    source: String
  ) async throws {
    try await check(RuleCase(source, "{}", "Unrecognized event source."), Catalog(isStrict: true))
  }

  @Test(arguments: [
    RuleCase(RuleCase.queue, "{}"), RuleCase(RuleCase.stream, #"{"StartingPosition":"LATEST"}"#),
    RuleCase(RuleCase.table, #"{"StartingPosition":"LATEST"}"#),
    RuleCase(RuleCase.msk, #"{"StartingPosition":"LATEST","Topics":["topic"]}"#),
    RuleCase(RuleCase.broker, #"{"Queues":["q"],\#(RuleCase.auth)}"#),
  ])
  func strictCatalogKnowsWhatLambdaDoes(rule: RuleCase) async throws { try await check(rule, Catalog(isStrict: true)) }

  @Test func strictCatalogOffersAllButTwo() {
    #expect(Catalog().offered == SourceKind.allCases)
    #expect(Set(SourceKind.allCases).subtracting(Catalog(isStrict: true).offered) == [.s3, .sns])
    // What is stored already is understood in any case.
    #expect(Catalog(isStrict: true).type(of: .s3).kind == .s3)
  }

  @Test(arguments: SourceKind.allCases) func typeIsOfItsKind(kind: SourceKind) {
    #expect(Catalog().type(of: kind).kind == kind)
  }

  /// The documented table of parameters: every cell that is refused.
  @Test(arguments: SourceKind.allCases) func refusedParametersAreTheDocumentedOnes(kind: SourceKind) {
    let everywhere: Set<Parameter> = [
      .batchSize, .maximumBatchingWindowInSeconds, .filterCriteria, .metricsConfig, .kmsKeyArn,
    ]
    let streams: Set<Parameter> = [
      .startingPosition, .startingPositionTimestamp, .parallelizationFactor, .bisectBatchOnFunctionError,
      .maximumRetryAttempts, .maximumRecordAgeInSeconds, .tumblingWindowInSeconds, .destinationConfig,
      .functionResponseTypes,
    ]
    let kafka: Set<Parameter> = [
      .startingPosition, .startingPositionTimestamp, .bisectBatchOnFunctionError, .maximumRetryAttempts,
      .maximumRecordAgeInSeconds, .destinationConfig, .functionResponseTypes, .provisionedPollerConfig, .loggingConfig,
      .topics, .sourceAccessConfigurations,
    ]
    let own: Set<Parameter> =
      switch kind {
      case .sqs: [.functionResponseTypes, .scalingConfig, .provisionedPollerConfig]
      case .kinesis, .dynamoDBStreams: streams
      case .managedKafka: kafka.union([.amazonManagedKafkaEventSourceConfig])
      case .selfManagedKafka: kafka.union([.selfManagedEventSource, .selfManagedKafkaEventSourceConfig])
      case .amazonMQ: [.queues, .sourceAccessConfigurations]
      case .documentDB:
        [
          .startingPosition, .startingPositionTimestamp, .sourceAccessConfigurations, .documentDBEventSourceConfig,
        ]
      // Not of Lambda's own table: nothing that all the others have.
      case .s3: [.s3EventSourceConfig, .destinationConfig]
      case .sns: [.snsEventSourceConfig, .destinationConfig]
      }
    guard kind != .s3, kind != .sns else {
      #expect(Catalog().type(of: kind).parameters == own)
      return
    }
    #expect(Catalog().type(of: kind).parameters == everywhere.union(own))
  }
}
