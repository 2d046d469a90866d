public import JSON

/// Tables of DynamoDB, over AWS JSON 1.0 (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/).
public struct DynamoDBClient: Sendable {
  private let caller: JSONCaller

  /// Calls in a region, for an account, over the connections of a shard.
  public init(_ client: AWSClient, region: String, account: String, shard: Int = 0) {
    caller = JSONCaller(
      client: client, service: .dynamoDB, version: .v1_0, targetPrefix: "DynamoDB_20120810", region: region,
      account: account, shard: shard)
  }

  /// Makes a table, as the document of `CreateTable` says; it can be used once its status is `ACTIVE`
  /// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html).
  public func createTable(_ request: JSONValue) async throws(AWSError) {
    try await caller.perform("CreateTable", request)
  }

  /// What DynamoDB tells of a table; `ResourceNotFoundException` where there is none
  /// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html).
  public func describeTable(name: String) async throws(AWSError) -> JSONValue {
    let answer = try await caller.answer(to: "DescribeTable", ["TableName": .string(name)])
    guard let table = answer["Table"] else { throw caller.invalid("no Table") }
    return table
  }

  /// Changes a table, as the document of `UpdateTable` says; the change has happened once the table's status is `ACTIVE`
  /// again (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html).
  public func updateTable(_ request: JSONValue) async throws(AWSError) {
    try await caller.perform("UpdateTable", request)
  }

  /// Deletes a table with all that is in it
  /// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html).
  public func deleteTable(name: String) async throws(AWSError) {
    try await caller.perform("DeleteTable", ["TableName": .string(name)])
  }
}
