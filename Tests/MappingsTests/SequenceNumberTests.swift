import Mappings
import Testing

@Suite struct SequenceNumberTests {
  /// In their order; those of one list are the same number.
  private static let ordered = [
    ["0", "00"], ["1", "01", "0000000001"], ["9"], ["10"], ["99", "00099"], ["100"],
    ["111100000000000000000000001"], ["0000000000000000000000900000000000000000000000000000001"],
    // As Kinesis and DynamoDB write them.
    ["49545115243490985018280067714973144582180062593244200961"],
    ["49545115243490985018280067714973144582180062593244200962"],
    ["49590338271490256608559692538361571095921575989136588898"],
    [String(repeating: "8", count: 128)], [String(repeating: "9", count: 128)],
  ]

  @Test func numbersAreOrderedAsNumbers() {
    for (place, left) in Self.ordered.enumerated() {
      for (otherPlace, right) in Self.ordered.enumerated() {
        for left in left.map(SequenceNumber.init) {
          for right in right.map(SequenceNumber.init) {
            #expect((left < right) == (place < otherPlace), "\(left) and \(right)")
            #expect((left == right) == (place == otherPlace), "\(left) and \(right)")
          }
        }
      }
    }
  }

  @Test func sameNumbersHaveOneHash() {
    for numbers in Self.ordered { #expect(Set(numbers.map(SequenceNumber.init)).count == 1) }
    #expect(Set(Self.ordered.joined().map(SequenceNumber.init)).count == Self.ordered.count)
  }

  @Test func numberIsWrittenAsTheSourceWroteIt() {
    #expect(SequenceNumber("00042").description == "00042")
    #expect("\(SequenceNumber("7"))" == "7")
  }

  @Test(
    arguments: [
      ([nil], nil), (["5"], "5"), (["5", nil], nil), (["10", "9"], "9"), (["9", "10", "009"], "9"), ([nil, nil], nil),
    ] as [([String?], String?)])
  func shardIsReadOnBehindTheLaneThatIsLast(lanes: [String?], resumption: String?) {
    let checkpoint = ShardCheckpoint(shard: "s", lanes: lanes.map { $0.map(SequenceNumber.init) })
    #expect(checkpoint.resumption == resumption.map(SequenceNumber.init))
  }
}
