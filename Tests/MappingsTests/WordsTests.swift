import Testing

@testable import Mappings

@Suite struct WordsTests {
  static let scope = Scope(account: "111111111111", region: "us-east-1")
  static let arn = "arn:aws:lambda:us-east-1:111111111111:function:fn"

  /// Recorded: test_function_name_variations; the other forms are documented.
  @Test(arguments: [
    ("fn", arn), ("fn:$LATEST", "\(arn):$LATEST"), ("fn:1", "\(arn):1"), ("fn:myalias", "\(arn):myalias"),
    (arn, arn), ("\(arn):1", "\(arn):1"), ("\(arn):myalias", "\(arn):myalias"),
    ("function:fn", arn), ("111111111111:function:fn", arn), ("111111111111:function:fn:1", "\(arn):1"),
    ("111111111111:fn", arn), ("us-east-1:111111111111:function:fn", arn),
    ("222222222222:function:fn", "arn:aws:lambda:us-east-1:222222222222:function:fn"),
    ("arn:aws:lambda:us-east-1:222222222222:function:fn", "arn:aws:lambda:us-east-1:222222222222:function:fn"),
    ("function", "arn:aws:lambda:us-east-1:111111111111:function:function"),
    ("123456789012", "arn:aws:lambda:us-east-1:111111111111:function:123456789012"),
  ]) func functionNameBecomesItsARN(name: String, expected: String) throws {
    let function = try FunctionARN(naming: name, in: Self.scope)
    #expect(function.description == expected)
  }

  @Test(arguments: [(arn, "fn"), ("\(arn):1", "fn"), ("\(arn):$LATEST", "fn")])
  func nameIsBare(arn: String, name: String) {
    #expect(FunctionARN(stored: arn).name == name)
  }

  @Test func functionOfAnotherRegionIsNotReachable() {
    #expect(
      throws: MappingError.notFound("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')")
    ) {
      try FunctionARN(naming: "arn:aws:lambda:eu-west-1:111111111111:function:fn", in: Self.scope)
    }
  }

  @Test(arguments: [
    ("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-iso-east-1", "aws-iso"),
    ("us-isob-east-1", "aws-iso-b"), ("eusc-de-east-1", "aws-eusc"), ("local", "aws"),
  ]) func regionTellsItsPartition(region: String, partition: String) {
    #expect(Scope(account: "111111111111", region: region).partition == partition)
  }

  @Test func arnIsTakenApartAtFiveColons() throws {
    let arn = try #require(ARN("arn:aws:mq:us-east-1:111111111111:broker:name:b-1"))
    #expect(arn.service == "mq")
    #expect(arn.resource == "broker:name:b-1")
    #expect(ARN("arn:aws:sqs:us-east-1:1") == nil)
    #expect(ARN("arn:aws:sqs:us-east-1:1:") == nil)
    #expect(ARN("arm:aws:sqs:us-east-1:1:q") == nil)
  }

  @Test func idsAreRandomVersion4InLowerCase() throws {
    let ids = (0..<100).map { _ in MappingID.random().description }
    #expect(Set(ids).count == 100)
    let form = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    for id in ids { #expect(id.wholeMatch(of: form) != nil, "\(id)") }
    #expect(MappingID(ids[0].uppercased())?.description == ids[0])
    #expect(MappingID("nonsense") == nil)
  }

  @Test(arguments: [1, 2, 99, 1_000_000, Int64.max]) func markerComesBackAsItWent(sequence: Int64) {
    let token = PageMarker(sequence: sequence).token
    #expect(PageMarker(token: token) == PageMarker(sequence: sequence))
  }

  @Test(arguments: ["", "1", "hr1-", "hr1-!", "hr2-abc", "hr1-zzzzzzzzzzzzzzzz"]) func foreignMarkerIsRefused(
    token: String
  ) {
    #expect(PageMarker(token: token) == nil)
  }
}
