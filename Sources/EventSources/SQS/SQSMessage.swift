import Delivery
import JSON

/// A received message: its record in the event, written already, and what its fate needs.
struct SQSMessage: QueuedMessage {
  var id: String
  /// The receipt handle as the queue wrote it, a JSON string with its quotation marks.
  var receiptHandle: [UInt8]
  /// One element of the event's `Records`.
  var record: [UInt8]
  var group: String?
  var receiveCount: Int

  var byteCount: Int { record.count }
}

/// Why an answer of ReceiveMessage cannot be used.
enum SQSAnswerError: Error, CustomStringConvertible {
  case unreadable(String)
  case incompleteMessage

  var description: String {
    switch self {
    case .unreadable(let reason): "the answer cannot be read: \(reason)"
    case .incompleteMessage: "a message of the answer lacks its id, receipt handle or body"
    }
  }
}

/// Turns the answers of ReceiveMessage into records of the event, whose form was recorded (recorded-facts, section 6).
///
/// Values are copied as the bytes in which the queue wrote them; none is decoded and written again.
struct SQSRecordWriter {
  private let tail: [UInt8]
  private let hasWindow: Bool
  /// Messages of standard queues may have groups too, which order nothing.
  private let isFIFO: Bool

  /// - Parameter hasWindow: whether the mapping has a batching window. Recorded: with one, a message without
  ///   attributes has `"md5OfMessageAttributes": null`; without one, the key is absent.
  init(queueARN: String, region: String, hasWindow: Bool) {
    self.hasWindow = hasWindow
    isFIFO = queueARN.hasSuffix(".fifo")
    tail = Array(
      #","eventSource":"aws:sqs","eventSourceARN":"\#(queueARN)","awsRegion":"\#(region)"}"#.utf8)
  }

  /// The messages of an answer, in its order.
  func messages(in answer: [UInt8]) throws(SQSAnswerError) -> [SQSMessage] {
    var messages: [SQSMessage] = []
    do {
      let document = try JSONFragment(document: answer)
      guard document.isObject else { throw SQSAnswerError.unreadable("it is no object") }
      if let list = try document.member("Messages"), !list.isNull {
        guard list.isArray else { throw SQSAnswerError.unreadable("its Messages are no list") }
        try list.forEachElement { messages.append(try message($0)) }
      }
    } catch let error as SQSAnswerError {
      throw error
    } catch {
      throw .unreadable("\(error)")
    }
    return messages
  }

  private func message(_ fragment: JSONFragment) throws -> SQSMessage {
    var fields = Fields()
    try fragment.forEachMember { name, value in
      if name.isString("MessageId") {
        fields.id = value
      } else if name.isString("ReceiptHandle") {
        fields.receiptHandle = value
      } else if name.isString("Body") {
        fields.body = value
      } else if name.isString("MD5OfBody") {
        fields.md5OfBody = value
      } else if name.isString("MD5OfMessageAttributes") {
        fields.md5OfMessageAttributes = value
      } else if name.isString("Attributes") {
        fields.attributes = value
      } else if name.isString("MessageAttributes") {
        fields.messageAttributes = value
      }
    }
    guard let id = fields.id, let text = id.text, let handle = fields.receiptHandle, handle.isString,
      let body = fields.body, body.isString
    else { throw SQSAnswerError.incompleteMessage }

    var json = RecordText(capacity: body.token.count + handle.token.count + tail.count + 640)
    json.begin()
    json.member("messageId", id.token)
    json.member("receiptHandle", handle.token)
    json.member("body", body.token)
    let attributes = try writeAttributes(fields.attributes, to: &json)
    let hasMessageAttributes = try writeMessageAttributes(fields.messageAttributes, to: &json)
    if hasMessageAttributes, let md5 = fields.md5OfMessageAttributes, md5.isString {
      json.member("md5OfMessageAttributes", md5.token)
    } else if hasWindow {
      json.member("md5OfMessageAttributes", "null".utf8)
    }
    if let md5 = fields.md5OfBody, md5.isString { json.member("md5OfBody", md5.token) }
    json.append(tail)
    return SQSMessage(
      id: text, receiptHandle: Array(handle.token), record: json.bytes, group: attributes.group,
      receiveCount: attributes.receiveCount)
  }

  private struct Fields {
    var id: JSONFragment?
    var receiptHandle: JSONFragment?
    var body: JSONFragment?
    var md5OfBody: JSONFragment?
    var md5OfMessageAttributes: JSONFragment?
    var attributes: JSONFragment?
    var messageAttributes: JSONFragment?
  }

  // MARK: Attributes

  /// The order of AWS: recorded for standard queues, that of the documentation's example for FIFO ones.
  private static let order: [StaticString] = [
    "ApproximateReceiveCount", "AWSTraceHeader", "SentTimestamp", "SequenceNumber", "MessageGroupId", "SenderId",
    "MessageDeduplicationId", "ApproximateFirstReceiveTimestamp", "DeadLetterQueueSourceArn",
  ]

  private func writeAttributes(
    _ attributes: JSONFragment?, to json: inout RecordText
  ) throws -> (group: String?, receiveCount: Int) {
    var values = [JSONFragment?](repeating: nil, count: Self.order.count)
    var others: [(name: JSONFragment, value: JSONFragment)] = []
    try attributes?.forEachMember { name, value in
      if let place = Self.order.firstIndex(where: { name.isString($0) }) {
        values[place] = value
      } else {
        others.append((name, value))
      }
    }
    json.open("attributes")
    for (name, value) in zip(Self.order, values) {
      guard let value else { continue }
      json.member(name, text: value)
    }
    for (name, value) in others { json.member(name.token, text: value) }
    json.close()
    return (isFIFO ? values[4]?.text : nil, values[0]?.integer ?? 1)
  }

  /// - Returns: whether there are any.
  private func writeMessageAttributes(_ attributes: JSONFragment?, to json: inout RecordText) throws -> Bool {
    var isAny = false
    json.open("messageAttributes")
    try attributes?.forEachMember { name, attribute in
      isAny = true
      json.open(name.token)
      if let value = try attribute.member("StringValue"), !value.isNull { json.member("stringValue", value.token) }
      if let value = try attribute.member("BinaryValue"), !value.isNull { json.member("binaryValue", value.token) }
      json.member("stringListValues", "[]".utf8)
      json.member("binaryListValues", "[]".utf8)
      if let value = try attribute.member("DataType") { json.member("dataType", value.token) }
      json.close()
    }
    json.close()
    return isAny
  }
}
