import Delivery
import LambdaWire
import Mappings
import Testing

@testable import EventSources

@Suite(.timeLimit(.minutes(5))) struct PushWorkerTests {
  private static let document = NotificationsCase.opening + NotificationsCase.closing

  private func bucket(_ parameters: String = "{}", route: PushSettings.S3Route = .sqs) throws -> PushHarness {
    try PushHarness(PushHarness.bucket, parameters, push: PushSettings(s3Route: route))
  }

  private func topic(
    _ route: PushSettings.SNSRoute = .http, _ parameters: String = "{}", after earlier: PushHarness? = nil
  ) throws -> PushHarness {
    try PushHarness(PushHarness.topic, parameters, push: PushSettings(snsRoute: route), after: earlier)
  }

  /// The next calls are these, receives left out.
  private func expectCalls(_ harness: PushHarness, _ expected: String...) async {
    for call in expected { #expect(await harness.aws.nextChange() == call) }
  }

  private func text(_ event: AsynchronousEvent?) -> String { String(decoding: event?.payload ?? [], as: UTF8.self) }

  // MARK: Enabling

  @Test func bucketGetsAQueueAndIsToldOfIt() async throws {
    let harness = try bucket()
    try await harness.work { _ in
      await expectCalls(
        harness, "CreateQueue \(harness.queue)", "SetQueueAttributes \(harness.queue)", "GetNotification b",
        "PutNotification b")
      await harness.world.waitUntilApplied(harness.mapping)
      #expect(harness.aws.configuration(of: "b")?.contains("<Queue>\(harness.queueARN)</Queue>") == true)
      #expect(harness.installation == harness.installation(route: .sqs))
    }
    // What is installed outlives the process.
    #expect(harness.aws.configuration(of: "b") != Self.document)
    #expect(harness.aws.queues == [harness.queue])
    #expect(harness.installation == harness.installation(route: .sqs))
  }

  @Test func changeIsCarriedToTheSourceBeforeItsWaitEnds() async throws {
    let harness = try bucket()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      #expect(harness.aws.configuration(of: "b")?.contains("ObjectCreated") == true)
      let changed = harness.changed(
        #"{"S3EventSourceConfig":{"Events":["s3:ObjectRemoved:*"]}}"#, revision: 2)
      worker.apply(changed)
      await harness.world.waitUntilApplied(changed)
      #expect(harness.aws.configuration(of: "b")?.contains("ObjectCreated") == false)
      #expect(harness.aws.configuration(of: "b")?.contains("ObjectRemoved") == true)
    }
  }

  @Test func topicIsSubscribedAndWhatIsKnownOfThatIsKept() async throws {
    let harness = try topic()
    try await harness.work { _ in
      await harness.world.waitUntilApplied(harness.mapping)
      let arn = try #require(harness.aws.subscriptions.first?.arn)
      #expect(
        harness.installation == harness.installation(route: .http, subscription: arn, endpoint: harness.url))
    }
    await expectCalls(harness, "Subscribe http \(harness.url)")
    #expect(harness.aws.queues == [])
    #expect(harness.aws.subscriptions.count == 1)
  }

  @Test func nextProcessFindsWhatIsThere() async throws {
    let first = try topic()
    try await first.work { _ in await first.world.waitUntilApplied(first.mapping) }
    let second = try topic(after: first)
    try await second.work { _ in await second.world.waitUntilApplied(second.mapping) }
    #expect(first.aws.subscriptions.count == 1)
    let subscription = try #require(first.aws.subscriptions.first)
    await expectCalls(
      first, "Subscribe http \(first.url)", "GetSubscriptionAttributes \(subscription.arn)",
      "GetSubscriptionAttributes \(subscription.arn)")
  }

  @Test func bucketWhoseServerPostsIsLeftAlone() async throws {
    let harness = try bucket(route: .webhook)
    try await harness.work { _ in
      await harness.world.waitUntilApplied(harness.mapping)
      try await expectTaken(1, harness.postS3(PushHarness.created("a")))
      #expect(await harness.accepted.next()?.contains(#""key":"a""#) == true)
    }
    #expect(harness.installation == nil)
    harness.aws.calls.close()
    #expect(await harness.aws.calls.next() == nil)
  }

  @Test(arguments: [PushHarness.bucket, PushHarness.topic]) func mappingThatIsDamagedHasNoWorker(source: String) throws
  {
    var harness = try PushHarness(source)
    harness.mapping.parameters = EncodedParameters(json: Array("nonsense".utf8))
    #expect(harness.world.worker(for: harness.mapping) == nil)
    harness.mapping = PushHarness.mapping(source)
    harness.mapping.sourceARN = "b"
    #expect(harness.world.worker(for: harness.mapping) == nil)
  }

  // MARK: Events

  @Test func messagesOfTheQueueAreAcceptedAndThenDeleted() async throws {
    let parameters = """
      {"S3EventSourceConfig":{"Events":["s3:ObjectCreated:*"]},\
      "DestinationConfig":{"OnFailure":{"Destination":"arn:aws:s3:::failed"}}}
      """
    let harness = try bucket(parameters)
    try await harness.work { _ in
      await expectCalls(
        harness, "CreateQueue \(harness.queue)", "SetQueueAttributes \(harness.queue)", "GetNotification b",
        "PutNotification b")
      harness.aws.put(
        [.init(handle: "h1", body: PushHarness.created("a")), .init(handle: "h2", body: PushHarness.created("b"))],
        into: harness.queue)
      for key in ["a", "b"] {
        let event = await harness.accepted.events.next()
        #expect(text(event).contains(#""key":"\#(key)""#))
        #expect(event?.mapping == harness.mapping.id)
        #expect(event?.function == harness.mapping.function)
        #expect(event?.sourceARN == PushHarness.bucket)
        #expect(event?.destinations == .init(onFailure: "arn:aws:s3:::failed"))
      }
      await expectCalls(harness, "DeleteMessageBatch h1 h2")
    }
  }

  @Test func messagesOfATopicGetTheDeadLetterQueueToo() async throws {
    let parameters = """
      {"SNSEventSourceConfig":{"DeadLetterQueueArn":"arn:aws:sqs:us-east-1:111111111111:dead"},\
      "DestinationConfig":{"OnFailure":{"Destination":""}}}
      """
    let harness = try topic(.sqs, parameters)
    try await harness.work { _ in
      await harness.world.waitUntilApplied(harness.mapping)
      #expect(harness.aws.subscriptions.map(\.endpoint) == [harness.queueARN])
      harness.aws.put([.init(handle: "h", body: PushHarness.notification("hello"))], into: harness.queue)
      let event = await harness.accepted.events.next()
      #expect(text(event).contains(#""Message":"hello""#))
      #expect(event?.destinations == .init(deadLetterQueue: "arn:aws:sqs:us-east-1:111111111111:dead"))
      while await harness.aws.nextChange() != "DeleteMessageBatch h" {}
    }
  }

  @Test func messagesThatAreNotWantedOrNoEventsAreDeletedAndTheRestIsAccepted() async throws {
    let harness = try bucket()
    try await harness.work { _ in
      await expectCalls(
        harness, "CreateQueue \(harness.queue)", "SetQueueAttributes \(harness.queue)", "GetNotification b",
        "PutNotification b")
      harness.aws.put(
        [
          .init(handle: "h1", body: "nonsense"), .init(handle: "h2", body: #"{"Event":"s3:TestEvent"}"#),
          .init(handle: "h3", body: PushHarness.created("a", name: "ObjectRemoved:Delete")),
          .init(handle: "h4", body: PushHarness.created("d")),
        ], into: harness.queue)
      #expect(await harness.accepted.next()?.contains(#""key":"d""#) == true)
      await harness.log.wait(for: "what a source sent is no event")
      await expectCalls(harness, "DeleteMessageBatch h1 h2 h3 h4")
      harness.aws.put([.init(handle: "h5", body: "nonsense")], into: harness.queue)
      await expectCalls(harness, "DeleteMessageBatch h5")
    }
  }

  @Test func messagesThatCannotBeKeptAreNotDeletedAndThatIsTold() async throws {
    let harness = try bucket()
    try await harness.work { _ in
      await expectCalls(
        harness, "CreateQueue \(harness.queue)", "SetQueueAttributes \(harness.queue)", "GetNotification b",
        "PutNotification b")
      harness.accepted.fail(true)
      harness.aws.put([.init(handle: "h1", body: PushHarness.created("a"))], into: harness.queue)
      _ = await harness.accepted.failures.next()
      let problem = await harness.store.results.next() ?? nil
      #expect(problem?.hasPrefix("PROBLEM: Error occurred while writing to the database. ") == true)
      #expect(problem?.contains("the disk is full") == true)
      harness.accepted.fail(false)
      harness.aws.put([.init(handle: "h2", body: PushHarness.created("a"))], into: harness.queue)
      #expect(await harness.accepted.next()?.contains(#""key":"a""#) == true)
      await expectCalls(harness, "DeleteMessageBatch h2")
      #expect(await harness.store.results.next() == "No records processed")
    }
  }

  @Test func messagesComeOnWhileTheMappingChanges() async throws {
    let harness = try bucket()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      while let call = await harness.aws.calls.next(), call != "ReceiveMessage 20" {}
      let changed = harness.changed(
        #"{"S3EventSourceConfig":{"Events":["s3:ObjectRemoved:*"]}}"#, revision: 2)
      worker.apply(changed)
      await harness.world.waitUntilApplied(changed)
      // The receive of before is still the one that waits.
      harness.aws.put(
        [.init(handle: "h1", body: PushHarness.created("a", name: "ObjectRemoved:Delete"))], into: harness.queue)
      #expect(await harness.accepted.next()?.contains(#""key":"a""#) == true)
    }
    var calls: [String] = []
    harness.aws.calls.close()
    while let call = await harness.aws.calls.next() { calls.append(call) }
    #expect(calls.firstIndex(of: "DeleteMessageBatch h1") ?? .max < calls.firstIndex(of: "ReceiveMessage 20") ?? .max)
  }

  @Test func queueThatSomebodyDeletedIsMadeAgain() async throws {
    let harness = try bucket()
    try await harness.work { _ in
      await harness.world.waitUntilApplied(harness.mapping)
      await expectCalls(
        harness, "CreateQueue \(harness.queue)", "SetQueueAttributes \(harness.queue)", "GetNotification b",
        "PutNotification b")
      harness.aws.put([], into: harness.queue)
      harness.aws.dropQueue(harness.queue)
      harness.aws.put([], into: harness.queue)
      harness.aws.dropQueue(harness.queue)
      await expectCalls(
        harness, "CreateQueue \(harness.queue)", "SetQueueAttributes \(harness.queue)", "GetNotification b")
    }
    #expect(harness.aws.queues == [harness.queue])
  }

  // MARK: Trouble

  @Test func bucketThatIsMissingIsToldUntilItIsThere() async throws {
    let harness = try bucket()
    harness.aws.configure("b", nil)
    try await harness.work { _ in
      // Whoever has made the mapping is not kept waiting for it.
      await harness.world.waitUntilApplied(harness.mapping)
      #expect(
        await harness.store.results.next() == """
          PROBLEM: Error occurred while GetBucketNotificationConfiguration. S3 Error Code: NoSuchBucket. S3 Error \
          Message: The specified bucket does not exist
          """)
      await harness.log.wait(for: "source unreachable")
      harness.aws.configure("b", "")
      #expect(await harness.store.results.next() == "No records processed")
      await harness.log.wait(for: "source recovered")
      #expect(harness.aws.configuration(of: "b")?.contains(harness.queue) == true)
    }
  }

  @Test func topicThatIsMissingIsToldUntilItIsMadeAgain() async throws {
    let harness = try topic()
    harness.aws.refuse("Subscribe", .init(status: 404, code: "NotFound", message: "Topic does not exist"))
    try await harness.work { _ in
      #expect(
        await harness.store.results.next()
          == "PROBLEM: Error occurred while Subscribe. SNS Error Code: NotFound. SNS Error Message: Topic does not exist"
      )
      harness.aws.refuse("Subscribe", nil)
      #expect(await harness.store.results.next() == "No records processed")
    }
    #expect(harness.aws.subscriptions.count == 1)
  }

  @Test func newWishCutsOffTheTriesForTheOldOne() async throws {
    let harness = try topic()
    harness.aws.refuse("Subscribe")
    try await harness.work { worker in
      #expect(await harness.aws.nextChange() == "Subscribe http \(harness.url)")
      _ = await harness.store.results.next()
      let disabled = harness.changed(state: .disabled, revision: 2)
      harness.aws.refuse("Subscribe", nil)
      worker.apply(disabled)
      await harness.world.waitUntilApplied(disabled)
    }
    #expect(harness.aws.subscriptions.isEmpty)
  }

  @Test func changeThatIsToldTwiceIsCarriedOnce() async throws {
    let harness = try bucket()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      let changed = harness.changed(#"{"S3EventSourceConfig":{"Events":["s3:ObjectRemoved:*"]}}"#, revision: 2)
      for _ in 0..<3 { worker.apply(changed) }
      await harness.world.waitUntilApplied(changed)
      let last = harness.changed(revision: 3)
      worker.apply(last)
      await harness.world.waitUntilApplied(last)
    }
    harness.aws.calls.close()
    var created = 0
    while let call = await harness.aws.calls.next() { created += call.hasPrefix("CreateQueue") ? 1 : 0 }
    #expect(created == 3)
  }

  @Test func whatSomebodyTookAwayIsPutBack() async throws {
    let harness = try bucket()
    try await harness.work { _ in
      await harness.world.waitUntilApplied(harness.mapping)
      await expectCalls(
        harness, "CreateQueue \(harness.queue)", "SetQueueAttributes \(harness.queue)", "GetNotification b",
        "PutNotification b")
      harness.aws.configure("b", "")
      harness.world.pushed.receiver(of: harness.mapping.id)?.repair()
      await expectCalls(harness, "CreateQueue \(harness.queue)", "GetNotification b", "PutNotification b")
    }
  }

  // MARK: Disabling

  @Test func disabledBucketTellsNothingMoreAndItsQueueIsReadToItsEnd() async throws {
    let harness = try bucket()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      let disabled = harness.changed(state: .disabled, revision: 2)
      worker.apply(disabled)
      await harness.world.waitUntilApplied(disabled)
      #expect(harness.aws.configuration(of: "b") == Self.document)
      #expect(harness.aws.queues == [harness.queue])
      #expect(harness.installation == harness.installation(route: .sqs))
      // What was sent before is taken.
      harness.aws.put([.init(handle: "h", body: PushHarness.created("a"))], into: harness.queue)
      #expect(await harness.accepted.next()?.contains(#""key":"a""#) == true)
      while await harness.aws.nextChange() != "DeleteMessageBatch h" {}
      // Nothing more: nobody reads it until the mapping is enabled.
      harness.aws.put([], into: harness.queue)
      let enabled = harness.changed(revision: 3)
      worker.apply(enabled)
      await harness.world.waitUntilApplied(enabled)
      #expect(harness.aws.configuration(of: "b")?.contains(harness.queue) == true)
      harness.aws.put([.init(handle: "h2", body: PushHarness.created("b"))], into: harness.queue)
      #expect(await harness.accepted.next()?.contains(#""key":"b""#) == true)
    }
  }

  @Test func disabledTopicIsUnsubscribed() async throws {
    let harness = try topic()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      let disabled = harness.changed(state: .disabled, revision: 2)
      worker.apply(disabled)
      await harness.world.waitUntilApplied(disabled)
      #expect(harness.aws.subscriptions.isEmpty)
      #expect(harness.installation == harness.installation(route: .http))
    }
  }

  @Test func mappingThatWasDisabledMeanwhileIsTakenBackAtTheStart() async throws {
    let first = try topic()
    try await first.work { _ in await first.world.waitUntilApplied(first.mapping) }
    var second = try topic(after: first)
    second.mapping = second.changed(state: .disabled, revision: 2)
    try await second.work { _ in
      while !first.aws.subscriptions.isEmpty { await Task.yield() }
    }
    #expect(first.aws.subscriptions.isEmpty)
  }

  // MARK: Deleting

  @Test func deletedBucketMappingLeavesNothing() async throws {
    let harness = try bucket()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      await expectCalls(
        harness, "CreateQueue \(harness.queue)", "SetQueueAttributes \(harness.queue)", "GetNotification b",
        "PutNotification b")
      worker.end()
      await expectCalls(harness, "GetNotification b", "PutNotification b", "DeleteQueue \(harness.queue)")
      var deleted = harness.changed(state: .deleting, revision: 2)
      deleted.settlement = nil
      await harness.world.waitUntilApplied(deleted)
      #expect(harness.installation == nil)
      while harness.world.pushed.receiver(of: harness.mapping.id) != nil { await Task.yield() }
    }
    #expect(harness.aws.configuration(of: "b") == Self.document)
    #expect(harness.aws.queues == [])
  }

  @Test func whatCameBeforeTheDeletionIsAccepted() async throws {
    let harness = try bucket()
    // The mapping was disabled by the process before: nobody reads the queue.
    try await harness.installations.save(harness.installation(route: .sqs))
    harness.aws.put([.init(handle: "h1", body: PushHarness.created("a"))], into: harness.queue)
    var disabled = harness
    disabled.mapping.state = .disabled
    try await disabled.work { worker in
      worker.end()
      #expect(await harness.accepted.next()?.contains(#""key":"a""#) == true)
      while await harness.aws.nextChange() != "DeleteQueue \(harness.queue)" {}
    }
    #expect(harness.aws.queues == [])
    #expect(harness.installation == nil)
  }

  @Test func deletedTopicMappingLeavesNothing() async throws {
    let harness = try topic()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      worker.end()
      while await harness.aws.nextChange()?.hasPrefix("Unsubscribe") == false {}
      while harness.installation != nil { await Task.yield() }
    }
    #expect(harness.aws.subscriptions.isEmpty)
  }

  @Test func deletionIsTriedUntilItSucceeds() async throws {
    let harness = try topic()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      harness.aws.refuse("Unsubscribe")
      worker.end()
      await harness.wait(
        forResult: "PROBLEM: Error occurred while Unsubscribe. SNS Error Code: AccessDenied. SNS Error Message: no")
      #expect(harness.installation != nil)
      harness.aws.refuse("Unsubscribe", nil)
      while harness.installation != nil { await Task.yield() }
    }
    #expect(harness.aws.subscriptions.isEmpty)
  }

  @Test func processThatStopsInBetweenLeavesANoteForTheNext() async throws {
    let harness = try topic()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      harness.aws.refuse("Unsubscribe")
      worker.end()
      _ = await harness.store.results.next()
    }
    #expect(harness.installation?.subscription == harness.aws.subscriptions.first?.arn)
    harness.aws.refuse("Unsubscribe", nil)
    // The supervisor makes a worker of what is left, and ends it.
    var second = try topic(after: harness)
    second.mapping.state = .deleting
    try await second.work { worker in
      worker.end()
      while harness.installation != nil { await Task.yield() }
    }
    #expect(harness.aws.subscriptions.isEmpty)
  }

  /// What a receive was given that was cut off is seen again after a while.
  @Test func queueIsNotDeletedWhileSomebodyHasMessagesOfIt() async throws {
    let harness = try bucket()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      harness.aws.answer("GetQueueAttributes", #"{"Attributes":{"ApproximateNumberOfMessagesNotVisible":"1"}}"#)
      worker.end()
      while let call = await harness.aws.calls.next(), call != "ReceiveMessage 0" {}
      harness.aws.put([.init(handle: "h", body: PushHarness.created("late"))], into: harness.queue)
      #expect(await harness.accepted.next()?.contains(#""key":"late""#) == true)
      await expectCalls(harness, "DeleteMessageBatch h")
      harness.aws.answer("GetQueueAttributes", nil)
      await expectCalls(harness, "DeleteQueue \(harness.queue)")
    }
    #expect(harness.aws.queues == [])
  }

  @Test func nothingIsWishedForAfterTheEnd() async throws {
    let harness = try topic()
    try await harness.work { worker in
      await harness.world.waitUntilApplied(harness.mapping)
      harness.aws.refuse("Unsubscribe")
      worker.end()
      _ = await harness.store.results.next()
      // A change that is told late, and a source that is not as it was left.
      worker.apply(harness.changed(revision: 9))
      harness.world.pushed.receiver(of: harness.mapping.id)?.repair()
      harness.aws.refuse("Unsubscribe", nil)
      while harness.installation != nil { await Task.yield() }
    }
    #expect(harness.aws.subscriptions.isEmpty)
  }

  @Test func processWhoseMemoryEndsWithItLeavesNothing() async throws {
    let bucket = try PushHarness(PushHarness.bucket, push: PushSettings(isTransient: true))
    try await bucket.work { _ in await bucket.world.waitUntilApplied(bucket.mapping) }
    #expect(bucket.aws.configuration(of: "b") == Self.document)
    #expect(bucket.aws.queues == [])
    let topic = try PushHarness(PushHarness.topic, push: PushSettings(isTransient: true))
    try await topic.work { _ in await topic.world.waitUntilApplied(topic.mapping) }
    #expect(topic.aws.subscriptions.isEmpty)
  }

  // MARK: Other routes

  @Test func otherRouteOfATopicTakesThePlaceOfTheOld() async throws {
    let first = try topic(.http)
    try await first.work { _ in await first.world.waitUntilApplied(first.mapping) }
    #expect(first.aws.subscriptions.map(\.endpoint) == [first.url])

    let second = try topic(.sqs, after: first)
    try await second.work { _ in
      await second.world.waitUntilApplied(second.mapping)
      #expect(first.aws.subscriptions.map(\.endpoint) == [first.queueARN])
      #expect(first.aws.queues == [first.queue])
      #expect(second.installation?.route == "sqs")
    }
    // It comes while no process runs, and is not lost.
    first.aws.put([.init(handle: "h", body: PushHarness.notification("late"))], into: first.queue)

    let third = try topic(.http, after: first)
    try await third.work { _ in
      await third.world.waitUntilApplied(third.mapping)
      #expect(await third.accepted.next()?.contains(#""Message":"late""#) == true)
      #expect(first.aws.subscriptions.map(\.endpoint) == [first.url])
      #expect(first.aws.queues == [])
      #expect(third.installation?.route == "http")
      #expect(third.installation?.endpoint == first.url)
    }
  }

  @Test func bucketThatIsToldElsewhereNowIsTakenBack() async throws {
    let first = try bucket()
    try await first.work { _ in await first.world.waitUntilApplied(first.mapping) }
    let second = try PushHarness(PushHarness.bucket, push: PushSettings(s3Route: .webhook), after: first)
    try await second.work { _ in
      await second.world.waitUntilApplied(second.mapping)
      #expect(first.aws.configuration(of: "b") == Self.document)
      #expect(first.aws.queues == [])
    }
  }
}
