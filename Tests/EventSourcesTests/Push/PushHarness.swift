import AWSClient
import Delivery
import LambdaWire
import Mappings
import Synchronization
import Testing

@testable import EventSources

/// A source that sends, and all that its worker deals with.
struct PushHarness {
  let aws: FakeAWS
  let store = ResultStore()
  let noted = NotingStore()
  let accepted = SwitchableQueue()
  let installations: FakeInstallations
  let log = LogLines()
  let journal: Journal
  let world: SourceWorld
  var mapping: EventSourceMapping

  static let topic = "arn:aws:sns:us-east-1:111111111111:t"
  static let bucket = "arn:aws:s3:::b"
  static let url = "http://127.0.0.1:9400/_headrace/events/sns/"

  /// - Parameters:
  ///   - earlier: whose servers, installations and mapping these are: a process before this one.
  init(
    _ source: String, _ parameters: String = "{}", push: PushSettings = PushSettings(),
    after earlier: PushHarness? = nil,
    variables: [String: String] = ["AWS_ENDPOINT_URL": "http://aws.test:1"]
  ) throws {
    aws = earlier?.aws ?? FakeAWS()
    installations = earlier?.installations ?? FakeInstallations()
    journal = Journal(store: noted, keeping: 100, payloadLimit: 16_384, logger: log.logger)
    world = SourceWorld(
      client: try aws.client(variables), functions: FakeFunctions(), store: store, checkpoints: FakeCheckpoints(),
      journal: journal, asynchronous: accepted, installations: installations, push: push,
      pushed: PushRegistry(patience: .seconds(600)), logger: log.logger)
    mapping = earlier?.mapping ?? Self.mapping(source, parameters)
    // There is nothing to load.
    world.pushed.complete()
  }

  static func mapping(_ source: String, _ parameters: String = "{}") -> EventSourceMapping {
    let kind: SourceKind = source.hasPrefix("arn:aws:sns") ? .sns : .s3
    var parameters = parameters
    if parameters == "{}", kind == .s3 { parameters = #"{"S3EventSourceConfig":{"Events":["s3:ObjectCreated:*"]}}"# }
    return EventSourceMapping(
      id: .random(), scope: Scope(account: "111111111111", region: "us-east-1"),
      function: FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:f"), sourceARN: source,
      kind: kind, state: .enabled, stateReason: "User action", lastProcessingResult: "No records processed",
      createdAt: Milliseconds(1), modifiedAt: Milliseconds(2),
      parameters: EncodedParameters(json: Array(parameters.utf8)))
  }

  /// Runs the worker while the body speaks to it, and stops it then.
  func work(_ body: (any MappingWorker) async throws -> Void) async throws {
    let worker = try #require(world.worker(for: mapping))
    async let run: Void = worker.run()
    try await body(worker)
    worker.stop()
    await run
  }

  /// The mapping with other parameters, or another state.
  func changed(_ parameters: String? = nil, state: MappingState = .enabled, revision: Int64) -> EventSourceMapping {
    var changed = mapping
    if let parameters { changed.parameters = EncodedParameters(json: Array(parameters.utf8)) }
    (changed.state, changed.revision) = (state, revision)
    return changed
  }

  var queue: String { "headrace-\(mapping.id)" }
  var queueARN: String { "arn:aws:sqs:us-east-1:111111111111:\(queue)" }
  var url: String { "\(Self.url)\(mapping.id)" }

  /// What is kept of the mapping.
  var installation: SourceInstallation? { try? installations.installation(of: mapping.id) }

  /// One that nothing is known of yet.
  func installation(
    route: PushRoute, subscription: String? = nil, endpoint: String? = nil
  ) -> SourceInstallation {
    SourceInstallation(
      mapping: mapping.id, scope: mapping.scope, function: mapping.function, sourceARN: mapping.sourceARN ?? "",
      kind: mapping.kind, route: route.rawValue, subscription: subscription, endpoint: endpoint)
  }

  /// Waits until the mapping tells something, whatever it tells before.
  func wait(forResult text: String) async {
    while let result = await store.results.next(), result != text {}
  }

  /// Posts what a topic posts to the mapping.
  func postSNS(_ text: String) async throws -> Int {
    try await world.takeSNS(Array(text.utf8), for: mapping.id)
  }

  /// Posts what the server of buckets posts.
  func postS3(_ text: String) async throws -> Int { try await world.takeS3(Array(text.utf8)) }

  /// A notification of the bucket with one record.
  static func created(_ key: String, in bucket: String = "b", name: String = "ObjectCreated:Put") -> String {
    #"{"Records":[{"eventName":"\#(name)","s3":{"bucket":{"name":"\#(bucket)"},"object":{"key":"\#(key)"}}}]}"#
  }

  /// What a topic posts.
  static func notification(_ message: String, topic: String = topic, more: String = "") -> String {
    #"{"Type":"Notification","MessageId":"m","TopicArn":"\#(topic)","Message":"\#(message)"\#(more)}"#
  }

  static func confirmation(_ token: String, topic: String = topic) -> String {
    #"{"Type":"SubscriptionConfirmation","MessageId":"m","Token":"\#(token)","TopicArn":"\#(topic)","Message":"Visit.","#
      + #""SubscribeURL":"http://elsewhere.test/"}"#
  }
}

/// Takes asynchronous events and gives them on to the test, but while it fails.
final class SwitchableQueue: AsynchronousInvoker {
  private let fails = Mutex(false)
  let events = Mailbox<AsynchronousEvent>()
  /// How many events came at once.
  let calls = Mailbox<Int>()
  /// Told of each call that failed.
  let failures = Mailbox<Void>()

  func fail(_ fails: Bool) { self.fails.withLock { $0 = fails } }

  func accept(_ events: [AsynchronousEvent]) async throws(MappingError) {
    guard !fails.withLock(\.self) else {
      failures.send(())
      throw .store("the disk is full")
    }
    calls.send(events.count)
    for event in events { self.events.send(event) }
  }

  /// The next event's payload as text.
  func next() async -> String? { await events.next().map { String(decoding: $0.payload, as: UTF8.self) } }
}

/// What a source has asked to keep, in its order.
final class KeptInstallations: Sendable {
  private let kept = Mutex<[SourceInstallation]>([])

  var all: [SourceInstallation] { kept.withLock(\.self) }

  func add(_ installation: SourceInstallation) { kept.withLock { $0.append(installation) } }
}

/// How many events functions will get of what was posted.
func expectTaken(_ expected: Int, _ taken: Int, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(taken == expected, sourceLocation: sourceLocation)
}
