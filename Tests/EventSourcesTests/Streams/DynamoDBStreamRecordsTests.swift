import JSON
import Mappings
import Testing

@testable import EventSources

@Suite struct DynamoDBStreamRecordsTests {
  private func read(_ answer: String) throws -> ShardAnswer {
    try DynamoDBStreamRecords(source: try #require(ARN(StreamSources.tableARN))).read(Array(answer.utf8))
  }

  private static func answer(_ records: String..., more: String = #","NextShardIterator":"i""#) -> String {
    #"{"Records":[\#(records.joined(separator: ","))]\#(more)}"#
  }

  private static func record(
    _ number: String = #""42""#, time: String = "1764078861", keys: String = #"{"id":{"S":"a"}}"#
  ) -> String {
    #"""
    {"eventID":"e","dynamodb":{"ApproximateCreationDateTime":\#(time),"Keys":\#(keys),"SequenceNumber":\#(number)}}
    """#
  }

  /// Recorded: test_dynamodb_event_source_mapping; as the API and most servers answer it.
  @Test func recordHasTheRecordedFormAndOrder() throws {
    let change = #"""
      "Keys":{"id":{"S":"a"}},"NewImage":{"id":{"S":"a"},"n":{"N":"1.50"},"b":{"B":"AQI="}},\#
      "SequenceNumber":"700000000001","SizeBytes":12,"StreamViewType":"NEW_AND_OLD_IMAGES"}
      """#
    let answer = try read(
      #"""
      {"NextShardIterator":"i","Records":[{"eventID":"0f","eventName":"INSERT","eventVersion":"1.1",\#
      "eventSource":"aws:dynamodb","awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1764078861,\#
      \#(change)}]}
      """#)
    let expected = #"""
      {"eventID":"0f","eventName":"INSERT","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"us-east-1",\#
      "dynamodb":{"ApproximateCreationDateTime":1.764078861E9,\#(change),"eventSourceARN":"\#(StreamSources.tableARN)"}
      """#
    #expect(answer.records.map(\.text) == [expected])
    #expect(answer.records.first?.sequenceNumber == SequenceNumber("700000000001"))
    #expect(answer.records.first?.arrival == Milliseconds(1_764_078_861_000))
    #expect(answer.next == "i")
    #expect(answer.millisBehindLatest == nil)
  }

  /// Recorded: it parses as a float. In AWS's form, whatever the server wrote.
  @Test(arguments: [
    ("1764078861", "1.764078861E9", 1_764_078_861_000), ("1764078860", "1.76407886E9", 1_764_078_860_000),
    ("1764078861.0", "1.764078861E9", 1_764_078_861_000), ("1764078861.25", "1.76407886125E9", 1_764_078_861_250),
    ("1.764078861E9", "1.764078861E9", 1_764_078_861_000), ("1.764078861e+09", "1.764078861e+09", 1_764_078_861_000),
    ("1000000000", "1.0E9", 1_000_000_000_000),
  ]) func timeHasTheFormOfAWS(written: String, expected: String, milliseconds: Int64) throws {
    let record = try #require(try read(Self.answer(Self.record(time: written))).records.first)
    #expect(record.text.contains(#""ApproximateCreationDateTime":\#(expected),"#))
    #expect(record.arrival == Milliseconds(milliseconds))
  }

  @Test(arguments: ["-5", "-1764078861", "1e300", "1e999", "null", #""x""#, "{}", "0", "7"])
  func timeThatNoClockShowsIsHarmless(time: String) throws {
    let record = try #require(try read(Self.answer(Self.record(time: time))).records.first)
    #expect((0...253_402_300_799_000).contains(record.arrival.count))
    #expect(throws: Never.self) { try JSONValue(parsing: record.record) }
  }

  /// The table's TTL: Lambda's events write the members small (DynamoDB's developer guide).
  @Test(arguments: [
    #"{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}"#,
    #"{"type":"Service","principalId":"dynamodb.amazonaws.com"}"#,
  ]) func userIdentityIsWrittenAsLambdaDoes(identity: String) throws {
    let answer = try read(
      Self.answer(#"{"userIdentity":\#(identity),"dynamodb":{"SequenceNumber":"1"},"eventID":"e"}"#))
    #expect(
      answer.records.first?.text == #"""
        {"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},"dynamodb":{"SequenceNumber":"1"},\#
        "eventID":"e","eventSourceARN":"\#(StreamSources.tableARN)"}
        """#)
  }

  @Test func sourceIsTheMappingsWhateverTheServerWrote() throws {
    let answer = try read(Self.answer(#"{"eventSourceARN":"other","dynamodb":{"SequenceNumber":"1"}}"#))
    #expect(
      answer.records.first?.text
        == #"{"dynamodb":{"SequenceNumber":"1"},"eventSourceARN":"\#(StreamSources.tableARN)"}"#)
  }

  @Test func itemIsInOneLaneWhateverTheOrderOfItsKeys() throws {
    let keys = [
      #"{"id":{"S":"a"},"sort":{"N":"1"}}"#, #"{"sort":{"N":"1"},"id":{"S":"a"}}"#,
      #"{"id":{"S":"a"},"sort":{"N":"2"}}"#,
      #"{"id":{"S":"b"},"sort":{"N":"1"}}"#,
    ]
    let answer = try read(Self.answer(keys.map { Self.record(keys: $0) }.joined(separator: ",")))
    #expect(answer.records[0].keyHash == answer.records[1].keyHash)
    #expect(Set(answer.records.map(\.keyHash)).count == 3)
  }

  @Test(
    arguments: [
      (#","NextShardIterator":"i""#, "i"), (#","NextShardIterator":null"#, nil), ("", nil),
    ] as [(String, String?)])
  func nextReadBeginsWhereTheAnswerSays(more: String, next: String?) throws {
    #expect(try read(Self.answer(more: more)).next == next)
  }

  @Test(arguments: [
    "", "null", "[]", "7", "{", "{}", #"{"Records":null}"#, #"{"Records":{}}"#, #"{"Records":[null]}"#,
    #"{"Records":[7]}"#, #"{"Records":[[]]}"#, #"{"Records":[{}]}"#, #"{"Records":[{"dynamodb":null}]}"#,
    #"{"Records":[{"dynamodb":[]}]}"#, #"{"Records":[{"dynamodb":{}}]}"#, answer(record("42")), answer(record("null")),
    answer(record(), record("{}")), answer(record()) + "x", answer(more: #","NextShardIterator":7"#),
    answer(more: #","NextShardIterator":{}"#), answer(more: #","NextShardIterator":[null]"#),
    answer(more: #","NextShardIterator":false"#), answer(more: #","NextShardIterator":"""#),
  ]) func garbageIsRefused(answer: String) {
    #expect(throws: StreamAnswerError.self) { try read(answer) }
  }

  @Test func sequenceNumberThatIsEmptyIsRefused() {
    // A checkpoint could not keep it.
    #expect(throws: StreamAnswerError.self) { try read(Self.answer(Self.record(#""""#))) }
  }

  /// What is no object has no members; it is copied, or left out, and breaks nothing.
  @Test(arguments: ["7", "null", "[]", #""x""#])
  func partsOfTheWrongTypeBreakNothing(part: String) throws {
    for record in [
      #"{"userIdentity":\#(part),"dynamodb":{"SequenceNumber":"1"}}"#,
      #"{"dynamodb":{"SequenceNumber":"1","Keys":\#(part)}}"#,
    ] {
      guard let answer = try? read(Self.answer(record)) else { continue }
      #expect(throws: Never.self) { try JSONValue(parsing: answer.records[0].record) }
    }
  }
}
