import JSON
import Mappings
import TestSupport
import Testing

@testable import EventSources

/// Answers of streams, changed at random: each is read or refused, and what is read is whole.
@Suite struct StreamAnswerMutationTests {
  private static let kinesis = #"""
    {"MillisBehindLatest":0,"NextShardIterator":"AAAA","ChildShards":[],"Records":[{"ApproximateArrivalTimestamp":\#
    1790000000.123,"Data":"aGVsbG8=","EncryptionType":"NONE","PartitionKey":"te\"st","SequenceNumber":"4954"},\#
    {"SequenceNumber":"4955","PartitionKey":"é","Data":"","ApproximateArrivalTimestamp":1.79E9}]}
    """#
  private static let dynamoDB = #"""
    {"NextShardIterator":"i","Records":[{"eventID":"0f","eventName":"REMOVE","userIdentity":{"PrincipalId":"p","Type":\#
    "Service"},"dynamodb":{"ApproximateCreationDateTime":1764078861,"Keys":{"id":{"S":"a"},"n":{"N":"1"}},\#
    "SequenceNumber":"700","SizeBytes":12}},{"eventID":"10","dynamodb":{"SequenceNumber":"701"}}]}
    """#
  private static let pieces = [
    "\"", "{", "}", "[", "]", ",", ":", "\\", "\\u00", "null", "true", "-", "1e999", "0", ".", "E", " ", "\n", "\u{7f}",
    #"{"a":1}"#, #""Records":"#, #""SequenceNumber":"#, #""dynamodb":"#,
  ].map { Array($0.utf8) }

  private func mutate(_ text: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var text = text
    for _ in 0...random.index(below: 3) where !text.isEmpty {
      let place = random.index(below: text.count)
      let length = min(random.index(below: 12), text.count - place)
      switch random.index(below: 5) {
      case 0: text.remove(at: place)
      case 1: text[place] = UInt8(random.index(below: 256))
      case 2: text.insert(contentsOf: random.element(of: Self.pieces), at: place)
      case 3: text.removeSubrange(place..<(place + length))
      default: text.insert(contentsOf: text[place..<(place + length)], at: random.index(below: text.count))
      }
    }
    return text
  }

  private func run(_ purpose: String, _ text: String, _ read: ([UInt8]) throws -> ShardAnswer) async {
    var random = SeededGenerator.announced(for: purpose)
    var readable = 0
    for round in 0..<20_000 {
      await giveWay(inRound: round)
      let mutated = mutate(Array(text.utf8), &random)
      guard let answer = try? read(mutated) else { continue }
      readable += 1
      // Texts and numbers are copied and not looked into: what is wrong in them stays wrong.
      guard (try? JSONValue(parsing: mutated)) != nil else { continue }
      for record in answer.records {
        let isWhole = (try? JSONValue(parsing: record.record)) != nil
        #expect(isWhole, "round \(round): \(String(decoding: mutated, as: UTF8.self))")
        if !isWhole { return }
      }
    }
    #expect(readable > 100)
  }

  @Test func answersOfKinesisAreReadOrRefused() async throws {
    let records = KinesisRecords(shard: "s", source: try #require(ARN(StreamSources.kinesisARN)))
    await run("answers of Kinesis", Self.kinesis) { try records.read($0) }
  }

  @Test func answersOfDynamoDBAreReadOrRefused() async throws {
    let records = DynamoDBStreamRecords(source: try #require(ARN(StreamSources.tableARN)))
    await run("answers of DynamoDB", Self.dynamoDB) { try records.read($0) }
  }
}
