import Delivery
import JSON
import NIOCore
import NIOHTTP1
import Synchronization

@testable import AWSClient

/// Topics, buckets and queues behind no network, as far as sources that send need them: they keep what is put there, fail
/// where the test says so, and tell what is asked of them.
final class FakeAWS: HTTPTransport {
  /// How a service refuses a call.
  struct Refusal {
    var status = 403
    var code = "AccessDenied"
    var message = "no"
  }

  /// What a topic answers to whoever subscribes over HTTP.
  enum SubscribeAnswer {
    /// The ARN; the subscription needs no confirmation.
    case confirmed
    /// The ARN; the subscription waits for its confirmation.
    case pending
    /// Not even the ARN.
    case unknown
  }

  struct Subscription: Equatable {
    var arn: String
    var transport: String
    var endpoint: String
    var isPending: Bool
  }

  struct Message {
    var handle: String
    var body: String
  }

  private struct Receiver {
    var number: Int
    var queue: String
    var continuation: CheckedContinuation<[Message]?, Never>
  }

  private struct State {
    var queues: [String: [Message]] = [:]
    var policies: [String: String] = [:]
    var receivers: [Receiver] = []
    var lastReceiver = 0
    var topics: Set<String> = ["arn:aws:sns:us-east-1:111111111111:t"]
    var subscriptions: [Subscription] = []
    var lastSubscription = 0
    var subscribeAnswer = SubscribeAnswer.confirmed
    var whileSubscribing: (@Sendable () -> Void)?
    var buckets: [String: String] = ["b": ""]
    var refusals: [String: Refusal] = [:]
    var answers: [String: String] = [:]
  }

  private let state = Mutex(State())
  /// All calls but those that ask what a queue is, such as `CreateQueue NAME` and `Subscribe http URL`.
  let calls = Mailbox<String>()
  /// What queues, topics and buckets were sent: the request as it was.
  let sent = Mailbox<String>()

  // MARK: What the test says

  func refuse(_ action: String, _ refusal: Refusal? = Refusal()) { state.withLock { $0.refusals[action] = refusal } }

  /// What a call is answered with, whatever is there.
  func answer(_ action: String, _ text: String?) { state.withLock { $0.answers[action] = text } }

  func subscriptionsAre(_ answer: SubscribeAnswer) { state.withLock { $0.subscribeAnswer = answer } }

  /// What happens before a call of Subscribe is answered.
  func whileSubscribing(_ body: (@Sendable () -> Void)?) { state.withLock { $0.whileSubscribing = body } }

  func dropTopics() { state.withLock { ($0.topics, $0.subscriptions) = ([], []) } }

  func dropSubscriptions() { state.withLock { $0.subscriptions = [] } }

  func configure(_ bucket: String, _ xml: String?) { state.withLock { $0.buckets[bucket] = xml } }

  func configuration(of bucket: String) -> String? { state.withLock { $0.buckets[bucket] } }

  var subscriptions: [Subscription] { state.withLock(\.subscriptions) }
  var queues: [String] { state.withLock { $0.queues.keys.sorted() } }

  func policy(of queue: String) -> String? { state.withLock { $0.policies[queue] } }

  func makeQueue(_ name: String) { state.withLock { $0.queues[name] = $0.queues[name] ?? [] } }

  func dropQueue(_ name: String) { state.withLock { ($0.queues[name], $0.policies[name]) = (nil, nil) } }

  /// Puts messages into a queue, for one receive.
  func put(_ messages: [Message], into queue: String) {
    let receiver = state.withLock { state -> Receiver? in
      if let place = state.receivers.firstIndex(where: { $0.queue == queue }) {
        return state.receivers.remove(at: place)
      }
      state.queues[queue, default: []] += messages
      return nil
    }
    receiver?.continuation.resume(returning: messages)
  }

  /// The next call that is no receive.
  func nextChange() async -> String? {
    while let call = await calls.next() {
      if !call.hasPrefix("ReceiveMessage") { return call }
    }
    return nil
  }

  // MARK: The transport

  func exchange(_ request: TransportRequest) async throws(AWSError) -> AWSAnswer {
    if Task.isCancelled { throw .cancelled }
    let body = request.body.map { String(buffer: $0) } ?? ""
    if let target = request.headers.first(name: "x-amz-target") {
      let document = try? JSONValue(parsing: body)
      return try await queueAnswer(String(target.drop { $0 != "." }.dropFirst()), document ?? .null, body)
    }
    if let path = request.url.firstRange(of: "//").map({ request.url[$0.upperBound...].drop { $0 != "/" }.dropFirst() }
    ),
      !path.isEmpty
    {
      return await bucketAnswer(request.method, String(path), body)
    }
    return topicAnswer(Self.form(body), body)
  }

  func open(_ request: TransportRequest) async throws(AWSError) -> AWSStreamedAnswer {
    throw .configuration("nothing is streamed here")
  }

  func shutdown() async {}

  private static func answer(_ text: String) -> AWSAnswer {
    AWSAnswer(status: 200, headers: [], body: Array(text.utf8))
  }

  private static func json(_ refusal: Refusal) -> AWSAnswer {
    AWSAnswer(
      status: refusal.status, headers: [],
      body: Array(#"{"__type":"\#(refusal.code)","message":"\#(refusal.message)"}"#.utf8))
  }

  private static func xml(_ refusal: Refusal) -> AWSAnswer {
    let text = "<Error><Code>\(refusal.code)</Code><Message>\(refusal.message)</Message></Error>"
    return AWSAnswer(status: refusal.status, headers: [], body: Array(text.utf8))
  }

  /// What the test has said of an action.
  private func scripted(_ action: String) -> (refusal: Refusal?, answer: String?) {
    state.withLock { ($0.refusals[action], $0.answers[action]) }
  }

  // MARK: Queues

  private static let missingQueue = Refusal(
    status: 400, code: "QueueDoesNotExist", message: "The specified queue does not exist.")

  private static func text(_ value: JSONValue?) -> String {
    if case .string(let text)? = value { text } else { "" }
  }

  private func queueAnswer(_ action: String, _ document: JSONValue, _ body: String) async throws(AWSError) -> AWSAnswer
  {
    let name = document["QueueName"] ?? document["QueueUrl"]
    let queue = String(Self.text(name).split(separator: "/").last ?? "")
    switch action {
    case "GetQueueUrl", "GetQueueAttributes": break
    case "ReceiveMessage": calls.send("\(action) \(document["WaitTimeSeconds"]?.text ?? "")")
    case "DeleteMessageBatch": calls.send(action + Self.handles(document))
    default: calls.send("\(action) \(queue)")
    }
    let scripted = scripted(action)
    if let refusal = scripted.refusal { return Self.json(refusal) }
    if let answer = scripted.answer { return Self.answer(answer) }
    let url = Self.answer(#"{"QueueUrl":"http://sqs.test/111111111111/\#(queue)"}"#)
    if action == "CreateQueue" {
      state.withLock { state in
        state.queues[queue] = state.queues[queue] ?? []
      }
      return url
    }
    guard state.withLock({ $0.queues[queue] != nil }) else { return Self.json(Self.missingQueue) }
    switch action {
    case "GetQueueUrl": return url
    case "GetQueueAttributes":
      let policy = policy(of: queue).map { #","Policy":\#(JSONValue.string($0).text)"# } ?? ""
      return Self.answer(
        #"{"Attributes":{"QueueArn":"arn:aws:sqs:us-east-1:111111111111:\#(queue)"\#(policy)}}"#)
    case "SetQueueAttributes":
      state.withLock { $0.policies[queue] = Self.text(document["Attributes"]?["Policy"]) }
      return Self.answer("{}")
    case "DeleteQueue":
      dropQueue(queue)
      return Self.answer("{}")
    case "SendMessage":
      sent.send(body)
      return Self.answer(#"{"MessageId":"m"}"#)
    case "DeleteMessageBatch": return Self.answer(#"{"Successful":[]}"#)
    case "ReceiveMessage":
      guard let messages = await receive(from: queue, waits: document["WaitTimeSeconds"]?.text != "0") else {
        throw .cancelled
      }
      let entries = messages.map {
        #"{"MessageId":"m","ReceiptHandle":"\#($0.handle)","Body":\#(JSONValue.string($0.body).text)}"#
      }
      return Self.answer(#"{"Messages":[\#(entries.joined(separator: ","))]}"#)
    default: throw .invalidAnswer(endpoint: "sqs", reason: action)
    }
  }

  private static func handles(_ document: JSONValue) -> String {
    guard case .array(let entries)? = document["Entries"] else { return "" }
    return entries.map { " \(text($0["ReceiptHandle"]))" }.joined()
  }

  /// Nil where the task is cancelled.
  private func receive(from queue: String, waits: Bool) async -> [Message]? {
    let number = state.withLock { state in
      state.lastReceiver += 1
      return state.lastReceiver
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let messages: [Message]?? = state.withLock { state in
          if Task.isCancelled { return .some(nil) }
          if let messages = state.queues[queue], !messages.isEmpty || !waits {
            state.queues[queue] = []
            return messages
          }
          state.receivers.append(Receiver(number: number, queue: queue, continuation: continuation))
          return nil
        }
        if let messages { continuation.resume(returning: messages) }
      }
    } onCancel: {
      let receiver = state.withLock { state in
        state.receivers.firstIndex { $0.number == number }.map { state.receivers.remove(at: $0) }
      }
      receiver?.continuation.resume(returning: nil)
    }
  }

  // MARK: Topics

  private static let missingTopic = Refusal(status: 404, code: "NotFound", message: "Topic does not exist")

  private static func form(_ body: String) -> [String: String] {
    var form: [String: String] = [:]
    for pair in body.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      form[parts[0]] = parts.count > 1 ? parts[1].percentDecoded : ""
    }
    return form
  }

  private func topicAnswer(_ form: [String: String], _ body: String) -> AWSAnswer {
    let action = form["Action"] ?? ""
    func result(_ xml: String) -> AWSAnswer {
      Self.answer(
        #"<\#(action)Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><\#(action)Result>\#(xml)</\#(action)Result>"#
          + "</\(action)Response>")
    }
    let arn = form["SubscriptionArn"] ?? ""
    let topic = form["TopicArn"] ?? ""
    switch action {
    case "Subscribe": calls.send("Subscribe \(form["Protocol"] ?? "") \(form["Endpoint"] ?? "")")
    case "ConfirmSubscription": calls.send("ConfirmSubscription \(form["Token"] ?? "")")
    case "Publish": sent.send(form["Message"] ?? "")
    default: calls.send("\(action) \(arn.isEmpty ? topic : arn)")
    }
    let scripted = scripted(action)
    if let refusal = scripted.refusal { return Self.xml(refusal) }
    if let answer = scripted.answer { return result(answer) }
    if !topic.isEmpty, !state.withLock({ $0.topics.contains(topic) }) { return Self.xml(Self.missingTopic) }
    switch action {
    case "Subscribe":
      state.withLock(\.whileSubscribing)?()
      return result("<SubscriptionArn>\(subscribe(form) ?? "pending confirmation")</SubscriptionArn>")
    case "ConfirmSubscription":
      let arn = state.withLock { state -> String in
        guard let place = state.subscriptions.indices.last else { return "" }
        state.subscriptions[place].isPending = false
        return state.subscriptions[place].arn
      }
      return result("<SubscriptionArn>\(arn)</SubscriptionArn>")
    case "GetSubscriptionAttributes":
      guard let subscription = subscriptions.first(where: { $0.arn == arn }) else { return Self.xml(Self.missingTopic) }
      return result(
        "<Attributes><entry><key>PendingConfirmation</key><value>\(subscription.isPending)</value></entry></Attributes>"
      )
    case "Unsubscribe":
      state.withLock { $0.subscriptions.removeAll { $0.arn == arn } }
      return result("")
    default: return result("")
    }
  }

  /// - Returns: the ARN that is told.
  private func subscribe(_ form: [String: String]) -> String? {
    state.withLock { state in
      let endpoint = form["Endpoint"] ?? ""
      if let known = state.subscriptions.first(where: { $0.endpoint == endpoint }) { return known.arn }
      let answer = form["Protocol"] == "sqs" ? .confirmed : state.subscribeAnswer
      state.lastSubscription += 1
      let arn = "\(form["TopicArn"] ?? ""):s\(state.lastSubscription)"
      state.subscriptions.append(
        Subscription(
          arn: arn, transport: form["Protocol"] ?? "", endpoint: endpoint, isPending: answer != .confirmed))
      return answer == .unknown ? nil : arn
    }
  }

  // MARK: Buckets

  private func bucketAnswer(_ method: String, _ path: String, _ body: String) async -> AWSAnswer {
    guard path.hasSuffix("?notification") else {
      calls.send("PutObject \(path)")
      if let refusal = scripted("PutObject").refusal { return Self.xml(refusal) }
      sent.send(body)
      return Self.answer("")
    }
    let bucket = String(path.dropLast("?notification".count))
    let action = method == "GET" ? "GetNotification" : "PutNotification"
    calls.send("\(action) \(bucket)")
    // Whoever else wants to may come in between.
    for _ in 0..<3 { await Task.yield() }
    if let refusal = scripted(action).refusal { return Self.xml(refusal) }
    let missing = Refusal(status: 404, code: "NoSuchBucket", message: "The specified bucket does not exist")
    return state.withLock { state in
      guard let xml = state.buckets[bucket] else { return Self.xml(missing) }
      guard method == "PUT" else { return Self.answer(xml) }
      state.buckets[bucket] = body
      return Self.answer("")
    }
  }
}

extension FakeAWS {
  /// A client that calls this; by default all its endpoints are here.
  func client(_ variables: [String: String] = ["AWS_ENDPOINT_URL": "http://aws.test:1"]) throws -> AWSClient {
    var timing = AWSClient.Timing()
    timing.sleep = { _ in }
    return AWSClient(try AWSConfiguration(variables: variables), transport: self, timing: timing)
  }
}

extension String {
  fileprivate var percentDecoded: String {
    var bytes: [UInt8] = []
    var rest = utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
