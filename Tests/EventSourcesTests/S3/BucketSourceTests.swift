import Delivery
import LambdaWire
import Mappings
import Testing

@testable import EventSources

@Suite(.timeLimit(.minutes(5))) struct BucketSourceTests {
  private let harness: PushHarness
  private let source: BucketSource
  private let kept = KeptInstallations()
  private let created = S3Selection(events: ["s3:ObjectCreated:*"])

  init() throws {
    harness = try PushHarness(PushHarness.bucket)
    source = try Self.source(of: harness.mapping, harness.world)
  }

  private static func source(of mapping: EventSourceMapping, _ world: SourceWorld) throws -> BucketSource {
    BucketSource(try #require(ARN(PushHarness.bucket)), of: mapping, world)
  }

  private func install(_ selection: S3Selection? = nil, queueARN: String? = "q") async throws(PushError) {
    try await source.install(selection ?? created, harness.installation(route: .sqs), queueARN: queueARN) {
      kept.add($0)
    }
  }

  private func expectCalls(_ expected: [String]) async {
    harness.aws.calls.close()
    var calls: [String] = []
    while let call = await harness.aws.calls.next() { calls.append(call) }
    #expect(calls == expected)
  }

  private func configuration(_ more: String = "", events: [String] = ["s3:ObjectCreated:*"]) -> String {
    let events = events.map { "<Event>\($0)</Event>" }.joined()
    return "<QueueConfiguration><Id>\(harness.queue)</Id><Queue>q</Queue>\(events)\(more)</QueueConfiguration>"
  }

  private func document(_ configurations: String) -> String {
    NotificationsCase.opening + configurations + NotificationsCase.closing
  }

  // MARK: Installing

  @Test func bucketIsToldOfTheQueueBesideAllOthers() async throws {
    harness.aws.configure("b", document(NotificationsCase.topic))
    try await install()
    #expect(harness.aws.configuration(of: "b") == document(NotificationsCase.topic + configuration()))
    #expect(kept.all == [harness.installation(route: .sqs)])
    await expectCalls(["GetNotification b", "PutNotification b"])
  }

  /// Each time S3 sends a test event to all that are in it.
  @Test func configurationThatIsAsItShouldBeIsNotPut() async throws {
    try await install()
    try await install()
    #expect(kept.all.count == 2)
    await expectCalls(["GetNotification b", "PutNotification b", "GetNotification b"])
  }

  @Test func otherSelectionTakesThePlaceOfTheOld() async throws {
    try await install()
    try await install(
      S3Selection(events: ["s3:ObjectRemoved:*", "s3:ObjectCreated:Put"], prefix: "in/", suffix: ".jpg"))
    let filter =
      "<Filter><S3Key><FilterRule><Name>prefix</Name><Value>in/</Value></FilterRule>"
      + "<FilterRule><Name>suffix</Name><Value>.jpg</Value></FilterRule></S3Key></Filter>"
    #expect(
      harness.aws.configuration(of: "b")
        == document(configuration(filter, events: ["s3:ObjectCreated:Put", "s3:ObjectRemoved:*"])))
    try await install()
    #expect(harness.aws.configuration(of: "b") == document(configuration()))
  }

  @Test func bucketThatIsToldElsewhereIsNotTouched() async throws {
    try await install(queueARN: nil)
    #expect(kept.all.count == 1)
    await expectCalls([])
  }

  @Test(arguments: [
    ("GetNotification", "GetBucketNotificationConfiguration"),
    ("PutNotification", "PutBucketNotificationConfiguration"),
  ])
  func refusedCallIsToldByItsName(call: String, action: String) async {
    harness.aws.refuse(call)
    await expect("Error occurred while \(action). S3 Error Code: AccessDenied. S3 Error Message: no") {
      () async throws(PushError) in try await install()
    }
    #expect(kept.all.isEmpty)
  }

  @Test func bucketThatIsGoneIsTold() async {
    harness.aws.configure("b", nil)
    await expect(
      """
      Error occurred while GetBucketNotificationConfiguration. S3 Error Code: NoSuchBucket. S3 Error Message: The \
      specified bucket does not exist
      """
    ) { () async throws(PushError) in try await install() }
  }

  @Test func configurationThatCannotBeReadIsLeftAsItIs() async {
    harness.aws.configure("b", "<NotificationConfiguration>")
    do throws(PushError) {
      try await install()
      Issue.record("nothing is thrown")
    } catch {
      #expect(error.problem.hasPrefix("Error occurred while GetBucketNotificationConfiguration. The bucket's config"))
    }
    #expect(harness.aws.configuration(of: "b") == "<NotificationConfiguration>")
  }

  private func expect(_ problem: String, _ body: () async throws(PushError) -> Void) async {
    do throws(PushError) {
      try await body()
      Issue.record("nothing is thrown")
    } catch { #expect(error.problem == problem) }
  }

  /// The configuration is read and written whole: without order one would undo what another has done.
  @Test func manyMappingsOfABucketAreToldOfAtOnce() async throws {
    let mappings = (0..<20).map { _ in PushHarness.mapping(PushHarness.bucket) }
    let sources = try mappings.map { try Self.source(of: $0, harness.world) }
    try await withThrowingTaskGroup { group in
      for source in sources {
        group.addTask { [created, installation = harness.installation(route: .sqs)] in
          try await source.install(created, installation, queueARN: "q") { _ in }
        }
      }
      try await group.waitForAll()
    }
    let all = try #require(harness.aws.configuration(of: "b"))
    for mapping in mappings { #expect(all.contains("<Id>headrace-\(mapping.id)</Id>")) }
    try await withThrowingTaskGroup { group in
      for source in sources {
        group.addTask { [installation = harness.installation(route: .sqs)] in try await source.uninstall(installation) }
      }
      try await group.waitForAll()
    }
    #expect(harness.aws.configuration(of: "b") == document(""))
  }

  // MARK: Taking away

  @Test func ourConfigurationIsTakenOutAlone() async throws {
    harness.aws.configure("b", document(NotificationsCase.topic + configuration() + "<EventBridgeConfiguration/>"))
    try await source.uninstall(harness.installation(route: .sqs))
    #expect(
      harness.aws.configuration(of: "b") == document(NotificationsCase.topic + "<EventBridgeConfiguration/>"))
  }

  @Test func configurationWithoutOursIsNotPut() async throws {
    harness.aws.configure("b", document(NotificationsCase.topic))
    try await source.uninstall(harness.installation(route: .sqs))
    await expectCalls(["GetNotification b"])
  }

  @Test func bucketThatIsGoneHasNothingToTakeAway() async throws {
    harness.aws.configure("b", nil)
    try await source.uninstall(harness.installation(route: .sqs))
    await expectCalls(["GetNotification b"])
  }

  @Test func bucketThatWasToldElsewhereIsNotTouched() async throws {
    try await source.uninstall(harness.installation(route: .webhook))
    await expectCalls([])
  }

  @Test(arguments: ["GetNotification", "PutNotification"]) func refusalToTakeAwayIsTold(call: String) async throws {
    try await install()
    harness.aws.refuse(call)
    await #expect(throws: PushError.self) { try await source.uninstall(harness.installation(route: .sqs)) }
    harness.aws.refuse(call, nil)
    try await source.uninstall(harness.installation(route: .sqs))
    #expect(harness.aws.configuration(of: "b") == document(""))
  }

  // MARK: Events

  private func payloads(_ body: String, _ selection: S3Selection? = nil) throws -> [String] {
    try source.payloads(in: Array(body.utf8), selection ?? created, harness.installation(route: .sqs))
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    (PushHarness.created("in/a"), 1), (PushHarness.created("in/a", in: "bb"), 0), (PushHarness.created("out/a"), 0),
    (PushHarness.created("in/a", name: "ObjectRemoved:Delete"), 0), (#"{"Event":"s3:TestEvent"}"#, 0),
  ])
  func recordsOfTheBucketThatAreSelectedAreEvents(body: String, count: Int) throws {
    let events = try payloads(body, S3Selection(events: ["s3:ObjectCreated:*"], prefix: "in/"))
    #expect(events.count == count)
    for event in events {
      #expect(event.contains(#""awsRegion":"us-east-1""#))
      #expect(event.contains(#""configurationId":"\#(harness.queue)""#))
    }
  }

  @Test func bodyThatIsNoneOfS3sIsTold() {
    let error = #expect(throws: IntakeError.self) { try payloads(#"{"Records":{}}"#) }
    #expect(error?.description == "the notification's Records are no list")
  }
}
