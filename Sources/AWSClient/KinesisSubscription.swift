/// The events of a subscription to a shard, as they arrive.
///
/// The body is read only when an event is asked for, so that a slow reader slows the sender down. The connection ends
/// when the subscription is dropped, with the stream, with an error, and when the reading task is cancelled. There is no
/// time limit between two events: Kinesis sends one at least every few seconds, if need be without records.
public struct KinesisSubscription {
  private var pieces: AWSBody.AsyncIterator?
  private var decoder = EventStreamDecoder()
  private let endpoint: String

  init(_ body: AWSBody) {
    pieces = body.makeAsyncIterator()
    endpoint = body.endpoint
  }

  /// The JSON of the next `SubscribeToShardEvent`, as it came; nil at the end of the stream, and after an error.
  ///
  /// An error that Kinesis sends in place of an event is thrown as `service`, what is no event stream as
  /// `invalidAnswer`, and a stream that ends within a message as `connection`.
  public mutating func next() async throws(AWSError) -> [UInt8]? {
    do throws(AWSError) {
      let payload = try await nextEvent()
      if payload == nil { pieces = nil }
      return payload
    } catch {
      pieces = nil
      throw error
    }
  }

  private mutating func nextEvent() async throws(AWSError) -> [UInt8]? {
    guard pieces != nil else { return nil }
    while true {
      while let message = try decoded() {
        if let payload = try event(message) { return payload }
      }
      guard let piece = try await pieces?.next() else {
        guard decoder.isBetweenMessages else {
          throw .connection(endpoint: endpoint, reason: "connection closed within a message")
        }
        return nil
      }
      decoder.append(piece)
    }
  }

  private mutating func decoded() throws(AWSError) -> EventStreamMessage? {
    do throws(EventStreamError) {
      return try decoder.next()
    } catch {
      throw .invalidAnswer(endpoint: endpoint, reason: "\(error)")
    }
  }

  /// What a message says (https://smithy.io/2.0/aws/amazon-eventstream.html#amazon-event-semantics); nil for one that is
  /// about no records: the `initial-response`, and kinds that are not known yet.
  private func event(_ message: EventStreamMessage) throws(AWSError) -> [UInt8]? {
    switch message.text(":message-type") {
    case "event":
      return message.text(":event-type") == "SubscribeToShardEvent" ? message.payload : nil
    case "exception":
      let code = message.text(":exception-type") ?? "Unknown"
      throw .service(
        AWSServiceError(
          AWSAnswer(status: Self.status(of: code), headers: [("x-amzn-errortype", code)], body: message.payload)))
    case "error":
      // What the model does not know of went wrong within the service.
      throw .service(
        AWSServiceError(
          status: 500, code: message.text(":error-code") ?? "Unknown", message: message.text(":error-message") ?? ""))
    default:
      throw .invalidAnswer(endpoint: endpoint, reason: "a message without a known :message-type")
    }
  }

  /// The status that the API reference gives an exception: the answer's own was sent before it happened.
  private static func status(of code: String) -> Int {
    code == "InternalFailureException" ? 500 : 400
  }
}

extension EventStreamMessage {
  /// The header of that name, where it is text.
  fileprivate func text(_ name: String) -> String? {
    guard case .string(let text)? = headers[name] else { return nil }
    return text
  }
}
