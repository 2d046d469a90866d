import Delivery
import JSON
import LambdaWire
import Mappings
import Testing

@testable import EventSources

/// What filters see of a stream's records (recorded-facts, section 7).
@Suite struct StreamViewTests {
  /// A record of Kinesis with data in base64, and what filters see under a key of it.
  private func kinesis(data: String, key: String = "k") throws -> JSONValue {
    let source = try StreamSources.kinesis()
    let answer = try KinesisRecords(shard: "shardId-1", source: source.arn).read(
      Array(
        #"""
        {"Records":[{"SequenceNumber":"7","PartitionKey":"\#(key)","Data":"\#(data)","ApproximateArrivalTimestamp":1}]}
        """#.utf8))
    return try #require(source.view(of: answer.records[0]))
  }

  private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

  @Test(arguments: [
    // {"a":1}, [1], text, 5, "text", {"a": - and nothing at all.
    ("eyJhIjoxfQ==", #"{"a":1}"#), ("WzFd", "[1]"), ("dGV4dA==", #""text""#), ("NQ==", #""5""#),
    ("InRleHQi", #""\"text\"""#), ("eyJhIjo=", #""{\"a\":""#), ("", #""""#),
    // What is no base64 is seen as it stands.
    ("***", #""***""#),
  ]) func dataIsSeenDecoded(data: String, expected: String) throws {
    #expect(try kinesis(data: data)["data"] == json(expected))
  }

  @Test func dataThatIsNoTextIsSeenAllTheSame() throws {
    guard case .string = try kinesis(data: "//79")["data"] else {
      Issue.record("bytes that are no UTF-8 are no text")
      return
    }
  }

  @Test func partitionKeyAndMetadataAreSeen() throws {
    let view = try kinesis(data: "NQ==", key: "orders")
    #expect(view["partitionKey"] == .string("orders"))
    #expect(view["kinesis"]?["partitionKey"] == .string("orders"))
    #expect(view["kinesis"]?["data"] == .string("NQ=="))
    #expect(view["eventSource"] == .string("aws:kinesis"))
    #expect(view["eventID"] == .string("shardId-1:7"))
  }

  @Test func changeOfATableIsSeenWhole() throws {
    let source = try StreamSources.dynamoDB()
    let answer = try DynamoDBStreamRecords(source: source.arn).read(
      Array(
        #"""
        {"Records":[{"eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"ApproximateCreationDateTime":1764078861,
        "NewImage":{"k":{"S":"v"}},"SequenceNumber":"1"}}]}
        """#.utf8))
    let view = try #require(source.view(of: answer.records[0]))
    #expect(view["dynamodb"]?["NewImage"]?["k"]?["S"] == .string("v"))
    #expect(view["eventName"] == .string("INSERT"))
    // Recorded: date_time_conversion. It is a number for filters.
    guard case .number = view["dynamodb"]?["ApproximateCreationDateTime"] else {
      Issue.record("the time is no number")
      return
    }
  }

  @Test func recordThatCannotBeReadHasNoView() throws {
    let record = StreamRecord(
      sequenceNumber: SequenceNumber("1"), arrival: Milliseconds(0), keyHash: 0, record: Array("nonsense".utf8))
    #expect(try StreamSources.kinesis().view(of: record) == nil)
    #expect(try StreamSources.dynamoDB().view(of: record) == nil)
    #expect(try StreamSources.kinesis().view(of: .make(1)) == nil)
  }
}
