import Delivery
import JSON
import LambdaWire
import Testing

@testable import EventSources

/// A message as ReceiveMessage answers it, and the record that the function has to see, byte for byte.
struct RecordCase: Sendable, CustomTestStringConvertible {
  var name: String
  var message: String
  var record: String
  var hasWindow = false

  var testDescription: String { name }

  static let queue = "arn:aws:sqs:us-east-1:111111111111:q"
  static let tail = #","eventSource":"aws:sqs","eventSourceARN":"\#(queue)","awsRegion":"us-east-1"}"#
  static let md5 = #""md5OfBody":"0cc175b9c0f1b6a831c399e269772661""#
  static let counted = #""attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1000","SenderId":"AIDA:x","#
  static let recordedAttributes = counted + #""ApproximateFirstReceiveTimestamp":"1001"}"#
  /// As SQS and most emulators answer: in an order of their own.
  static let receivedAttributes = """
    "Attributes":{"SenderId":"AIDA:x","ApproximateFirstReceiveTimestamp":"1001","ApproximateReceiveCount":"1",\
    "SentTimestamp":"1000"}
    """

  private static func message(_ more: String, body: String = #""a""#) -> String {
    #"{"MessageId":"m-1","ReceiptHandle":"h+/=","MD5OfBody":"0cc175b9c0f1b6a831c399e269772661","Body":\#(body)\#(more)}"#
  }

  private static func record(_ middle: String, body: String = #""a""#) -> String {
    #"{"messageId":"m-1","receiptHandle":"h+/=","body":\#(body),\#(middle),\#(md5)\#(tail)"#
  }

  private static let value = #"{"StringValue":"v","DataType":"String"}"#
  private static let lists = #""stringListValues":[],"binaryListValues":[]"#

  static let all = [
    // Recorded: message_body_and_attributes, event_source_mapping.
    RecordCase(
      name: "no window, no message attributes", message: message("," + receivedAttributes),
      record: record(recordedAttributes + #","messageAttributes":{}"#)),
    RecordCase(
      name: "a window, no message attributes", message: message("," + receivedAttributes),
      record: record(recordedAttributes + #","messageAttributes":{},"md5OfMessageAttributes":null"#), hasWindow: true),
    RecordCase(
      name: "a window and message attributes",
      message: message(#",\#(receivedAttributes),"MD5OfMessageAttributes":"abc","MessageAttributes":{"k":\#(value)}"#),
      record: record(
        recordedAttributes
          + #","messageAttributes":{"k":{"stringValue":"v",\#(lists),"dataType":"String"}},"md5OfMessageAttributes":"abc""#
      ),
      hasWindow: true),
    RecordCase(
      name: "string, number and binary attributes in the order of the queue",
      message: message(
        #",\#(receivedAttributes),"MD5OfMessageAttributes":"abc","MessageAttributes":{"z":{"DataType":"Number","#
          + #""StringValue":"5"},"b":{"BinaryValue":"AQI=","DataType":"Binary.png"},"\u0061":\#(value)}"#),
      record: record(
        recordedAttributes + #","messageAttributes":{"z":{"stringValue":"5",\#(lists),"dataType":"Number"},"#
          + #""b":{"binaryValue":"AQI=",\#(lists),"dataType":"Binary.png"},"\u0061":{"stringValue":"v",\#(lists),"#
          + #""dataType":"String"}},"md5OfMessageAttributes":"abc""#)),
    RecordCase(
      name: "values that are null are none",
      message: message(
        #",\#(receivedAttributes),"MessageAttributes":{"k":{"StringValue":"v","BinaryValue":null,"DataType":"String","#
          + #""StringListValues":[],"BinaryListValues":[]}}"#),
      record: record(
        recordedAttributes + #","messageAttributes":{"k":{"stringValue":"v",\#(lists),"dataType":"String"}}"#)),
    // The order is that of the documentation's example of a FIFO record.
    RecordCase(
      name: "FIFO attributes and the trace header",
      message: message(
        #","Attributes":{"MessageDeduplicationId":"d","MessageGroupId":"g","SequenceNumber":"188","#
          + #""AWSTraceHeader":"Root=1-5","SenderId":"AIDA:x","ApproximateFirstReceiveTimestamp":"1001","#
          + #""ApproximateReceiveCount":"3","SentTimestamp":"1000"}"#),
      record: record(
        #""attributes":{"ApproximateReceiveCount":"3","AWSTraceHeader":"Root=1-5","SentTimestamp":"1000","#
          + #""SequenceNumber":"188","MessageGroupId":"g","SenderId":"AIDA:x","MessageDeduplicationId":"d","#
          + #""ApproximateFirstReceiveTimestamp":"1001"},"messageAttributes":{}"#)),
    RecordCase(
      name: "unknown attributes stand at the end",
      message: message(
        #","Attributes":{"Zeta":"z","DeadLetterQueueSourceArn":"arn","ApproximateReceiveCount":"1","Alpha":"a"}"#),
      record: record(
        #""attributes":{"ApproximateReceiveCount":"1","DeadLetterQueueSourceArn":"arn","Zeta":"z","Alpha":"a"},"#
          + #""messageAttributes":{}"#)),
    RecordCase(
      name: "numbers and words where strings belong become strings",
      message: message(#","Attributes":{"ApproximateReceiveCount":2,"SentTimestamp":1000.5,"Other":true}"#),
      record: record(
        #""attributes":{"ApproximateReceiveCount":"2","SentTimestamp":"1000.5","Other":"true"},"messageAttributes":{}"#)
    ),
    RecordCase(
      name: "no attributes at all", message: message(""), record: record(#""attributes":{},"messageAttributes":{}"#)),
    RecordCase(
      name: "attributes that are null", message: message(#","Attributes":null,"MessageAttributes":null"#),
      record: record(#""attributes":{},"messageAttributes":{}"#)),
  ]

  /// Bodies as a queue may write them; all of them are handed on unchanged.
  static let bodies = [
    #""""#, #""plain""#, #""\/ \" \\ \b\f\n\r\t""#, #""\u0041\u00e9\u0000""#, #""\ud83d\ude00 😀""#, #""\ud800 lone""#,
    #""\udc00""#, "\"del \u{7f} \u{2028}é\"", #""{\"a\": [1, \"x\"]}""#, #""<Body>&amp;</Body>""#,
  ]
}

@Suite struct SQSRecordWriterTests {
  private func writer(hasWindow: Bool = false) -> SQSRecordWriter {
    SQSRecordWriter(queueARN: RecordCase.queue, region: "us-east-1", hasWindow: hasWindow)
  }

  private func messages(_ text: String, hasWindow: Bool = false) throws -> [SQSMessage] {
    try writer(hasWindow: hasWindow).messages(in: Array(text.utf8))
  }

  @Test(arguments: RecordCase.all) func recordIsAWSsByteForByte(record: RecordCase) throws {
    let messages = try messages(#"{"Messages":[\#(record.message)]}"#, hasWindow: record.hasWindow)
    #expect(messages.map { String(decoding: $0.record, as: UTF8.self) } == [record.record])
    #expect(messages.map(\.id) == ["m-1"])
    #expect(messages.map { String(decoding: $0.receiptHandle, as: UTF8.self) } == [#""h+/=""#])
    #expect(throws: Never.self) { try JSONValue(parsing: record.record) }
  }

  @Test(arguments: RecordCase.bodies) func bodyStaysTheBytesThatItIs(body: String) throws {
    let messages = try messages(#"{"Messages":[{"MessageId":"m","ReceiptHandle":"h","Body":\#(body)}]}"#)
    let record = String(decoding: try #require(messages.first).record, as: UTF8.self)
    #expect(record.contains(#","body":\#(body),"attributes":"#))
  }

  @Test(arguments: [("q", nil), ("q.fifo", "g")]) func groupOfAFIFOQueueAndReceiveCountAreRead(
    queue: String, group: String?
  ) throws {
    let writer = SQSRecordWriter(
      queueARN: "arn:aws:sqs:us-east-1:111111111111:\(queue)", region: "us-east-1", hasWindow: false)
    let messages = try writer.messages(
      in: Array(
        (#"{"Messages":[{"MessageId":"a","ReceiptHandle":"h","Body":"","Attributes":{"MessageGroupId":"\u0067","#
          + #""ApproximateReceiveCount":"7"}},{"MessageId":"b","ReceiptHandle":"h","Body":""},"#
          + #"{"MessageId":"c","ReceiptHandle":"h","Body":"","Attributes":{"ApproximateReceiveCount":"many"}}]}"#).utf8)
    )
    #expect(messages.map(\.group) == [group, nil, nil])
    #expect(messages.map(\.receiveCount) == [7, 1, 1])
    #expect(messages.map(\.id) == ["a", "b", "c"])
    #expect(messages.allSatisfy { $0.byteCount == $0.record.count })
  }

  @Test(arguments: ["{}", #"{"Messages":[]}"#, #"{"Messages":null}"#, #"{"ResponseMetadata":{"Messages":[{}]}}"#])
  func answerWithoutMessagesHasNone(answer: String) throws {
    #expect(try messages(answer).isEmpty)
  }

  @Test(arguments: ["", "<html>", "[]", "null", #""text""#, "{", #"{"Messages":[{]}"#, "\u{0}"])
  func answerThatIsNoObjectIsRefused(answer: String) {
    let error = #expect(throws: SQSAnswerError.self) { try messages(answer) }
    #expect(error.map { "\($0)" }?.hasPrefix("the answer cannot be read: ") == true)
  }

  @Test(arguments: [
    #"{"ReceiptHandle":"h","Body":"b"}"#, #"{"MessageId":"m","Body":"b"}"#, #"{"MessageId":"m","ReceiptHandle":"h"}"#,
    #"{"MessageId":1,"ReceiptHandle":"h","Body":"b"}"#, #"{"MessageId":"m","ReceiptHandle":2,"Body":"b"}"#,
    #"{"MessageId":"m","ReceiptHandle":"h","Body":3}"#, #"{"MessageId":"m","ReceiptHandle":"h","Body":null}"#,
    #"{"MessageId":"\ud800","ReceiptHandle":"h","Body":"b"}"#, "{}", "1", "[]", "null",
  ])
  func messageWithoutItsPartsIsRefused(message: String) {
    let error = #expect(throws: SQSAnswerError.self) { try messages(#"{"Messages":[\#(message)]}"#) }
    #expect(error.map { "\($0)" } == "a message of the answer lacks its id, receipt handle or body")
  }

  /// Whatever a queue puts in the place of a value, the event has to be JSON.
  @Test(arguments: [
    #""Attributes":{"Other":{"a":"b"}}"#, #""Attributes":{"Other":["a"]}"#, #""Attributes":["a"]"#,
    #""Attributes":{"SenderId":null}"#, #""Attributes":"text""#, #""MessageAttributes":{"k":"v"}"#,
    #""MessageAttributes":{"k":{"StringValue":{"a":1},"DataType":[]}}"#, #""MessageAttributes":["k"]"#,
    #""MD5OfBody":5,"MD5OfMessageAttributes":{}"#, #""MD5OfBody":null"#,
  ])
  func recordOfStrangeValuesIsJSON(more: String) throws {
    let messages = try messages(#"{"Messages":[{"MessageId":"m","ReceiptHandle":"h","Body":"b",\#(more)}]}"#)
    #expect(messages.count == 1)
    for message in messages { #expect(throws: Never.self) { try JSONValue(parsing: message.record) } }
  }

  @Test func answerThatIsCutOffAnywhereIsRefused() {
    let answer = Array(#"{"Messages":[\#(RecordCase.all.map(\.message).joined(separator: ","))]}"#.utf8)
    for end in answer.indices {
      #expect(throws: SQSAnswerError.self, "cut at \(end)") { try writer().messages(in: Array(answer[..<end])) }
    }
  }

  @Test func answerWithAnyByteChangedIsReadOrRefused() {
    let answer = Array(#"{"Messages":[\#(RecordCase.all[5].message)]}"#.utf8)
    for place in answer.indices {
      for byte in [0x00, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x2c, 0xff] as [UInt8] {
        var changed = answer
        changed[place] = byte
        _ = try? writer().messages(in: changed)
      }
    }
  }
}

@Suite struct SQSEventTests {
  private func messages(_ bodies: [String]) throws -> [SQSMessage] {
    let list = bodies.map { #"{"MessageId":"m","ReceiptHandle":"h","Body":\#(JSONValue.string($0).text)}"# }
    return try SQSRecordWriter(queueARN: RecordCase.queue, region: "us-east-1", hasWindow: false)
      .messages(in: Array(#"{"Messages":[\#(list.joined(separator: ","))]}"#.utf8))
  }

  @Test(arguments: [0, 1, 2, 10]) func eventHoldsTheRecordsInTheirOrder(count: Int) throws {
    let messages = try messages((0..<count).map(String.init))
    let payload = SQSEvent.payload(of: messages)
    let records = messages.map { String(decoding: $0.record, as: UTF8.self) }.joined(separator: ",")
    #expect(String(decoding: payload, as: UTF8.self) == #"{"Records":[\#(records)]}"#)
    #expect(throws: Never.self) { try JSONValue(parsing: payload) }
  }

  /// Body, pattern and whether the message is delivered: the documented table, and that bodies are seen parsed.
  @Test(arguments: [
    (#"{"a": {"b": 1}}"#, #"{"body":{"a":{"b":[1]}}}"#, true), (#"{"a":2}"#, #"{"body":{"a":[1]}}"#, false),
    ("text", #"{"body":{"a":[1]}}"#, false), ("text", #"{"body":["text"]}"#, true),
    (#"{"a":1}"#, #"{"body":["text"]}"#, false), ("text", #"{"messageId":["m"]}"#, true),
    ("text", #"{"eventSource":["aws:sqs"],"awsRegion":["eu-west-1"]}"#, false),
    (#"{"a":"\u00e9"}"#, #"{"body":{"a":["é"]}}"#, true),
  ])
  func filtersSeeTheParsedBody(body: String, pattern: String, passes: Bool) throws {
    let filter = RecordFilter(
      try WireCoding.decode(
        FilterCriteria.self, from: Array(#"{"Filters":[{"Pattern":\#(JSONValue.string(pattern).text)}]}"#.utf8)))
    let message = try #require(try messages([body]).first)
    #expect(message.passes(filter) == passes)
    #expect(message.passes(RecordFilter(nil)))
  }

  /// What is not let through is deleted; so what cannot be looked at is let through.
  @Test func messageThatCannotBeReadPasses() throws {
    let filter = RecordFilter(
      try WireCoding.decode(
        FilterCriteria.self, from: Array(#"{"Filters":[{"Pattern":"{\"body\":[\"x\"]}"}]}"#.utf8)))
    let messages = try SQSRecordWriter(queueARN: RecordCase.queue, region: "us-east-1", hasWindow: false)
      .messages(in: Array(#"{"Messages":[{"MessageId":"m","ReceiptHandle":"h","Body":"\ud800"}]}"#.utf8))
    #expect(messages.allSatisfy { $0.passes(filter) })
    #expect(messages.count == 1)
  }
}
