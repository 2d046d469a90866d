import Delivery
import Mappings

/// The document that tells a failure destination of records that were given up (recorded-facts, section 9).
struct FailureRecord: FailureDocument {
  let mapping: MappingID
  let function: FunctionARN
  let shard: String
  let source: any StreamSource
  let reason: GiveUp
  /// At least one.
  let records: [StreamRecord]
  let requestID: String
  /// The end of its key in S3, so that a second attempt writes the same object.
  let objectID: String
  let time: Milliseconds

  /// - Parameter hasPayload: whether the event is part of it, as it is in S3.
  func document(hasPayload: Bool) -> [UInt8] {
    var text = #"{"requestContext":{"requestId":"\#(requestID)","functionArn":"\#(function)","#
    text += #""condition":"\#(reason.condition.rawValue)","approximateInvokeCount":\#(reason.invocations)}"#
    // Recorded: there is no response where the records only got too old.
    if reason.condition != .recordAgeExceeded {
      let error = reason.isFunctionError ? #""Unhandled""# : "null"
      text +=
        #","responseContext":{"statusCode":200,"executedVersion":"\#(function.executedVersion)","functionError":\#(error)}"#
    }
    text += #","version":"1.0","timestamp":"\#(time.text)","\#(source.batchInfoName)":\#(batchInfo)"#
    var document = Array(text.utf8)
    if hasPayload {
      document.append(contentsOf: #","payload":"#.utf8)
      document.append(contentsOf: StreamEvent.payload(of: records))
    }
    document.append(UInt8(ascii: "}"))
    return document
  }

  private var batchInfo: String {
    guard let first = records.first, let last = records.last else { return "{}" }
    return #"""
      {"shardId":"\#(shard)","startSequenceNumber":"\#(first.sequenceNumber)",\#
      "endSequenceNumber":"\#(last.sequenceNumber)",\#
      "approximateArrivalOfFirstRecord":"\#(source.arrivalText(first.arrival))",\#
      "approximateArrivalOfLastRecord":"\#(source.arrivalText(last.arrival))",\#
      "batchSize":\#(records.count),"streamArn":"\#(source.arn)"}
      """#
  }

  /// Recorded: `aws/lambda/UUID/SHARD/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID`.
  var objectKey: String { "aws/lambda/\(mapping)/\(shard)/\(time.objectKeyText)-\(objectID)" }
}
