import AWSClient
import Delivery
import Mappings
import Testing

@testable import EventSources

@Suite(.timeLimit(.minutes(5))) struct IntakeTests {
  /// Runs the worker of a topic while the body posts to it.
  private func withTopic(
    _ parameters: String = "{}", _ body: (PushHarness, any MappingWorker) async throws -> Void
  ) async throws {
    let harness = try PushHarness(PushHarness.topic, parameters)
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      try await body(harness, worker)
    }
  }

  /// Why what was posted was not taken.
  private func refusal(_ body: () async throws -> Int) async -> IntakeRefusal? {
    await #expect(throws: IntakeRefusal.self) { try await body() }
  }

  // MARK: Topics

  @Test func notificationIsAccepted() async throws {
    try await withTopic { harness, _ in
      try await expectTaken(1, harness.postSNS(PushHarness.notification("hello")))
      let event = await harness.accepted.events.next()
      let arn = try #require(harness.aws.subscriptions.first?.arn)
      let text = String(decoding: event?.payload ?? [], as: UTF8.self)
      #expect(text.contains(#""EventSubscriptionArn":"\#(arn)""#))
      #expect(event?.sourceARN == PushHarness.topic)
    }
  }

  @Test func notificationThatThePolicyDoesNotAdmitIsTakenForNobody() async throws {
    try await withTopic(#"{"SNSEventSourceConfig":{"FilterPolicy":"{\"a\":[1]}"}}"#) { harness, _ in
      try await expectTaken(0, harness.postSNS(PushHarness.notification("hello")))
    }
  }

  @Test func mappingThatNobodyKnowsTakesNothing() async throws {
    let harness = try PushHarness(PushHarness.topic)
    let unknown = IntakeRefusal.unknown("There is no enabled mapping of a topic with this id.")
    #expect(
      await refusal { try await harness.postSNS(PushHarness.notification("m")) }
        == unknown)
    try await withTopic { harness, worker in
      let disabled = harness.changed(state: .disabled, revision: 2)
      worker.apply(disabled)
      await harness.world.waitUntilApplied(disabled)
      #expect(
        await refusal { try await harness.postSNS(PushHarness.notification("m")) }
          == unknown)
    }
    let bucket = try PushHarness(PushHarness.bucket, push: PushSettings(s3Route: .webhook))
    try await bucket.work { _ in
      await bucket.world.waitUntilApplied(bucket.mapping)
      #expect(
        await refusal { try await bucket.postSNS(PushHarness.notification("m")) }
          == unknown)
    }
  }

  @Test func messageOfAnotherTopicIsForbidden() async throws {
    try await withTopic { harness, _ in
      for text in [
        PushHarness.notification("m", topic: PushHarness.topic + "2"),
        PushHarness.confirmation("t", topic: "arn:aws:sns:us-east-1:222222222222:t"),
      ] {
        #expect(
          await refusal { try await harness.postSNS(text) }
            == .forbidden("The message is of another topic than the mapping."))
      }
    }
  }

  @Test(arguments: [
    ("", "the notification cannot be read"), ("{}", "the notification lacks Type"),
    (#"{"Type":"News"}"#, "the notification is of no type that SNS has: News"),
    (#"{"Type":"Notification"}"#, "the notification lacks TopicArn"),
  ])
  func whatIsNoMessageOfSNSIsMalformed(text: String, reason: String) async throws {
    try await withTopic { harness, _ in
      guard
        case .malformed(let words)? = await refusal({ try await harness.postSNS(text) })
      else {
        Issue.record("it is not refused")
        return
      }
      #expect(words.hasPrefix("This is no message of SNS: \(reason)"))
      #expect(words.hasSuffix("."))
    }
  }

  @Test func confirmationIsTakenWhileItIsWaitedForAlone() async throws {
    let harness = try PushHarness(PushHarness.topic)
    harness.aws.subscriptionsAre(.unknown)
    try await harness.work { _ in
      #expect(await harness.aws.nextChange() == "Subscribe http \(harness.url)")
      try await expectTaken(0, harness.postSNS(PushHarness.confirmation("token")))
      #expect(await harness.aws.nextChange() == "ConfirmSubscription token")
      await harness.world.waitUntilApplied(harness.mapping)
      #expect(
        await refusal { try await harness.postSNS(PushHarness.confirmation("token")) }
          == .forbidden("Nobody here has asked for this subscription."))
      #expect(harness.installation?.subscription == harness.aws.subscriptions.first?.arn)
    }
  }

  @Test func endOfASubscriptionIsToldToTheLog() async throws {
    try await withTopic { harness, _ in
      let text = PushHarness.notification("m").replacing("\"Notification\"", with: "\"UnsubscribeConfirmation\"")
      try await expectTaken(0, harness.postSNS(text))
      await harness.log.wait(for: "topic says that a subscription has ended")
    }
  }

  @Test func subscriptionThatSomebodyEndedIsMadeAgain() async throws {
    try await withTopic { harness, _ in
      harness.aws.dropSubscriptions()
      let text = PushHarness.notification("m").replacing("\"Notification\"", with: "\"UnsubscribeConfirmation\"")
      try await expectTaken(0, harness.postSNS(text))
      while harness.installation?.subscription != "\(PushHarness.topic):s2" { await Task.yield() }
      #expect(harness.aws.subscriptions.map(\.endpoint) == [harness.url])
    }
  }

  @Test func whatIsSentForAForgottenMappingIsDropped() async throws {
    try await withTopic { harness, _ in
      harness.world.pushed.forgetAll()
      try await expectTaken(0, harness.postSNS(PushHarness.notification("m")))
    }
  }

  @Test func messageThatCannotBeKeptMayComeLater() async throws {
    try await withTopic { harness, _ in
      harness.accepted.fail(true)
      guard
        case .unavailable? = await refusal({ try await harness.postSNS(PushHarness.notification("m")) })
      else {
        Issue.record("it is taken")
        return
      }
      harness.accepted.fail(false)
      try await expectTaken(1, harness.postSNS(PushHarness.notification("m")))
    }
  }

  /// Where the topic is AWS's own, what is not signed by it is forged.
  @Test func messageThatAWSHasNotSignedIsForbidden() async throws {
    let harness = try PushHarness(
      PushHarness.topic, push: PushSettings(publicURL: "https://hooks.example", isPublic: true),
      variables: ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"])
    try await harness.work { _ in
      await harness.world.waitUntilApplied(harness.mapping)
      for more in [
        "", #","SignatureVersion":"1","Signature":"FAKE","SigningCertURL":"https://sns.elsewhere.test/a.pem""#,
      ] {
        guard
          case .forbidden(let reason)? = await refusal({
            try await harness.postSNS(PushHarness.notification("m", more: more))
          })
        else {
          Issue.record("it is taken")
          continue
        }
        #expect(reason.hasPrefix("The message's signature is not SNS's: "))
      }
    }
    harness.accepted.events.close()
    #expect(await harness.accepted.next() == nil)
  }

  // MARK: Buckets

  /// Several mappings of buckets whose server posts, in one world.
  private func withBuckets(
    _ mappings: [EventSourceMapping], _ body: (PushHarness) async throws -> Void
  ) async throws {
    let harness = try PushHarness(PushHarness.bucket, push: PushSettings(s3Route: .webhook))
    let workers = try mappings.map { try #require(harness.world.worker(for: $0)) }
    try await withThrowingDiscardingTaskGroup { group in
      for worker in workers { group.addTask { await worker.run() } }
      for mapping in mappings { await harness.world.waitUntilApplied(mapping) }
      // A worker of what is disabled tells nobody when it is there.
      while harness.world.pushed.receivers(ofBucket: "b").count
        < mappings.count(where: { $0.sourceARN == PushHarness.bucket })
      { await Task.yield() }
      try await body(harness)
      for worker in workers { worker.stop() }
    }
  }

  private func mapping(_ events: String, prefix: String? = nil, of bucket: String = "b") -> EventSourceMapping {
    let filter = prefix.map {
      #","Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"\#($0)"}]}}"#
    }
    return PushHarness.mapping(
      "arn:aws:s3:::\(bucket)", #"{"S3EventSourceConfig":{"Events":["s3:\#(events)"]\#(filter ?? "")}}"#)
  }

  @Test func eachMappingOfABucketGetsWhatItWants() async throws {
    let mappings = [
      mapping("ObjectCreated:*", prefix: "in/"), mapping("ObjectRemoved:*"), mapping("ObjectCreated:*", of: "c"),
    ]
    try await withBuckets(mappings) { harness in
      let records = [
        PushHarness.created("in/a"), PushHarness.created("out/a"),
        PushHarness.created("in/b", name: "s3:ObjectRemoved:Delete"), PushHarness.created("c", in: "c"),
        PushHarness.created("d", in: "d"),
      ].map { String($0.dropFirst(#"{"Records":["#.count).dropLast(2)) }
      let count = try await harness.postS3(#"{"Records":[\#(records.joined(separator: ","))]}"#)
      #expect(count == 3)
      var taken: [MappingID: String] = [:]
      for _ in 0..<3 {
        guard let event = await harness.accepted.events.next(), let mapping = event.mapping else { break }
        #expect(taken[mapping] == nil)
        taken[mapping] = String(decoding: event.payload, as: UTF8.self)
      }
      for (mapping, key) in zip(mappings, ["in/a", "in/b", "c"]) {
        #expect(taken[mapping.id]?.contains(#""key":"\#(key)""#) == true)
      }
    }
  }

  @Test func bucketThatNoEnabledMappingNamesIsIgnored() async throws {
    var disabled = mapping("ObjectCreated:*")
    disabled.state = .disabled
    try await withBuckets([disabled, mapping("ObjectCreated:*", of: "c")]) { harness in
      try await expectTaken(0, harness.postS3(PushHarness.created("a")))
      try await expectTaken(0, harness.postS3(PushHarness.created("a", in: "d")))
      try await expectTaken(0, harness.postS3(#"{"Event":"s3:TestEvent"}"#))
      try await expectTaken(1, harness.postS3(PushHarness.created("a", in: "c")))
    }
  }

  /// Whoever posts again after an error is not to have some of it twice.
  @Test func eventsOfOnePostAreAcceptedTogether() async throws {
    try await withBuckets([mapping("ObjectCreated:*"), mapping("ObjectCreated:*", of: "c")]) { harness in
      let records = ["b", "c"].map { bucket in
        String(PushHarness.created("a", in: bucket).dropFirst(#"{"Records":["#.count).dropLast(2))
      }
      try await expectTaken(2, harness.postS3(#"{"Records":[\#(records.joined(separator: ","))]}"#))
      #expect(await harness.accepted.calls.next() == 2)
    }
  }

  @Test(arguments: [
    ("", "This is no notification of S3: the notification cannot be read"),
    ("[]", "This is no notification of S3: the notification cannot be read: it is no object."),
    (#"{"Records":1}"#, "This is no notification of S3: the notification's Records are no list."),
    (#"{"Records":[{}]}"#, "This is no notification of S3: a record of the notification lacks eventName."),
  ])
  func whatIsNoNotificationOfS3IsMalformed(text: String, reason: String) async throws {
    let harness = try PushHarness(PushHarness.bucket)
    guard case .malformed(let words)? = await refusal({ try await harness.postS3(text) })
    else {
      Issue.record("it is not refused")
      return
    }
    #expect(words.hasPrefix(reason))
  }

  @Test func recordsThatCannotBeKeptMayComeLater() async throws {
    try await withBuckets([mapping("ObjectCreated:*")]) { harness in
      harness.accepted.fail(true)
      let text = PushHarness.created("a")
      guard
        case .unavailable? = await refusal({ try await harness.postS3(text) })
      else {
        Issue.record("it is taken")
        return
      }
      harness.accepted.fail(false)
      try await expectTaken(1, harness.postS3(PushHarness.created("a")))
    }
  }
}
