import Delivery
import JSON
import NIOCore
import NIOHTTP1
import Synchronization

@testable import AWSClient

/// A queue behind no network: gives the answers that a test put in, and tells what is asked of it.
final class FakeSQS: HTTPTransport {
  private struct State {
    var answers: [AWSAnswer] = []
    var receivers: [(number: Int, continuation: CheckedContinuation<AWSAnswer?, Never>)] = []
    var lastReceiver = 0
  }

  private let state = Mutex(State())
  /// All calls but those that ask who the queue is, such as `delete h1 h2`, `release h1` and `receive 10`.
  let calls = Mailbox<String>()
  /// The names of all calls.
  let names = Mailbox<String>()

  // MARK: What the test says

  /// The answer of one receive: messages with bodies, their ids `m1`…, their handles `h1`….
  func give(_ bodies: [(number: Int, body: String)]) {
    let messages = bodies.map { number, body in
      #"{"MessageId":"m\#(number)","ReceiptHandle":"h\#(number)","Body":\#(JSONValue.string(body).text),"#
        + #""Attributes":{"ApproximateReceiveCount":"\#(number)"}}"#
    }
    answer(200, #"{"Messages":[\#(messages.joined(separator: ","))]}"#)
  }

  /// The answer of one receive.
  func answer(_ status: Int, _ body: String) {
    let answer = AWSAnswer(status: status, headers: [], body: Array(body.utf8))
    let receiver = state.withLock { state -> CheckedContinuation<AWSAnswer?, Never>? in
      guard state.receivers.isEmpty else { return state.receivers.removeFirst().continuation }
      state.answers.append(answer)
      return nil
    }
    receiver?.resume(returning: answer)
  }

  /// The next call that is no receive.
  func nextChange() async -> String? {
    while let call = await calls.next() {
      if !call.hasPrefix("receive") { return call }
    }
    return nil
  }

  // MARK: What the queue does

  func exchange(_ request: TransportRequest) async throws(AWSError) -> AWSAnswer {
    guard let body = request.body, let document = try? JSONValue(parsing: Array(buffer: body)) else {
      throw .invalidAnswer(endpoint: request.endpoint, reason: "the request is not JSON")
    }
    let target = request.headers.first(name: "x-amz-target") ?? ""
    names.send(String(target.dropFirst("AmazonSQS.".count)))
    var text = #"{"Successful":[]}"#
    switch target {
    case "AmazonSQS.GetQueueUrl": text = #"{"QueueUrl":"http://sqs.test/1/q"}"#
    case "AmazonSQS.GetQueueAttributes": text = #"{"Attributes":{"VisibilityTimeout":"30"}}"#
    case "AmazonSQS.ReceiveMessage":
      calls.send("receive \(document["MaxNumberOfMessages"]?.text ?? "")")
      guard let answer = await receive() else { throw .cancelled }
      return answer
    case "AmazonSQS.DeleteMessageBatch": calls.send("delete" + Self.handles(document))
    case "AmazonSQS.ChangeMessageVisibilityBatch": calls.send("release" + Self.handles(document))
    default: throw .invalidAnswer(endpoint: request.endpoint, reason: target)
    }
    return AWSAnswer(status: 200, headers: [], body: Array(text.utf8))
  }

  private static func handles(_ document: JSONValue) -> String {
    guard case .array(let entries) = document["Entries"] else { return "" }
    return entries.map { entry in
      guard case .string(let handle) = entry["ReceiptHandle"] else { return " ?" }
      return " \(handle)"
    }.joined()
  }

  /// Nil where the task is cancelled.
  private func receive() async -> AWSAnswer? {
    let number = state.withLock { state in
      state.lastReceiver += 1
      return state.lastReceiver
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: AWSAnswer?? = state.withLock { state in
          if Task.isCancelled { return .some(nil) }
          guard state.answers.isEmpty else { return state.answers.removeFirst() }
          state.receivers.append((number, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let receiver = state.withLock { state in
        state.receivers.firstIndex { $0.number == number }.map { state.receivers.remove(at: $0).continuation }
      }
      receiver?.resume(returning: nil)
    }
  }

  func open(_ request: TransportRequest) async throws(AWSError) -> AWSStreamedAnswer {
    throw .configuration("nothing is streamed here")
  }

  func shutdown() async {}
}

extension FakeSQS {
  /// A client that calls this queue.
  func client() throws -> AWSClient {
    AWSClient(
      try AWSConfiguration(variables: ["AWS_ENDPOINT_URL": "http://sqs.test:1"]), transport: self,
      timing: AWSClient.Timing())
  }
}
