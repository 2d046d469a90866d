import JSON
import Synchronization
import Testing

@testable import Templates

/// Applications as a whole, with everything around them in memory.
@Suite struct StackTests {
  static let identity = StackIdentity(name: "Shop", account: "000000000000", region: "us-east-1")
  static let function: JSONValue = ["Type": "AWS::Lambda::Function", "Properties": ["FunctionName": "orders"]]

  let world = FakeWorld()

  static func queueARN(_ name: String) -> JSONValue { .string("arn:aws:sqs:us-east-1:000000000000:\(name)") }

  static func mapping(_ source: JSONValue = queueARN("q"), _ more: [JSONMember] = []) -> JSONValue {
    let properties = [JSONMember("EventSourceArn", source), JSONMember("FunctionName", ["Ref": "Function"])] + more
    return ["Type": "AWS::Lambda::EventSourceMapping", "Properties": .object(properties)]
  }

  static func template(_ resources: [String: JSONValue], _ more: [JSONMember] = []) -> JSONValue {
    let members =
      [JSONMember("Function", function)] + resources.sorted { $0.key < $1.key }.map { JSONMember($0.key, $0.value) }
    return .object([JSONMember("Resources", .object(members))] + more)
  }

  @discardableResult
  func apply(
    _ template: JSONValue, createsSources: Bool = false, identity: StackIdentity = identity
  ) async throws(StackError) -> StackOutcome {
    var application = Stacks.Application(identity: identity, document: template)
    application.createsSources = createsSources
    return try await world.stacks().apply(application)
  }

  // MARK: The diff

  @Test func aMappingIsMadeWithItsTags() async throws {
    let outcome = try await apply(Self.template(["Mapping": Self.mapping()]))
    #expect(outcome.record.status == .createComplete)
    #expect(outcome.changes.map(\.action) == [.add])
    #expect(outcome.functions == [.init(logicalID: "Function", name: "orders")])
    let (id, request) = try #require(world.mappings.first)
    #expect(request == ["EventSourceArn": Self.queueARN("q"), "FunctionName": "orders"])
    #expect(
      world.state.withLock { $0.tags[id] } == [
        "aws:cloudformation:stack-name": "Shop", "aws:cloudformation:stack-id": Self.identity.id,
        "aws:cloudformation:logical-id": "Mapping",
      ])
  }

  @Test func whatIsAppliedAgainIsNotTouched() async throws {
    let template = Self.template(["Mapping": Self.mapping(), "Queue": ["Type": "AWS::SQS::Queue"]])
    try await apply(template, createsSources: true)
    _ = world.takeCalls()
    let outcome = try await apply(template, createsSources: true)
    #expect(outcome.changes == [])
    #expect(outcome.unchanged == 2)
    #expect(world.takeCalls() == [])
  }

  @Test func whatAnUpdateCanChangeIsChangedInPlace() async throws {
    try await apply(Self.template(["Mapping": Self.mapping()]))
    let id = try #require(world.mappings.keys.first)
    _ = world.takeCalls()
    let outcome = try await apply(
      Self.template(["Mapping": Self.mapping(Self.queueARN("q"), [.init("BatchSize", "5")])]))
    #expect(world.takeCalls() == ["update mapping orders q"])
    #expect(world.mappings[id]?["BatchSize"] == 5)
    #expect(outcome.changes.map(\.details) == [[.init(property: "BatchSize", before: nil, after: 5)]])
  }

  @Test func aPropertyThatIsRemovedIsNotSentAnyMore() async throws {
    try await apply(Self.template(["Mapping": Self.mapping(Self.queueARN("q"), [.init("BatchSize", 5)])]))
    try await apply(Self.template(["Mapping": Self.mapping()]))
    #expect(world.mappings.values.map { $0["BatchSize"] } == [nil])
  }

  @Test func whatNoUpdateChangesIsReplacedAndTheOldOneGoesLast() async throws {
    try await apply(Self.template(["Mapping": Self.mapping()]))
    _ = world.takeCalls()
    let outcome = try await apply(Self.template(["Mapping": Self.mapping(Self.queueARN("other"))]))
    #expect(world.takeCalls() == ["create mapping orders other", "delete mapping orders q"])
    #expect(outcome.changes.map(\.isReplacement) == [true])
    #expect(world.mappings.count == 1)
  }

  @Test func whereTheOldOneIsInTheWayItGoesFirst() async throws {
    let stream = JSONValue.string("arn:aws:kinesis:us-east-1:000000000000:stream/s")
    try await apply(Self.template(["Mapping": Self.mapping(stream, [.init("StartingPosition", "LATEST")])]))
    _ = world.takeCalls()
    try await apply(Self.template(["Mapping": Self.mapping(stream, [.init("StartingPosition", "TRIM_HORIZON")])]))
    #expect(world.takeCalls() == ["delete mapping orders stream/s", "create mapping orders stream/s"])
    #expect(world.mappings.values.map { $0["StartingPosition"] } == ["TRIM_HORIZON"])
  }

  @Test func whatLeftTheTemplateIsRemoved() async throws {
    try await apply(Self.template(["Mapping": Self.mapping(), "Other": Self.mapping(Self.queueARN("p"))]))
    let outcome = try await apply(Self.template(["Mapping": Self.mapping()]))
    #expect(outcome.changes.map(\.action) == [.remove])
    #expect(world.mappings.values.map { $0["EventSourceArn"] } == [Self.queueARN("q")])
  }

  @Test func underAnotherLogicalIDAMappingIsTheSame() async throws {
    try await apply(Self.template(["Mapping": Self.mapping()]))
    let id = try #require(world.mappings.keys.first)
    _ = world.takeCalls()
    try await apply(Self.template(["Renamed": Self.mapping(Self.queueARN("q"), [.init("BatchSize", 7)])]))
    #expect(world.takeCalls() == ["update mapping orders q"])
    #expect(Array(world.mappings.keys) == [id])
    let entries = try world.stacks().get(Self.identity).entries
    #expect(entries.map(\.key) == ["Renamed"])
  }

  @Test func whatSomebodyDeletedIsMadeAgain() async throws {
    try await apply(Self.template(["Mapping": Self.mapping()]))
    world.state.withLock { $0.mappings = [:] }
    try await apply(Self.template(["Mapping": Self.mapping()]))
    #expect(world.mappings.count == 1)
  }

  @Test func aPlanChangesNothing() async throws {
    var application = Stacks.Application(
      identity: Self.identity,
      document: Self.template([
        "Mapping": Self.mapping(["Fn::GetAtt": ["Table", "StreamArn"]]), "Table": ["Type": "AWS::DynamoDB::Table"],
      ]))
    application.createsSources = true
    let outcome = try await world.stacks().plan(application)
    #expect(outcome.changes.map(\.action) == [.add, .add])
    #expect(outcome.changes.first { $0.logicalID == "Mapping" }?.knownLater == ["EventSourceArn"])
    #expect(world.takeCalls() == [])
    #expect(try world.stacks().list(account: "000000000000", region: "us-east-1") == [])
  }

  // MARK: Sources

  @Test func sourcesAreMadeBeforeWhatReadsThem() async throws {
    let template = Self.template([
      "AMapping": Self.mapping(["Fn::GetAtt": ["Table", "StreamArn"]]), "Table": ["Type": "AWS::DynamoDB::Table"],
    ])
    try await apply(template, createsSources: true)
    let calls = world.takeCalls()
    #expect(calls.count == 2 && calls[0].hasPrefix("create AWS::DynamoDB::Table Shop-Table-"))
    let arn = try #require(world.mappings.values.first?["EventSourceArn"]?.string)
    #expect(arn.hasPrefix("arn:aws:dynamodb:us-east-1:000000000000:Shop-Table-") && arn.contains("/stream/"))
  }

  @Test func withoutBeingAskedToSourcesAreLookedUp() async throws {
    let template = Self.template([
      "Mapping": Self.mapping(["Fn::GetAtt": ["Table", "StreamArn"]]),
      "Table": ["Type": "AWS::DynamoDB::Table", "Properties": ["TableName": "t"]],
    ])
    await #expect {
      try await self.apply(template)
    } throws: { error in
      "\(error)".contains("Mapping") && "\(error)".contains("--create-sources")
    }
    world.addSource("AWS::DynamoDB::Table", "t")
    try await apply(template)
    #expect(world.mappings.count == 1)
  }

  @Test func aRetainedSourceStays() async throws {
    let template = Self.template([
      "Table": ["Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain"], "Queue": ["Type": "AWS::SQS::Queue"],
    ])
    try await apply(template, createsSources: true)
    let outcome = try await world.stacks().delete(Self.identity)
    #expect(world.sourceNames.count == 1)
    #expect(outcome.changes.filter(\.isRetained).map(\.logicalID) == ["Table"])
    #expect(throws: StackError.notFound("Shop")) { try self.world.stacks().get(Self.identity) }
  }

  @Test func whatSomebodyElseHadNamedIsNeverDeleted() async throws {
    world.addSource("AWS::SQS::Queue", "theirs")
    let template = Self.template(["Queue": ["Type": "AWS::SQS::Queue", "Properties": ["QueueName": "theirs"]]])
    try await apply(template, createsSources: true)
    _ = try await world.stacks().delete(Self.identity)
    #expect(world.sourceNames == ["AWS::SQS::Queue theirs"])
  }

  @Test func aSourceThatIsGoneIsMadeAgainAndItsReadersFollow() async throws {
    let template = Self.template([
      "Mapping": Self.mapping(["Fn::GetAtt": ["Table", "StreamArn"]]), "Table": ["Type": "AWS::DynamoDB::Table"],
    ])
    try await apply(template, createsSources: true)
    let before = world.mappings.values.first?["EventSourceArn"]
    world.state.withLock { $0.sources = [:] }
    try await apply(template, createsSources: true)
    #expect(world.mappings.count == 1)
    #expect(world.mappings.values.first?["EventSourceArn"] != before)
  }

  // MARK: Rolling back

  @Test(arguments: [
    "create mapping orders r", "delete mapping orders q", "update mapping orders p", "create AWS::SQS::Queue",
  ])
  func whatFailsHalfWayLeavesWhatWasThere(failing: String) async throws {
    try await apply(
      Self.template([
        "A": Self.mapping(), "B": Self.mapping(Self.queueARN("p")), "C": Self.mapping(Self.queueARN("z")),
      ]))
    let before = world.mappings
    let entries = try world.stacks().get(Self.identity).entries
    world.fail(failing)
    let failure: StackError?
    do {
      let outcome = try await apply(
        Self.template([
          // Replaced, and in the way of its successor; changed; gone; new.
          "A": Self.mapping(Self.queueARN("q"), [.init("StartingPosition", "LATEST")]),
          "B": Self.mapping(Self.queueARN("p"), [.init("BatchSize", 3)]), "D": Self.mapping(Self.queueARN("r")),
          "Queue": ["Type": "AWS::SQS::Queue"],
        ]), createsSources: true)
      failure = nil
      #expect(outcome.leftovers != [])
    } catch {
      failure = error
    }
    guard case .rolledBack? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(world.mappings == before)
    #expect(world.sourceNames == [])
    let (record, after) = try world.stacks().get(Self.identity)
    #expect(after == entries)
    #expect(record.status == .rollbackComplete)
  }

  @Test func aCreationThatFailsLeavesNothing() async throws {
    world.fail("create mapping orders p")
    await #expect(throws: StackError.rolledBack(TemplateError("create mapping orders p was refused", at: "B"))) {
      try await self.apply(
        Self.template([
          "A": Self.mapping(), "B": Self.mapping(Self.queueARN("p")), "Queue": ["Type": "AWS::SQS::Queue"],
        ]),
        createsSources: true)
    }
    #expect(world.mappings == [:])
    #expect(world.sourceNames == [])
    #expect(throws: StackError.notFound("Shop")) { try self.world.stacks().get(Self.identity) }
  }

  @Test func whatIsWrongFromTheStartChangesNothing() async throws {
    await #expect(throws: StackError.refused(TemplateError("BatchSize is too small", at: "Mapping"))) {
      try await self.apply(
        Self.template([
          "Mapping": Self.mapping(Self.queueARN("q"), [.init("BatchSize", 0)]), "Queue": ["Type": "AWS::SQS::Queue"],
        ]),
        createsSources: true)
    }
    #expect(world.takeCalls() == [])
  }

  /// The process ends after every number of steps in turn; whoever comes next finds a stack that can be brought back.
  @Test(arguments: 0..<14) func anApplicationThatWasCutOffIsUndone(after calls: Int) async throws {
    try await apply(Self.template(["A": Self.mapping(), "B": Self.mapping(Self.queueARN("p"))]))
    let before = world.mappings
    let entries = try world.stacks().get(Self.identity).entries
    world.state.withLock { $0.callsLeft = calls }
    let next = Self.template([
      "A": Self.mapping(Self.queueARN("other")), "B": Self.mapping(Self.queueARN("p"), [.init("BatchSize", 3)]),
      "C": Self.mapping(Self.queueARN("r")), "Queue": ["Type": "AWS::SQS::Queue"],
    ])
    let isDone = (try? await apply(next, createsSources: true)) != nil
    world.state.withLock { $0.callsLeft = nil }
    #expect(try await world.stacks().resumeAll().isEmpty)
    let (record, after) = try world.stacks().get(Self.identity)
    #expect(record.status.isSettled)
    guard !isDone, after.map(\.key) == entries.map(\.key) else {
      // It was past the point from which it goes forward.
      #expect(after.map(\.key) == ["A", "B", "C", "Queue"])
      #expect(world.mappings.count == 3)
      return
    }
    #expect(world.mappings == before)
    #expect(after == entries)
    #expect(world.sourceNames == [])
  }

  // MARK: Exports

  @Test func whatIsExportedIsImportedAndStaysWhileItIs() async throws {
    try await apply(
      Self.template(
        ["Mapping": Self.mapping()],
        [.init("Outputs", ["Arn": ["Value": Self.queueARN("shared"), "Export": ["Name": "shared-arn"]]])]))
    let other = StackIdentity(name: "Reader", account: "000000000000", region: "us-east-1")
    try await apply(
      Self.template(["Mapping": Self.mapping(["Fn::ImportValue": "shared-arn"])]), identity: other)
    #expect(world.mappings.values.contains { $0["EventSourceArn"] == Self.queueARN("shared") })
    await #expect(throws: StackError.inUse("Export shared-arn cannot be deleted as it is in use by Reader")) {
      _ = try await self.world.stacks().delete(Self.identity)
    }
    _ = try await world.stacks().delete(other)
    _ = try await world.stacks().delete(Self.identity)
    #expect(world.mappings == [:])
  }

  @Test func anOutputOfAnotherStackIsAWeakReference() async throws {
    let far = StackIdentity(name: "Far", account: "000000000000", region: "eu-west-1")
    try await apply(
      Self.template(["Mapping": Self.mapping()], [.init("Outputs", ["Arn": ["Value": Self.queueARN("far")]])]),
      identity: far)
    let reader = Self.template([
      "Mapping": Self.mapping(["Fn::GetStackOutput": ["StackName": "Far", "OutputName": "Arn", "Region": "eu-west-1"]])
    ])
    try await apply(reader)
    #expect(world.mappings.values.contains { $0["EventSourceArn"] == Self.queueARN("far") })
    // It is looked at when the stack is applied, and nobody is kept from taking it away.
    _ = try await world.stacks().delete(far)
    await #expect(throws: StackError.refused(TemplateError("there is no stack 'Far' in eu-west-1", at: "Mapping"))) {
      try await self.apply(reader)
    }
  }

  @Test(arguments: [
    ("Shop", "Arn", "there is no stack 'Shop' in us-east-1"),
    ("Other", "Nope", "the stack 'Other' in us-east-1 has no output 'Nope'"),
  ]) func anOutputThatIsNotThereIsRefused(stack: String, output: String, text: String) async throws {
    let outputs: JSONValue = ["Arn": ["Value": Self.queueARN("q")]]
    try await apply(Self.template([:], [.init("Outputs", outputs)]))
    try await apply(
      Self.template([:], [.init("Outputs", outputs)]),
      identity: StackIdentity(name: "Other", account: "000000000000", region: "us-east-1"))
    await #expect(throws: StackError.refused(TemplateError(text, at: "Mapping"))) {
      try await self.apply(
        Self.template([
          "Mapping": Self.mapping(["Fn::GetStackOutput": ["StackName": .string(stack), "OutputName": .string(output)]])
        ]))
    }
  }
}
