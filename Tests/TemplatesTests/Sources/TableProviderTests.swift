import AWSClient
import JSON
import Testing

@testable import Templates

@Suite struct TableProviderTests {
  static let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/pets"
  private static let absent = Result<AWSAnswer, AWSError>.error("ResourceNotFoundException")

  private static func table(_ status: String = "ACTIVE", view: String? = nil) -> Result<AWSAnswer, AWSError> {
    let stream = view.map {
      #","LatestStreamArn":"\#(arn)/stream/1","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"\#($0)"}"#
    }
    return .answer(
      #"{"Table":{"TableName":"pets","TableArn":"\#(arn)","TableId":"i","TableStatus":"\#(status)"\#(stream ?? "")}}"#)
  }

  @Test(arguments: [
    (
      "AWS::DynamoDB::Table",
      #"{"KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"k","#
        + #""AttributeType":"S"}],"ProvisionedThroughput":{"ReadCapacityUnits":"5","WriteCapacityUnits":2},"#
        + #""GlobalSecondaryIndexes":[{"IndexName":"g","KeySchema":[],"Projection":{"ProjectionType":"ALL"},"#
        + #""ProvisionedThroughput":{"ReadCapacityUnits":"1","WriteCapacityUnits":"1"},"WarmThroughput":{}}],"#
        + #""StreamSpecification":{"StreamViewType":"NEW_IMAGE"},"Tags":[]}"#,
      #"{"TableName":"pets","AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],"#
        + #""KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"BillingMode":"PROVISIONED","#
        + #""ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":2},"#
        + #""GlobalSecondaryIndexes":[{"IndexName":"g","KeySchema":[],"Projection":{"ProjectionType":"ALL"},"#
        + #""ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}],"#
        + #""StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}}"#
    ),
    (
      "AWS::DynamoDB::GlobalTable",
      #"{"KeySchema":[],"AttributeDefinitions":[],"BillingMode":"PAY_PER_REQUEST","#
        + #""StreamSpecification":{"StreamViewType":"KEYS_ONLY"},"Replicas":[{"Region":"eu-west-1"}]}"#,
      #"{"TableName":"pets","AttributeDefinitions":[],"KeySchema":[],"BillingMode":"PAY_PER_REQUEST","#
        + #""StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}}"#
    ),
    (
      "AWS::Serverless::SimpleTable", "{}",
      #"{"TableName":"pets","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"#
        + #""KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}"#
    ),
    (
      "AWS::Serverless::SimpleTable",
      #"{"PrimaryKey":{"Name":"n","Type":"Number"},"#
        + #""ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}"#,
      #"{"TableName":"pets","AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}],"#
        + #""KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],"BillingMode":"PROVISIONED","#
        + #""ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}"#
    ),
  ]) func tableIsMadeAndWaitedFor(type: String, properties: String, request: String) async throws {
    let properties = try JSONValue(parsing: Array(properties.utf8))
    let view = properties["StreamSpecification"]?["StreamViewType"]?.scalarText
    let calls = try await SourceEndpoint.calls(
      to: type, [Self.absent, .answer(), Self.table("CREATING", view: view), Self.table(view: view)]
    ) {
      let made = try await $0.create(name: "pets", properties)
      #expect(made.physicalID == "pets")
      #expect(made.attributes["Ref"] == "pets")
      #expect(made.attributes["Arn"] == .string(Self.arn))
      #expect(made.attributes["StreamArn"] == view.map { _ in .string("\(Self.arn)/stream/1") })
    }
    #expect(calls[1] == "CreateTable \(request)")
  }

  @Test func tableThatIsThereGetsItsStream() async throws {
    let calls = try await SourceEndpoint.calls(
      to: "AWS::DynamoDB::Table", [Self.table(), Self.table(), .answer(), Self.table(view: "NEW_IMAGE")]
    ) {
      let made = try await $0.create(name: "pets", ["StreamSpecification": ["StreamViewType": "NEW_IMAGE"]])
      #expect(made.attributes["StreamArn"] == .string("\(Self.arn)/stream/1"))
    }
    #expect(
      calls[2] == #"UpdateTable {"TableName":"pets","StreamSpecification":"#
        + #"{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}}"#)
  }

  @Test(arguments: [
    ("{}", #"{"StreamSpecification":{"StreamViewType":"NEW_IMAGE"}}"#, SourceChange.inPlace),
    (
      #"{"ProvisionedThroughput":{"ReadCapacityUnits":1}}"#, #"{"ProvisionedThroughput":{"ReadCapacityUnits":"1"}}"#,
      .none
    ),
    (#"{"ProvisionedThroughput":{"ReadCapacityUnits":1}}"#, #"{"BillingMode":"PAY_PER_REQUEST"}"#, .inPlace),
    ("{}", #"{"KeySchema":[{"AttributeName":"k","KeyType":"HASH"}]}"#, .replacement),
    (
      #"{"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}]}"#,
      #"{"AttributeDefinitions":[{"AttributeName":"k","AttributeType":"N"}]}"#, .replacement
    ),
    (#"{"TableName":"a"}"#, #"{"TableName":"b"}"#, .replacement),
    (
      "{}", #"{"GlobalSecondaryIndexes":[{"IndexName":"g"}]}"#,
      .impossible("the global secondary indexes of a table cannot be changed: delete the table first")
    ),
    ("{}", #"{"LocalSecondaryIndexes":[{"IndexName":"g"}]}"#, .replacement),
    (#"{"Tags":[]}"#, "{}", .none),
  ]) func changeIsJudged(old: String, new: String, change: SourceChange) async throws {
    #expect(try await SourceEndpoint.change(of: "AWS::DynamoDB::Table", from: old, to: new) == change)
  }

  @Test func otherViewIsAnotherStream() async throws {
    let calls = try await SourceEndpoint.calls(
      to: "AWS::DynamoDB::Table",
      [
        Self.table(view: "NEW_IMAGE"), .answer(), Self.table(), .answer(), Self.table("UPDATING", view: "OLD_IMAGE"),
        Self.table(view: "OLD_IMAGE"),
      ]
    ) {
      _ = try await $0.update(
        RealizedResource(physicalID: "pets", attributes: [:]),
        from: ["StreamSpecification": ["StreamViewType": "NEW_IMAGE"]],
        to: ["StreamSpecification": ["StreamViewType": "OLD_IMAGE"]])
    }
    #expect(
      calls.filter { $0.hasPrefix("Update") } == [
        #"UpdateTable {"TableName":"pets","StreamSpecification":{"StreamEnabled":false}}"#,
        #"UpdateTable {"TableName":"pets","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"OLD_IMAGE"}}"#,
      ])
  }

  @Test func capacityChangesInPlace() async throws {
    let calls = try await SourceEndpoint.calls(
      to: "AWS::DynamoDB::Table", [Self.table(), .answer(), Self.table()]
    ) {
      _ = try await $0.update(
        RealizedResource(physicalID: "pets", attributes: [:]),
        from: ["ProvisionedThroughput": ["ReadCapacityUnits": 1, "WriteCapacityUnits": 1]],
        to: ["BillingMode": "PAY_PER_REQUEST"])
    }
    #expect(calls[1] == #"UpdateTable {"TableName":"pets","BillingMode":"PAY_PER_REQUEST"}"#)
  }

  @Test func tableThatIsGoneIsDeleted() async throws {
    let calls = try await SourceEndpoint.calls(to: "AWS::DynamoDB::Table", [.answer(), Self.absent]) {
      try await $0.delete(RealizedResource(physicalID: "pets", attributes: [:]))
      try await $0.delete(RealizedResource(physicalID: "pets", attributes: [:]))
    }
    #expect(calls.first == #"DeleteTable {"TableName":"pets"}"#)
  }
}
