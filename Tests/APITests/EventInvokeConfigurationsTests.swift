import LambdaWire
import MappingStore
import Mappings
import SQLite
import Testing

/// Event invoke configurations as they are made, changed and kept: the rules and the database together.
@Suite struct EventInvokeConfigurationsTests {
  private static let scope = Scope(account: "111111111111", region: "us-east-1")
  private static let prefix = "arn:aws:lambda:us-east-1:111111111111:function:"
  private static let queue = "arn:aws:sqs:us-east-1:111111111111:q"

  private func withService(
    missing: Set<String> = [], _ body: (EventInvokeConfigurations) async throws -> Void
  ) async throws {
    let database = try Database(headrace: .memory)
    try await body(
      EventInvokeConfigurations(
        store: SQLiteEventInvokeConfigurationStore(database), functions: AbsentFunctions(names: missing),
        now: { Milliseconds(1_790_000_000_123) }))
    await database.close()
  }

  private func function(_ name: String = "f") -> FunctionARN { FunctionARN(stored: Self.prefix + name) }

  private static func settings(_ json: String) throws -> EventInvokeSettings {
    try WireCoding.decode(EventInvokeSettings.self, from: Array(json.utf8))
  }

  @Test(arguments: [("f", "$LATEST"), ("f:$LATEST", "$LATEST"), ("f:1", "1"), ("f:prod", "prod")])
  func configurationNamesItsQualifier(name: String, qualifier: String) async throws {
    try await withService { service in
      let made = try await service.put(.init(maximumRetryAttempts: 1), of: function(name))
      #expect(made.function.description == "\(Self.prefix)f:\(qualifier)")
      #expect(made.modifiedAt == Milliseconds(1_790_000_000_123))
      #expect(try service.get(function("f:\(qualifier)")) == made)
    }
  }

  @Test func putReplacesAndUpdateChangesWhatItNames() async throws {
    try await withService { service in
      try await service.put(.init(maximumRetryAttempts: 2, maximumEventAgeInSeconds: 60), of: function())
      let updated = try await service.update(.init(maximumRetryAttempts: 0), of: function())
      #expect((updated.maximumRetryAttempts, updated.maximumEventAgeSeconds) == (0, 60))
      let replaced = try await service.put(.init(maximumRetryAttempts: 1), of: function())
      #expect((replaced.maximumRetryAttempts, replaced.maximumEventAgeSeconds) == (1, nil))
      #expect(try service.get(function()) == replaced)
    }
  }

  @Test func destinationConfigOfAnUpdateIsAssumedToBeOneSetting() async throws {
    try await withService { service in
      let both = #"{"OnSuccess":{"Destination":"\#(Self.queue)"},"OnFailure":{"Destination":"arn:aws:s3:::b"}}"#
      let made = try await service.put(try Self.settings(#"{"DestinationConfig":\#(both)}"#), of: function())
      #expect((made.onSuccess, made.onFailure) == (Self.queue, "arn:aws:s3:::b"))
      let kept = try await service.update(.init(maximumRetryAttempts: 1), of: function())
      #expect((kept.onSuccess, kept.onFailure) == (Self.queue, "arn:aws:s3:::b"))
      let changed = try await service.update(
        try Self.settings(#"{"DestinationConfig":{"OnSuccess":{"Destination":"\#(Self.queue)2"}}}"#), of: function())
      #expect((changed.onSuccess, changed.onFailure) == ("\(Self.queue)2", nil))
      let cleared = try await service.update(try Self.settings(#"{"DestinationConfig":{}}"#), of: function())
      #expect((cleared.onSuccess, cleared.onFailure) == (nil, nil))
    }
  }

  @Test(arguments: ["{}", #"{"OnSuccess":{}}"#, #"{"OnFailure":{}}"#, #"{"OnFailure":{"Destination":""}}"#])
  func noDestinationIsASetting(destinations: String) async throws {
    try await withService { service in
      let made = try await service.put(try Self.settings(#"{"DestinationConfig":\#(destinations)}"#), of: function())
      #expect((made.onSuccess, made.onFailure) == (nil, nil))
    }
  }

  @Test func settingsHaveToBeGivenAndAreAskedForFirst() async throws {
    try await withService(missing: ["f"]) { service in
      let refusal = MappingError.invalidParameter(
        "You must specify at least one of error handling or destination setting.")
      await #expect(throws: refusal) { try await service.put(.init(), of: function()) }
      await #expect(throws: refusal) { try await service.update(.init(), of: function()) }
    }
  }

  /// A destination's member, its ARN, and why it is refused; nil where it is taken.
  static let destinations: [(String, String, String?)] = {
    func invalid(_ name: String, _ destination: String) -> String {
      name == "OnSuccess"
        ? "onSuccess=OnSuccess(destination=\(destination)), onFailure=null"
        : "onSuccess=null, onFailure=OnFailure(destination=\(destination))"
    }
    return ["OnSuccess", "OnFailure"].flatMap { name -> [(String, String, String?)] in
      let itself = "You can't specify the function as a destination for itself."
      var cases: [(String, String, String?)] = [
        (name, queue, nil), (name, "arn:aws:sns:us-east-1:111111111111:t", nil), (name, prefix + "other", nil),
        (name, prefix + "other:prod", nil), (name, prefix + "f", itself), (name, prefix + "f:1", itself),
        (name, prefix + "absent", "The destination ARN \(prefix)absent is invalid."),
        (name, queue + ".fifo", "FIFO queues and topics are not supported as destination: \(queue).fifo"),
        (
          name, "arn:aws:events:us-east-1:111111111111:event-bus/default",
          "Headrace sends no records to event buses: arn:aws:events:us-east-1:111111111111:event-bus/default"
        ),
      ]
      for other in ["arn:aws:iam:us-east-1:111111111111:function:f", "kafka://topic"] {
        let text = "The provided destination config DestinationConfig(\(invalid(name, other))) is invalid."
        cases.append((name, other, text))
      }
      let bucket = "arn:aws:s3:::b"
      let text = "The provided destination config DestinationConfig(\(invalid(name, bucket))) is invalid."
      cases.append((name, bucket, name == "OnFailure" ? nil : text))
      return cases
    }
  }()

  @Test(arguments: destinations) func destinationIsOneThatRecordsCanGoTo(
    member: String, destination: String, objection: String?
  ) async throws {
    try await withService(missing: ["absent"]) { service in
      let settings = try Self.settings(#"{"DestinationConfig":{"\#(member)":{"Destination":"\#(destination)"}}}"#)
      if let objection {
        await #expect(throws: MappingError.invalidParameter(objection)) {
          try await service.put(settings, of: function())
        }
        #expect(throws: MappingError.self) { try service.get(function()) }
      } else {
        let made = try await service.put(settings, of: function())
        #expect([made.onSuccess, made.onFailure].compactMap(\.self) == [destination])
      }
    }
  }

  @Test(arguments: [
    (#"{"MaximumRetryAttempts":3}"#, "Value '3' at 'maximumRetryAttempts'", "less than or equal to 2"),
    (#"{"MaximumRetryAttempts":-1}"#, "Value '-1' at 'maximumRetryAttempts'", "greater than or equal to 0"),
    (#"{"MaximumEventAgeInSeconds":59}"#, "Value '59' at 'maximumEventAgeInSeconds'", "greater than or equal to 60"),
    (
      #"{"MaximumEventAgeInSeconds":21601}"#, "Value '21601' at 'maximumEventAgeInSeconds'",
      "less than or equal to 21600"
    ),
    (
      #"{"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:_-/!lambda:us-east-1:111111111111:function:f"}}}"#,
      "Value 'arn:aws:_-/!lambda:us-east-1:111111111111:function:f' at 'destinationConfig.onFailure.destination'",
      "regular expression pattern"
    ),
  ]) func whatTheModelDoesNotAdmitIsRefused(json: String, place: String, rule: String) async throws {
    try await withService { service in
      let settings = try Self.settings(json)
      let error = await #expect(throws: MappingError.self) { try await service.put(settings, of: function()) }
      guard case .model(let violation)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(violation.code == .validation)
      #expect(violation.message.contains("1 validation error detected: \(place)"))
      #expect(violation.message.contains(rule))
    }
  }

  @Test(arguments: [("f", "$LATEST"), ("f:prod", "prod")])
  func whatIsNotConfiguredIsNotFound(name: String, qualifier: String) async throws {
    try await withService { service in
      let refusal = MappingError.notFound(
        "The function \(Self.prefix)f:\(qualifier) doesn't have an EventInvokeConfig")
      #expect(throws: refusal) { try service.get(function(name)) }
      await #expect(throws: refusal) { try await service.delete(function(name)) }
      await #expect(throws: refusal) {
        try await service.update(.init(maximumRetryAttempts: 1), of: function(name))
      }
    }
  }

  @Test func functionThatIsNotThereIsNotConfigured() async throws {
    try await withService(missing: ["f"]) { service in
      let missing = MappingError.notFound("The function doesn't exist.")
      await #expect(throws: missing) { try await service.put(.init(maximumRetryAttempts: 1), of: function()) }
      await #expect(throws: missing) { try await service.update(.init(maximumRetryAttempts: 1), of: function()) }
      await #expect(throws: missing) { _ = try await service.list(.init(functionName: "f"), in: Self.scope) }
      let none = MappingError.notFound("The function \(Self.prefix)f:$LATEST doesn't have an EventInvokeConfig")
      #expect(throws: none) { try service.get(function()) }
      await #expect(throws: none) { try await service.delete(function()) }
    }
  }

  @Test func listTellsAllQualifiersPageByPage() async throws {
    try await withService { service in
      for name in ["f", "f:1", "f:prod", "g"] {
        try await service.put(.init(maximumRetryAttempts: 1), of: function(name))
      }
      let first = try await service.list(.init(functionName: "f", maxItems: 2), in: Self.scope)
      #expect(first.configurations.map(\.function) == [function("f:$LATEST"), function("f:1")])
      let second = try await service.list(
        .init(functionName: "f", marker: first.next?.token, maxItems: 2), in: Self.scope)
      #expect(second.configurations.map(\.function) == [function("f:prod")])
      #expect(second.next == nil)
      try await service.delete(function())
      let left = try await service.list(.init(functionName: "f:assumedNotToMatter"), in: Self.scope)
      #expect(left.configurations.map(\.function) == [function("f:1"), function("f:prod")])
      await #expect(throws: MappingError.invalidParameter("Invalid marker: 'x'.")) {
        _ = try await service.list(.init(functionName: "f", marker: "x"), in: Self.scope)
      }
    }
  }

  @Test(
    arguments: [
      ("f", nil, "f"), ("f", "1", "f:1"), ("f:1", nil, "f:1"), ("f:1", "1", "f:1"),
      (prefix + "f:prod", "prod", "f:prod"),
      ("f:$LATEST", "$LATEST", "f:$LATEST"), ("f:1", "$LATEST", nil), ("f:$LATEST", "1", nil), ("f:1", "prod", nil),
      (prefix + "f:prod", "prod2", nil),
    ] as [(String, String?, String?)])
  func nameAndQualifierAgree(name: String, qualifier: String?, expected: String?) throws {
    if let expected {
      #expect(try FunctionARN(naming: name, qualifier: qualifier, in: Self.scope) == function(expected))
    } else {
      let text = "The derived qualifier from the function name does not match the specified qualifier."
      #expect(throws: MappingError.invalidParameter(text)) {
        try FunctionARN(naming: name, qualifier: qualifier, in: Self.scope)
      }
    }
  }
}

/// Knows which functions are not there, and invokes none.
private struct AbsentFunctions: FunctionInvoker {
  let names: Set<String>

  func invoke(_ invocation: Invocation) async -> InvocationResult { .withdrawn }
  func withdrawInvocations(of mapping: MappingID) {}
  func lookUp(_ function: FunctionARN) async -> FunctionLookup {
    names.contains(function.name) ? .missing : .unknown
  }
}
