import Delivery
import LambdaWire
import Mappings
import Testing

@testable import EventSources

@Suite(.timeLimit(.minutes(5))) struct TopicSubscriptionTests {
  private let harness: PushHarness
  private let source: TopicSubscription
  private let kept = KeptInstallations()
  private static let arn = "\(PushHarness.topic):s1"

  init() throws {
    harness = try PushHarness(PushHarness.topic)
    source = try Self.source(of: harness)
  }

  private static func source(of harness: PushHarness) throws -> TopicSubscription {
    TopicSubscription(try #require(ARN(PushHarness.topic)), of: harness.mapping.id, harness.world)
  }

  private func install(
    _ installation: SourceInstallation? = nil, _ other: TopicSubscription? = nil, queueARN: String? = nil
  ) async throws(PushError) {
    // No policy wants everything, and none cannot be wrong.
    guard let everything = try? TopicSelection(nil) else { return }
    try await (other ?? source).install(
      everything, installation ?? harness.installation(route: .http), queueARN: queueARN
    ) { installation in kept.add(installation) }
  }

  /// What was kept, in its order: the endpoint and the subscription's ARN.
  private func expectKept(_ expected: [(endpoint: String?, subscription: String?)]) {
    #expect(kept.all.map(\.endpoint) == expected.map(\.endpoint))
    #expect(kept.all.map(\.subscription) == expected.map(\.subscription))
  }

  private func expectCalls(_ expected: [String]) async {
    harness.aws.calls.close()
    var calls: [String] = []
    while let call = await harness.aws.calls.next() { calls.append(call) }
    #expect(calls == expected)
  }

  // MARK: Confirming

  @Test func subscriptionThatNeedsNoConfirmationIsThereAtOnce() async throws {
    try await install()
    expectKept([(harness.url, nil), (harness.url, Self.arn)])
    await expectCalls(["Subscribe http \(harness.url)", "GetSubscriptionAttributes \(Self.arn)"])
  }

  @Test(arguments: [FakeAWS.SubscribeAnswer.pending, .unknown])
  func subscriptionIsConfirmedWithTheTokenThatIsPosted(answer: FakeAWS.SubscribeAnswer) async throws {
    harness.aws.subscriptionsAre(answer)
    async let installed: Void = install()
    #expect(await harness.aws.calls.next() == "Subscribe http \(harness.url)")
    #expect(source.confirm("token"))
    try await installed
    expectKept([(harness.url, nil), (harness.url, Self.arn)])
    #expect(harness.aws.subscriptions.map(\.isPending) == [false])
    await expectCalls(
      (answer == .pending ? ["GetSubscriptionAttributes \(Self.arn)"] : []) + ["ConfirmSubscription token"])
  }

  @Test(arguments: [FakeAWS.SubscribeAnswer.pending, .unknown])
  func tokenMayComeBeforeSubscribeIsAnswered(answer: FakeAWS.SubscribeAnswer) async throws {
    harness.aws.subscriptionsAre(answer)
    harness.aws.whileSubscribing { [source] in #expect(source.confirm("early")) }
    try await install()
    expectKept([(harness.url, nil), (harness.url, Self.arn)])
    #expect(harness.aws.subscriptions.map(\.isPending) == [false])
  }

  @Test func tokenThatNobodyWaitsForIsRefused() async throws {
    #expect(!source.confirm("before"))
    try await install()
    #expect(!source.confirm("after"))
    harness.aws.whileSubscribing { [source] in #expect(!source.confirm("of a queue")) }
    try await install(harness.installation(route: .sqs), queueARN: harness.queueARN)
  }

  @Test func waitForTheTokenEndsWithItsTask() async throws {
    harness.aws.subscriptionsAre(.unknown)
    let task = Task { try await install() }
    #expect(await harness.aws.calls.next() == "Subscribe http \(harness.url)")
    task.cancel()
    await #expect(throws: PushError.self) { try await task.value }
    expectKept([(harness.url, nil)])
    // A token that comes late is for the next try, unless nobody wants the subscription any more.
    #expect(source.confirm("late"))
    try await install(harness.installation(route: .http, endpoint: harness.url))
    #expect(harness.aws.subscriptions.map(\.isPending) == [false])
    #expect(!source.confirm("too late"))
  }

  @Test func lastOfSeveralTokensCounts() async throws {
    harness.aws.subscriptionsAre(.pending)
    harness.aws.whileSubscribing { [source] in
      for token in ["first", "second"] { #expect(source.confirm(token)) }
    }
    try await install()
    await expectCalls([
      "Subscribe http \(harness.url)", "GetSubscriptionAttributes \(Self.arn)", "ConfirmSubscription second",
    ])
  }

  /// A server may ask though it has confirmed already.
  @Test func tokenThatWasNotNeededIsForgotten() async throws {
    harness.aws.whileSubscribing { [source] in #expect(source.confirm("old")) }
    try await install()
    harness.aws.dropSubscriptions()
    harness.aws.subscriptionsAre(.pending)
    harness.aws.whileSubscribing { [source] in #expect(source.confirm("new")) }
    try await install(kept.all.last)
    var call = await harness.aws.calls.next()
    while call?.hasPrefix("Confirm") == false { call = await harness.aws.calls.next() }
    #expect(call == "ConfirmSubscription new")
    #expect(harness.aws.subscriptions.map(\.isPending) == [false])
  }

  @Test func tokenForWhatIsTakenBackIsRefused() async throws {
    harness.aws.subscriptionsAre(.unknown)
    let task = Task { try await install() }
    #expect(await harness.aws.calls.next() == "Subscribe http \(harness.url)")
    task.cancel()
    await #expect(throws: PushError.self) { try await task.value }
    try await source.uninstall(harness.installation(route: .http, endpoint: harness.url))
    #expect(!source.confirm("late"))
  }

  @Test func confirmationThatIsRefusedIsTold() async throws {
    harness.aws.subscriptionsAre(.unknown)
    harness.aws.refuse("ConfirmSubscription", .init(status: 400, code: "InvalidParameter", message: "Invalid token"))
    harness.aws.whileSubscribing { [source] in #expect(source.confirm("bad")) }
    await expect(
      "Error occurred while ConfirmSubscription. SNS Error Code: InvalidParameter. SNS Error Message: Invalid token"
    ) {
      () async throws(PushError) in try await install()
    }
  }

  private func expect(_ problem: String, _ body: () async throws(PushError) -> Void) async {
    do throws(PushError) {
      try await body()
      Issue.record("nothing is thrown")
    } catch { #expect(error.problem == problem) }
  }

  // MARK: Where events are sent

  @Test func endpointOfTLSIsSubscribedAsOne() async throws {
    let harness = try PushHarness(
      PushHarness.topic, push: PushSettings(publicURL: "https://hooks.example", isPublic: true))
    let source = try Self.source(of: harness)
    try await install(nil, source)
    #expect(harness.aws.subscriptions.map(\.transport) == ["https"])
    #expect(
      harness.aws.subscriptions.map(\.endpoint) == ["https://hooks.example/_headrace/events/sns/\(harness.mapping.id)"])
  }

  @Test func queueIsSubscribedByItsARN() async throws {
    try await install(harness.installation(route: .sqs), queueARN: harness.queueARN)
    expectKept([(harness.queueARN, nil), (harness.queueARN, Self.arn)])
    await expectCalls(["Subscribe sqs \(harness.queueARN)", "GetSubscriptionAttributes \(Self.arn)"])
  }

  @Test func queueThatIsNotSubscribedAtOnceIsNotWaitedFor() async throws {
    harness.aws.answer("Subscribe", "<SubscriptionArn>pending confirmation</SubscriptionArn>")
    await #expect(throws: PushError.self) {
      try await install(harness.installation(route: .sqs), queueARN: harness.queueARN)
    }
  }

  @Test func topicOfAWSItselfCannotCallThisMachine() async throws {
    let credentials = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"]
    let harness = try PushHarness(PushHarness.topic, variables: credentials)
    let source = try Self.source(of: harness)
    await expect("AWS cannot call http://127.0.0.1:9400: use --sns-via sqs, or set --public-url") {
      () async throws(PushError) in try await install(nil, source)
    }
    #expect(harness.aws.subscriptions.isEmpty)
    #expect(kept.all.isEmpty)
    // By a queue, or where it is public, it can.
    try await install(harness.installation(route: .sqs), source, queueARN: harness.queueARN)
    let open = try PushHarness(
      PushHarness.topic, push: PushSettings(publicURL: "http://hooks.example", isPublic: true), variables: credentials)
    try await install(nil, try Self.source(of: open))
    #expect(open.aws.subscriptions.count == 1)
  }

  // MARK: What is there already

  @Test func subscriptionThatStandsIsLeftAsItIs() async throws {
    try await install()
    let known = try #require(kept.all.last)
    try await install(known)
    #expect(kept.all.last == known)
    await expectCalls(
      ["Subscribe http \(harness.url)"] + Array(repeating: "GetSubscriptionAttributes \(Self.arn)", count: 2))
  }

  @Test func subscriptionThatIsGoneIsMadeAgain() async throws {
    try await install()
    let known = try #require(kept.all.last)
    harness.aws.dropSubscriptions()
    try await install(known)
    #expect(kept.all.last?.subscription == "\(PushHarness.topic):s2")
    #expect(harness.aws.subscriptions.map(\.endpoint) == [harness.url])
  }

  @Test func subscriptionThatWasNeverConfirmedIsConfirmed() async throws {
    harness.aws.subscriptionsAre(.pending)
    harness.aws.whileSubscribing { [source] in _ = source.confirm("token") }
    let known = harness.installation(route: .http, subscription: "\(PushHarness.topic):lost", endpoint: harness.url)
    try await install(known)
    expectKept([(harness.url, nil), (harness.url, Self.arn)])
    #expect(harness.aws.subscriptions.map(\.isPending) == [false])
  }

  @Test func otherEndpointTakesThePlaceOfTheOldOne() async throws {
    try await install(harness.installation(route: .sqs), queueARN: "arn:aws:sqs:us-east-1:111111111111:old")
    let known = try #require(kept.all.last)
    try await install(known)
    #expect(harness.aws.subscriptions.map(\.endpoint) == [harness.url])
    await expectCalls([
      "Subscribe sqs arn:aws:sqs:us-east-1:111111111111:old", "GetSubscriptionAttributes \(Self.arn)",
      "Unsubscribe \(Self.arn)", "Subscribe http \(harness.url)",
      "GetSubscriptionAttributes \(PushHarness.topic):s2",
    ])
  }

  @Test(arguments: ["Subscribe", "GetSubscriptionAttributes"]) func refusedCallIsToldByItsName(action: String)
    async throws
  {
    harness.aws.refuse(action, .init(code: "AuthorizationError", message: "not you"))
    await expect("Error occurred while \(action). SNS Error Code: AuthorizationError. SNS Error Message: not you") {
      () async throws(PushError) in try await install()
    }
    // That something was about to be subscribed is known all the same.
    expectKept([(harness.url, nil)])
  }

  @Test func topicThatIsGoneIsTold() async throws {
    harness.aws.dropTopics()
    await expect("Error occurred while Subscribe. SNS Error Code: NotFound. SNS Error Message: Topic does not exist") {
      () async throws(PushError) in try await install()
    }
  }

  // MARK: Taking away

  @Test func subscriptionIsTakenBackByItsARN() async throws {
    try await install()
    try await source.uninstall(try #require(kept.all.last))
    #expect(harness.aws.subscriptions.isEmpty)
  }

  @Test(arguments: [PushRoute.http, .sqs])
  func subscriptionWhoseARNIsUnknownIsFoundBySubscribingAgain(route: PushRoute) async throws {
    harness.aws.subscriptionsAre(.pending)
    let endpoint = route == .sqs ? harness.queueARN : harness.url
    try await source.uninstall(harness.installation(route: route, endpoint: endpoint))
    #expect(harness.aws.subscriptions.isEmpty)
    await expectCalls(["Subscribe \(route.rawValue) \(endpoint)", "Unsubscribe \(Self.arn)"])
  }

  @Test func subscriptionThatCannotBeFoundEndsByItself() async throws {
    harness.aws.subscriptionsAre(.unknown)
    try await source.uninstall(harness.installation(route: .http, endpoint: harness.url))
    await expectCalls(["Subscribe http \(harness.url)"])
  }

  @Test func nothingIsTakenBackWhereNothingWasSubscribed() async throws {
    try await source.uninstall(harness.installation(route: .http))
    await expectCalls([])
  }

  @Test(arguments: [nil, arn]) func topicThatIsGoneHasNothingToTakeBack(subscription: String?) async throws {
    harness.aws.dropTopics()
    harness.aws.refuse("Unsubscribe", .init(status: 404, code: "NotFound", message: "gone"))
    try await source.uninstall(harness.installation(route: .http, subscription: subscription, endpoint: harness.url))
  }

  @Test(arguments: ["InvalidParameter", "InvalidParameterException", "NotFoundException"])
  func subscriptionThatWasNeverConfirmedCannotBeTakenBack(code: String) async throws {
    harness.aws.refuse("Unsubscribe", .init(status: 400, code: code, message: "pending"))
    try await source.uninstall(harness.installation(route: .http, subscription: Self.arn, endpoint: harness.url))
  }

  @Test(arguments: ["Subscribe", "Unsubscribe"]) func refusalToTakeBackIsTold(action: String) async throws {
    harness.aws.refuse(action)
    let subscription = action == "Unsubscribe" ? Self.arn : nil
    await expect("Error occurred while \(action). SNS Error Code: AccessDenied. SNS Error Message: no") {
      () async throws(PushError) in
      try await source.uninstall(harness.installation(route: .http, subscription: subscription, endpoint: harness.url))
    }
  }

  // MARK: Events

  private func payloads(
    _ body: String, _ configuration: SNSEventSourceConfig? = nil, subscription: String? = arn
  ) throws -> [String] {
    let selection = try TopicSelection(configuration)
    return try source.payloads(
      in: Array(body.utf8), selection, harness.installation(route: .http, subscription: subscription)
    ).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [arn, nil]) func notificationIsAnEventOfItsSubscription(subscription: String?) throws {
    let events = try payloads(PushHarness.notification("hello"), subscription: subscription)
    #expect(events.count == 1)
    let name = subscription ?? "\(PushHarness.topic):\(harness.mapping.id)"
    #expect(events.first?.contains(#""EventSubscriptionArn":"\#(name)","Sns":{"Type":"Notification""#) == true)
    #expect(events.first?.contains(#""Message":"hello""#) == true)
  }

  @Test(arguments: [
    (#","MessageAttributes":{"a":{"Type":"String","Value":"x"}}"#, 1),
    (#","MessageAttributes":{"a":{"Type":"String","Value":"y"}}"#, 0), ("", 0),
  ])
  func messagesThatThePolicyDoesNotAdmitAreNoEvents(more: String, count: Int) throws {
    let configuration = SNSEventSourceConfig(filterPolicy: #"{"a":["x"]}"#)
    #expect(try payloads(PushHarness.notification("m", more: more), configuration).count == count)
  }

  @Test func whatIsNoNotificationIsNoEvent() throws {
    #expect(try payloads(PushHarness.confirmation("token")).isEmpty)
    #expect(throws: IntakeError(description: "the notification lacks Type")) { try payloads("{}") }
  }
}
