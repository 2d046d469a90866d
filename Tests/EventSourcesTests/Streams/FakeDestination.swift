import Delivery
import JSON
import NIOCore
import NIOHTTP1
import Synchronization

@testable import AWSClient

/// A queue for failure records behind no network, which can refuse them.
final class FakeDestination: HTTPTransport {
  private let refuses = Mutex(false)
  /// The bodies that it took.
  let messages = Mailbox<String>()
  /// Told of every message that it did not take.
  let refusals = Mailbox<Void>()

  func refuse(_ refuses: Bool) { self.refuses.withLock { $0 = refuses } }

  func exchange(_ request: TransportRequest) async throws(AWSError) -> AWSAnswer {
    if Task.isCancelled { throw .cancelled }
    guard let body = request.body, let document = try? JSONValue(parsing: Array(buffer: body)) else {
      throw .invalidAnswer(endpoint: request.endpoint, reason: "the request is not JSON")
    }
    switch request.headers.first(name: "x-amz-target") {
    case "AmazonSQS.GetQueueUrl": return answer(200, #"{"QueueUrl":"http://sqs.test/1/dead"}"#)
    case "AmazonSQS.SendMessage":
      if refuses.withLock(\.self) {
        refusals.send(())
        return answer(403, #"{"__type":"AccessDenied","message":"no"}"#)
      }
      if case .string(let text) = document["MessageBody"] { messages.send(text) }
      return answer(200, #"{"MessageId":"m"}"#)
    case let target: throw .invalidAnswer(endpoint: request.endpoint, reason: target ?? "")
    }
  }

  private func answer(_ status: Int, _ text: String) -> AWSAnswer {
    AWSAnswer(status: status, headers: [], body: Array(text.utf8))
  }

  func open(_ request: TransportRequest) async throws(AWSError) -> AWSStreamedAnswer {
    throw .configuration("nothing is streamed here")
  }

  func shutdown() async {}

  /// A client that calls this queue.
  func client() throws -> AWSClient {
    AWSClient(
      try AWSConfiguration(variables: ["AWS_ENDPOINT_URL": "http://sqs.test:1"]), transport: self,
      timing: AWSClient.Timing())
  }
}
