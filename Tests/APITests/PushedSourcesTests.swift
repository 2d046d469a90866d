import EventSources
import LambdaWire
import MappingStore
import Mappings
import SQLite
import Testing

/// Mappings of buckets and topics as they are made, changed and kept: the rules, the service and the database together.
@Suite struct PushedSourcesTests {
  private static let scope = Scope(account: "111111111111", region: "us-east-1")
  private static let bucket = "arn:aws:s3:::b"
  private static let topic = "arn:aws:sns:us-east-1:111111111111:t"
  private static let overlap =
    "Configurations overlap. Configurations on the same bucket cannot share a common event type."
  private static let ambiguity =
    "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are "
    + "overlapping for the same event type."

  private func withService(_ body: (MappingService) async throws -> Void) async throws {
    let database = try Database(headrace: .memory)
    try await body(MappingService(store: SQLiteMappingStore(database), catalog: Catalog()))
    await database.close()
  }

  @discardableResult
  private func create(
    _ service: MappingService, _ source: String = bucket, _ json: String = "{}", function: String = "f",
    enabled: Bool = true, scope: Scope = scope
  ) async throws -> EventSourceMapping {
    var request = try WireCoding.decode(CreateEventSourceMappingRequest.self, from: Array(json.utf8))
    (request.functionName, request.eventSourceArn, request.enabled) = (function, source, enabled)
    return try await service.create(request, in: scope)
  }

  private func update(
    _ service: MappingService, _ mapping: EventSourceMapping, _ json: String
  ) async throws -> EventSourceMapping {
    let request = try WireCoding.decode(UpdateEventSourceMappingRequest.self, from: Array(json.utf8))
    return try await service.update(mapping.id.description, request, in: Self.scope)
  }

  /// What is kept of a mapping.
  private func kept(_ service: MappingService, _ mapping: EventSourceMapping) throws -> MappingParameters {
    try service.get(mapping.id.description, in: Self.scope).parameters.decoded()
  }

  private static func config(_ events: String, prefix: String? = nil, suffix: String? = nil) -> String {
    let rules = [("prefix", prefix), ("suffix", suffix)].compactMap { name, value in
      value.map { #"{"Name":"\#(name)","Value":"\#($0)"}"# }
    }
    let filter = rules.isEmpty ? "" : #","Filter":{"Key":{"FilterRules":[\#(rules.joined(separator: ","))]}}"#
    return #"{"S3EventSourceConfig":{"Events":["s3:\#(events)"]\#(filter)}}"#
  }

  // MARK: Overlaps

  /// Two configurations of one bucket, and why they cannot be; nil where they can.
  static let pairs: [(String, String, String?)] = [
    ("{}", "{}", overlap), ("{}", config("ObjectCreated:Put"), overlap),
    (config("ObjectRemoved:*"), config("ObjectRemoved:Delete"), overlap),
    ("{}", config("ObjectRemoved:*"), nil), (config("ObjectCreated:Put"), config("ObjectCreated:Copy"), nil),
    (config("ObjectCreated:*", prefix: "in/"), config("ObjectRemoved:*", prefix: "in/"), nil),
    ("{}", config("ObjectCreated:*", prefix: "in/"), ambiguity),
    (config("ObjectCreated:*", prefix: "in/"), config("ObjectCreated:*", prefix: "in/a"), ambiguity),
    (config("ObjectCreated:*", prefix: "in/"), config("ObjectCreated:*", prefix: "out/"), nil),
    (
      config("ObjectCreated:*", prefix: "in/", suffix: ".a"), config("ObjectCreated:*", prefix: "in/", suffix: ".b"),
      nil
    ),
    (config("ObjectCreated:*", suffix: ".a"), config("ObjectCreated:*", prefix: "in/"), ambiguity),
  ]

  @Test(arguments: pairs, ["f", "g"]) func mappingsOfABucketMayNotOverlapWhateverTheirFunctions(
    pair: (String, String, String?), function: String
  ) async throws {
    for (first, second) in [(pair.0, pair.1), (pair.1, pair.0)] {
      try await withService { service in
        try await create(service, Self.bucket, first)
        if let objection = pair.2 {
          await #expect(throws: MappingError.invalidParameter(objection)) {
            try await create(service, Self.bucket, second, function: function)
          }
          let page = try service.list(ListEventSourceMappingsRequest(), in: Self.scope)
          #expect(page.mappings.count == 1)
        } else {
          try await create(service, Self.bucket, second, function: function)
        }
      }
    }
  }

  @Test(arguments: pairs) func changeMayNotMakeMappingsOverlap(pair: (String, String, String?)) async throws {
    try await withService { service in
      try await create(service, Self.bucket, pair.0)
      let second = try await create(service, Self.bucket, Self.config("LifecycleTransition"), function: "g")
      if let objection = pair.2 {
        let before = try service.get(second.id.description, in: Self.scope)
        // `{}` alone changes nothing of it.
        let change = pair.1 == "{}" ? #"{"S3EventSourceConfig":{}}"# : pair.1
        await #expect(throws: MappingError.invalidParameter(objection)) {
          _ = try await update(service, second, change)
        }
        #expect(try service.get(second.id.description, in: Self.scope) == before)
      } else {
        _ = try await update(service, second, pair.1)
      }
    }
  }

  @Test func mappingDoesNotOverlapItself() async throws {
    try await withService { service in
      let mapping = try await create(service)
      _ = try await update(service, mapping, Self.config("ObjectCreated:Put"))
      _ = try await update(service, mapping, #"{"Enabled":false}"#)
      #expect(try kept(service, mapping).s3EventSourceConfig?.events == ["s3:ObjectCreated:Put"])
    }
  }

  @Test func disabledMappingKeepsItsPlaceAndADeletedOneGivesItUp() async throws {
    try await withService { service in
      let first = try await create(service, enabled: false)
      await #expect(throws: MappingError.invalidParameter(Self.overlap)) { try await create(service, function: "g") }
      _ = try await service.delete(first.id.description, in: Self.scope)
      try await create(service, function: "g")
    }
  }

  @Test func otherBucketsAndOtherAccountsDoNotOverlap() async throws {
    try await withService { service in
      try await create(service)
      try await create(service, "arn:aws:s3:::bb")
      try await create(service, scope: Scope(account: "222222222222", region: "us-east-1"))
    }
  }

  @Test func oneOfManyThatOverlapIsMadeWhoeverRaces() async throws {
    try await withService { service in
      let made = await withTaskGroup { group in
        for number in 0..<16 {
          group.addTask { (try? await create(service, function: "f\(number)")) != nil }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(made == 1)
    }
  }

  @Test func functionIsSubscribedToATopicOnce() async throws {
    try await withService { service in
      let first = try await create(service, Self.topic)
      let conflict = MappingError.conflict(
        """
        The event source arn (" \(Self.topic) ") and function (" f ") provided mapping already exists. Please update or \
        delete the existing mapping with UUID \(first.id)
        """)
      await #expect(throws: conflict) {
        try await create(service, Self.topic, #"{"SNSEventSourceConfig":{"FilterPolicy":"{\"a\":[1]}"}}"#)
      }
      try await create(service, Self.topic, function: "g")
      try await create(service, Self.topic + "2")
    }
  }

  // MARK: Defaults

  @Test func bucketHasItsDefaults() async throws {
    try await withService { service in
      let mapping = try await create(service)
      #expect(try kept(service, mapping).s3EventSourceConfig == S3EventSourceConfig(events: ["s3:ObjectCreated:*"]))
      #expect(try service.get(mapping.id.description, in: Self.scope).state == .enabled)
      #expect(mapping.lastProcessingResult == "No records processed")
      #expect(mapping.kind == .s3)
    }
  }

  @Test(arguments: [
    #"{"S3EventSourceConfig":{"Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"in/"}]}}}}"#,
    #"{"S3EventSourceConfig":{"Events":[],"Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"in/"}]}}}}"#,
  ])
  func bucketWithAFilterAloneHasItsDefaultEvents(json: String) async throws {
    let filter = S3EventSourceConfig.Filter(
      key: .init(filterRules: [.init(name: "prefix", value: "in/")]))
    let expected = S3EventSourceConfig(events: ["s3:ObjectCreated:*"], filter: filter)
    try await withService { service in
      let mapping = try await create(service, Self.bucket, json)
      #expect(try kept(service, mapping).s3EventSourceConfig == expected)
      _ = try await update(service, mapping, Self.config("ObjectRemoved:*"))
      _ = try await update(service, mapping, json)
      #expect(try kept(service, mapping).s3EventSourceConfig == expected)
    }
  }

  @Test func changeOfABucketReplacesItsConfigurationAndAnEmptyOneGoesBackToTheDefaults() async throws {
    try await withService { service in
      let mapping = try await create(service, Self.bucket, Self.config("ObjectRemoved:*", prefix: "in/"))
      _ = try await update(service, mapping, #"{"Enabled":false}"#)
      #expect(try kept(service, mapping).s3EventSourceConfig?.filter != nil)
      _ = try await update(service, mapping, Self.config("ObjectTagging:*"))
      #expect(try kept(service, mapping).s3EventSourceConfig == S3EventSourceConfig(events: ["s3:ObjectTagging:*"]))
      _ = try await update(service, mapping, #"{"S3EventSourceConfig":{}}"#)
      #expect(try kept(service, mapping).s3EventSourceConfig == S3EventSourceConfig(events: ["s3:ObjectCreated:*"]))
    }
  }

  @Test func topicHasItsDefaults() async throws {
    try await withService { service in
      let mapping = try await create(service, Self.topic)
      let defaults = SNSEventSourceConfig(filterPolicyScope: "MessageAttributes")
      #expect(try kept(service, mapping).snsEventSourceConfig == defaults)
      #expect(mapping.lastProcessingResult == "No records processed")
      _ = try await update(service, mapping, #"{"SNSEventSourceConfig":{"FilterPolicy":"{\"a\":[1]}"}}"#)
      #expect(
        try kept(service, mapping).snsEventSourceConfig
          == SNSEventSourceConfig(filterPolicy: #"{"a":[1]}"#, filterPolicyScope: "MessageAttributes"))
      let queue = "arn:aws:sqs:us-east-1:111111111111:q"
      _ = try await update(
        service, mapping,
        #"{"SNSEventSourceConfig":{"DeadLetterQueueArn":"\#(queue)","FilterPolicyScope":"MessageBody"}}"#)
      #expect(
        try kept(service, mapping).snsEventSourceConfig
          == SNSEventSourceConfig(filterPolicyScope: "MessageBody", deadLetterQueueArn: queue))
      _ = try await update(service, mapping, #"{"SNSEventSourceConfig":{}}"#)
      #expect(try kept(service, mapping).snsEventSourceConfig == defaults)
    }
  }

  @Test func scopeAloneDoesNotMakeAPolicyOfTheOtherValid() async throws {
    try await withService { service in
      let nested = #"{"SNSEventSourceConfig":{"FilterPolicy":"{\"a\":{\"b\":[1]}}","FilterPolicyScope":"MessageBody"}}"#
      let mapping = try await create(service, Self.topic, nested)
      await #expect(throws: MappingError.self) {
        _ = try await update(
          service, mapping, nested.replacing("MessageBody", with: "MessageAttributes"))
      }
      #expect(try kept(service, mapping).snsEventSourceConfig?.filterPolicyScope == "MessageBody")
    }
  }

  @Test(arguments: [bucket, topic]) func changeTakesNoParametersOfOthers(source: String) async throws {
    try await withService { service in
      let mapping = try await create(service, source)
      await #expect(throws: MappingError.unsupported("batchSize")) {
        _ = try await update(service, mapping, #"{"BatchSize":1}"#)
      }
      let other = source == Self.bucket ? "SNSEventSourceConfig" : "S3EventSourceConfig"
      let value = source == Self.bucket ? #"{"FilterPolicy":"{}"}"# : #"{"Events":["s3:ObjectCreated:*"]}"#
      await #expect(throws: MappingError.self) { _ = try await update(service, mapping, #"{"\#(other)":\#(value)}"#) }
      _ = try await update(service, mapping, #"{"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:s3:::o"}}}"#)
      #expect(try kept(service, mapping).destinationConfig?.onFailure?.destination == "arn:aws:s3:::o")
      _ = try await update(service, mapping, #"{"DestinationConfig":{}}"#)
      #expect(try kept(service, mapping).destinationConfig?.onFailure?.destination == nil)
    }
  }
}
