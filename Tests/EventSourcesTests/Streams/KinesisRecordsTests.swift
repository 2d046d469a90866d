import JSON
import Mappings
import Testing

@testable import EventSources

@Suite struct KinesisRecordsTests {
  private func read(_ answer: String) throws -> ShardAnswer {
    let arn = try #require(ARN(StreamSources.kinesisARN))
    return try KinesisRecords(shard: "shardId-000000000000", source: arn).read(Array(answer.utf8))
  }

  private static func record(
    _ number: String = #""42""#, key: String = #""test""#, data: String = #""aGVsbG8=""#,
    time: String = "1790000000.123"
  ) -> String {
    #"{"SequenceNumber":\#(number),"ApproximateArrivalTimestamp":\#(time),"Data":\#(data),"PartitionKey":\#(key)}"#
  }

  private static func answer(_ records: String..., more: String = #","NextShardIterator":"i""#) -> String {
    #"{"Records":[\#(records.joined(separator: ","))]\#(more)}"#
  }

  /// Recorded: test_create_kinesis_event_source_mapping, and the S3 object of the failure destination for the order.
  @Test func recordHasTheRecordedFormAndOrder() throws {
    let answer = try read(
      #"""
      {"MillisBehindLatest":0,"NextShardIterator":"AAAA","Records":[{"ApproximateArrivalTimestamp":1790000000.123,
      "Data":"aGVsbG8=","EncryptionType":"NONE","PartitionKey":"test","SequenceNumber":"4954"}]}
      """#)
    let expected = #"""
      {"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"test","sequenceNumber":"4954","data":"aGVsbG8=",\#
      "approximateArrivalTimestamp":1790000000.123},"eventSource":"aws:kinesis","eventVersion":"1.0",\#
      "eventID":"shardId-000000000000:4954","eventName":"aws:kinesis:record",\#
      "invokeIdentityArn":"arn:aws:iam::111111111111:role/headrace","awsRegion":"us-east-1",\#
      "eventSourceARN":"arn:aws:kinesis:us-east-1:111111111111:stream/s"}
      """#
    #expect(answer.records.map(\.text) == [expected])
    #expect(answer.records.first?.sequenceNumber == SequenceNumber("4954"))
    #expect(answer.records.first?.arrival == Milliseconds(1_790_000_000_123))
    #expect(answer.next == "AAAA")
    #expect(answer.millisBehindLatest == 0)
  }

  /// Recorded: a float. Nothing is rounded.
  @Test(arguments: [
    ("1790000000", "1790000000.0", 1_790_000_000_000), ("1790000000.0", "1790000000.0", 1_790_000_000_000),
    ("1790000000.12", "1790000000.12", 1_790_000_000_120), ("1.790000000123E9", "1.790000000123E9", 1_790_000_000_123),
    ("17e8", "17e8", 1_700_000_000_000), ("0", "0.0", 0),
  ]) func timeHasAFraction(written: String, expected: String, milliseconds: Int64) throws {
    let record = try #require(try read(Self.answer(Self.record(time: written))).records.first)
    #expect(record.text.contains(#""approximateArrivalTimestamp":\#(expected)},"#))
    #expect(record.arrival == Milliseconds(milliseconds))
  }

  @Test(arguments: ["-5", "1e300", "1e999", "9223372036854775807", "-1e999"]) func timeThatNoClockShowsIsHarmless(
    time: String
  ) throws {
    let record = try #require(try read(Self.answer(Self.record(time: time))).records.first)
    #expect((0...253_402_300_799_000).contains(record.arrival.count))
    _ = record.arrival.text
  }

  @Test func textsAreCopiedAsTheyAreWritten() throws {
    let answer = try read(Self.answer(Self.record(key: #""a\"\u00e9\/é""#, data: #""AQI\/""#)))
    let text = try #require(answer.records.first?.text)
    #expect(text.contains(#""partitionKey":"a\"\u00e9\/é","sequenceNumber":"42","data":"AQI\/","#))
    #expect(throws: Never.self) { try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test func recordsKeepTheirOrderAndKeysTheirLane() throws {
    let keys = [#""a""#, #""b""#, #""a""#, #""""#]
    let records = keys.enumerated().map { Self.record(#""\#($0.offset)""#, key: $0.element) }
    let answer = try read(Self.answer(records.joined(separator: ",")))
    #expect(answer.records.map(\.sequenceNumber.description) == ["0", "1", "2", "3"])
    #expect(answer.records[0].keyHash == answer.records[2].keyHash)
    #expect(Set(answer.records.map(\.keyHash)).count == 3)
  }

  /// Checkpoints of lanes depend on it in every process, so that it may never change.
  @Test func hashOfAKeyIsTheSameInEveryProcess() {
    var hash = KeyHash()
    #expect(hash.value == 0xcbf2_9ce4_8422_2325)
    // Of the authors' test vectors.
    hash.combine("a".utf8)
    #expect(hash.value == 0xaf63_dc4c_8601_ec8c)
    var other = KeyHash()
    other.combine("foobar".utf8)
    #expect(other.value == 0x8594_4171_f739_67e8)
  }

  // MARK: Where the next read begins

  @Test(
    arguments: [
      (#","NextShardIterator":"i""#, "i"), (#","NextShardIterator":null"#, nil), ("", nil),
      (#","NextShardIterator":"i","ChildShards":[]"#, "i"), (#","NextShardIterator":"i","ChildShards":null"#, "i"),
      (#","NextShardIterator":"i","ChildShards":[{"ShardId":"s"}]"#, nil),
      (#","ChildShards":[{"ShardId":"s"}],"NextShardIterator":"i""#, nil),
      (#","ContinuationSequenceNumber":"77""#, "77"), (#","ContinuationSequenceNumber":null"#, nil),
    ] as [(String, String?)])
  func nextReadBeginsWhereTheAnswerSays(more: String, next: String?) throws {
    #expect(try read(Self.answer(more: more)).next == next)
  }

  @Test(arguments: [("0", 0), ("1500", 1500), ("null", nil), (#""7""#, 7), ("1.5", nil)] as [(String, Int?)])
  func distanceToTheEndIsRead(text: String, expected: Int?) throws {
    #expect(try read(Self.answer(more: #","MillisBehindLatest":\#(text)"#)).millisBehindLatest == expected)
  }

  // MARK: Garbage

  @Test(arguments: [
    "", " ", "null", "[]", "7", #""text""#, "{", "{}", #"{"Records":null}"#, #"{"Records":{}}"#, #"{"Records":[}"#,
    #"{"Records":[null]}"#, #"{"Records":[7]}"#, #"{"Records":[[]]}"#, #"{"Records":["text"]}"#, #"{"Records":[{}]}"#,
    answer(record("42")), answer(record(#""""#)), answer(record("null")), answer(record(key: "null")),
    answer(record(key: "7")), answer(record(data: "{}")), answer(record(data: "null")), answer(record(time: "null")),
    answer(record(time: #""now""#)), answer(record(time: "true")), answer(record(), record(data: "7")),
    answer(more: #","NextShardIterator":7"#), answer(more: #","NextShardIterator":{}"#),
    answer(more: #","NextShardIterator":[null]"#), answer(more: #","NextShardIterator":false"#),
    answer(more: #","NextShardIterator":"""#), answer(record()) + "x",
  ]) func garbageIsRefused(answer: String) {
    #expect(throws: StreamAnswerError.self) { try read(answer) }
  }

  @Test func iteratorThatIsNoTextIsRefused() throws {
    let arn = try #require(ARN(StreamSources.kinesisARN))
    let answer = Array(#"{"Records":[],"NextShardIterator":""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8)
    #expect(throws: StreamAnswerError.self) { try KinesisRecords(shard: "s", source: arn).read(answer) }
  }
}
