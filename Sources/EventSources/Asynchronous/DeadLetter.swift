import AWSClient
import JSON
import Mappings

/// What a dead-letter queue gets: the event as it is, and why it is there
/// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq).
struct DeadLetter {
  /// Documented: the first kilobyte of an error's message.
  private static let longestMessage = 1024

  let event: AsynchronousEvent

  func send(to queue: ARN, _ client: AWSClient) async throws(AWSError) {
    let queues = SQSClient(client, region: queue.region, account: queue.account)
    try await queues.send(
      queueURL: try await queues.queueURL(name: queue.resource), body: event.payload, attributes: attributes)
  }

  private var attributes: [String: SQSClient.MessageAttribute] {
    [
      "RequestID": .init(dataType: "String", stringValue: event.requestID),
      // The status of the last invocation: a function that fails answers with 200; 500 where none has answered.
      "ErrorCode": .init(dataType: "Number", stringValue: event.failures > 0 ? "200" : "500"),
      "ErrorMessage": .init(dataType: "String", stringValue: message),
    ]
  }

  private var message: String {
    let document = try? JSONValue(parsing: event.lastAnswer)
    var text = String(decoding: event.lastAnswer, as: UTF8.self)
    if case .string(let message)? = document?["errorMessage"] { text = message }
    // SQS takes no empty attribute, and none with a control character.
    let plain = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.isAllowedInSQS }))
    guard !plain.isEmpty else { return event.ended?.rawValue ?? "" }
    guard let end = plain.utf8.index(plain.startIndex, offsetBy: Self.longestMessage, limitedBy: plain.endIndex) else {
      return plain
    }
    // Between characters: half of one is none.
    var cut = plain.unicodeScalars[...]
    while cut.endIndex > end { cut.removeLast() }
    return String(cut)
  }
}

extension Unicode.Scalar {
  /// The characters of a message (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
  fileprivate var isAllowedInSQS: Bool {
    value >= 0x20 && value != 0xFFFE && value != 0xFFFF || [0x9, 0xA, 0xD].contains(value)
  }
}
