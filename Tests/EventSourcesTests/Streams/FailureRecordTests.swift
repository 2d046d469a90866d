import Delivery
import Mappings
import Testing

@testable import EventSources

/// The documents that were recorded, letter by letter (recorded-facts, section 9).
@Suite struct FailureRecordTests {
  private static let mapping = MappingID.random()
  private static let function = "arn:aws:lambda:us-east-1:111111111111:function:f"

  private func record(
    _ source: any StreamSource, _ reason: GiveUp, function: String = function,
    records: [StreamRecord] = [.make(1, arrival: 1_790_000_000_007), .make(2, arrival: 1_790_000_001_999)]
  ) -> FailureRecord {
    FailureRecord(
      mapping: Self.mapping, function: FunctionARN(stored: function), shard: "shardId-000000000000", source: source,
      reason: reason,
      records: records, requestID: "11111111-2222-3333-4444-555555555555", objectID: "u-1",
      time: Milliseconds(1_790_000_060_123))
  }

  private func text(_ record: FailureRecord, hasPayload: Bool = false) -> String {
    String(decoding: record.document(hasPayload: hasPayload), as: UTF8.self)
  }

  private static let raised = GiveUp(condition: .retryAttemptsExhausted, invocations: 2, isFunctionError: true)
  private static let reported = GiveUp(condition: .retryAttemptsExhausted, invocations: 4, isFunctionError: false)
  private static let tooOld = GiveUp(condition: .recordAgeExceeded, invocations: 1, isFunctionError: false)

  private static let kinesisInfo = #"""
    "KinesisBatchInfo":{"shardId":"shardId-000000000000","startSequenceNumber":"1","endSequenceNumber":"2",\#
    "approximateArrivalOfFirstRecord":"2026-09-21T14:13:20.007Z",\#
    "approximateArrivalOfLastRecord":"2026-09-21T14:13:21.999Z","batchSize":2,\#
    "streamArn":"arn:aws:kinesis:us-east-1:111111111111:stream/s"}
    """#

  /// Recorded: kinesis_event_source_mapping_with_on_failure_destination_config.
  @Test func batchOfAFunctionThatRaises() throws {
    #expect(
      text(record(try StreamSources.kinesis(), Self.raised)) == #"""
        {"requestContext":{"requestId":"11111111-2222-3333-4444-555555555555",\#
        "functionArn":"arn:aws:lambda:us-east-1:111111111111:function:f","condition":"RetryAttemptsExhausted",\#
        "approximateInvokeCount":2},"responseContext":{"statusCode":200,"executedVersion":"$LATEST",\#
        "functionError":"Unhandled"},"version":"1.0","timestamp":"2026-09-21T14:14:20.123Z",\#(Self.kinesisInfo)}
        """#)
  }

  /// Recorded: kinesis_report_batch_item_failures.
  @Test func batchOfWhichAnItemIsReported() throws {
    let text = text(record(try StreamSources.kinesis(), Self.reported))
    #expect(text.contains(#""approximateInvokeCount":4},"responseContext":{"statusCode":200,"#))
    #expect(text.contains(#""executedVersion":"$LATEST","functionError":null},"version":"1.0","#))
  }

  /// Recorded: kinesis_maximum_record_age_exceeded.
  @Test func recordsThatAreTooOldHaveNoResponse() throws {
    #expect(
      text(record(try StreamSources.kinesis(), Self.tooOld)) == #"""
        {"requestContext":{"requestId":"11111111-2222-3333-4444-555555555555",\#
        "functionArn":"arn:aws:lambda:us-east-1:111111111111:function:f","condition":"RecordAgeExceeded",\#
        "approximateInvokeCount":1},"version":"1.0","timestamp":"2026-09-21T14:14:20.123Z",\#(Self.kinesisInfo)}
        """#)
  }

  /// Recorded: DynamoDB writes the arrival without milliseconds.
  @Test func batchOfATable() throws {
    let text = text(record(try StreamSources.dynamoDB(), Self.raised))
    #expect(
      text.hasSuffix(
        #"""
        "timestamp":"2026-09-21T14:14:20.123Z","DDBStreamBatchInfo":{"shardId":"shardId-000000000000",\#
        "startSequenceNumber":"1","endSequenceNumber":"2","approximateArrivalOfFirstRecord":"2026-09-21T14:13:20Z",\#
        "approximateArrivalOfLastRecord":"2026-09-21T14:13:21Z","batchSize":2,\#
        "streamArn":"\#(StreamSources.tableARN)"}}
        """#))
  }

  /// Recorded: with_s3_on_failure_destination. The event stands behind the rest.
  @Test func objectHasTheEventAsWell() throws {
    let record = record(try StreamSources.kinesis(), Self.raised)
    let rest = text(record).dropLast()
    #expect(text(record, hasPayload: true) == #"\#(rest),"payload":{"Records":[{"n":1},{"n":2}]}}"#)
  }

  @Test func oneRecordIsFirstAndLast() throws {
    let text = text(record(try StreamSources.kinesis(), Self.raised, records: [.make(9)]))
    #expect(text.contains(#""startSequenceNumber":"9","endSequenceNumber":"9","#))
    #expect(text.contains(#""batchSize":1,"#))
  }

  @Test(arguments: [("", "$LATEST"), (":$LATEST", "$LATEST"), (":7", "7"), (":live", "$LATEST"), (":v1", "$LATEST")])
  func executedVersionIsTheOneThatIsKnown(qualifier: String, version: String) throws {
    let text = text(record(try StreamSources.kinesis(), Self.raised, function: Self.function + qualifier))
    #expect(text.contains(#""functionArn":"\#(Self.function)\#(qualifier)","#))
    #expect(text.contains(#""executedVersion":"\#(version)","#))
  }

  @Test func keyOfTheObjectTellsMappingShardAndTime() throws {
    #expect(
      record(try StreamSources.kinesis(), Self.raised).objectKey
        == "aws/lambda/\(Self.mapping)/shardId-000000000000/2026/09/21/2026-09-21T14.14.20-u-1")
  }
}
