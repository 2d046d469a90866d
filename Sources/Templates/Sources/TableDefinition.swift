import JSON

/// The types of CloudFormation and SAM that make a table.
enum TableKind {
  /// `AWS::DynamoDB::Table`
  /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html).
  case table
  /// `AWS::DynamoDB::GlobalTable`
  /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html), of
  /// which the one replica is made that is in our region.
  case globalTable
  /// `AWS::Serverless::SimpleTable`
  /// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html).
  case simpleTable
}

/// What of a table's properties matters, in the words of `CreateTable`
/// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html).
struct TableDefinition {
  private let name: String?
  private let keys: JSONValue
  private let attributes: JSONValue
  private let localIndexes: JSONValue?
  private let globalIndexes: JSONValue?
  /// `BillingMode`, and `ProvisionedThroughput` where that is the mode.
  let capacity: [JSONMember]
  /// What the table's stream shows; nil where it is to have none.
  let streamView: String?

  init(_ document: JSONValue, _ kind: TableKind) {
    let properties = ResourceProperties(document)
    name = properties.text("TableName")
    streamView = properties.object("StreamSpecification")?.text("StreamViewType")
    switch kind {
    case .table:
      capacity = Self.provisioned(properties)
    case .simpleTable:
      capacity = properties.object("ProvisionedThroughput") == nil ? Self.onDemand : Self.provisioned(properties)
    case .globalTable:
      // Its capacity is for scaling, which is none of ours.
      capacity = Self.onDemand
    }
    if kind == .simpleTable {
      let key = properties.object("PrimaryKey")
      let name = JSONValue.string(key?.text("Name") ?? "id")
      // SAM's words are `String`, `Number` and `Binary`, whose initials DynamoDB takes.
      let type = JSONValue.string(String((key?.text("Type") ?? "String").prefix(1)))
      keys = [["AttributeName": name, "KeyType": "HASH"]]
      attributes = [["AttributeName": name, "AttributeType": type]]
      localIndexes = nil
      globalIndexes = nil
    } else {
      keys = properties["KeySchema"] ?? []
      attributes = properties["AttributeDefinitions"] ?? []
      localIndexes = Self.indexes(properties.elements("LocalSecondaryIndexes"), hasCapacity: false)
      globalIndexes = Self.indexes(properties.elements("GlobalSecondaryIndexes"), hasCapacity: kind == .table)
    }
  }

  private static let onDemand = [JSONMember("BillingMode", "PAY_PER_REQUEST")]

  private static func provisioned(_ properties: ResourceProperties) -> [JSONMember] {
    guard properties.text("BillingMode") != "PAY_PER_REQUEST" else { return onDemand }
    return [JSONMember("BillingMode", "PROVISIONED")] + throughput(properties)
  }

  /// DynamoDB wants numbers where CloudFormation also takes texts.
  private static func throughput(_ properties: ResourceProperties) -> [JSONMember] {
    guard let throughput = properties.object("ProvisionedThroughput") else { return [] }
    let units = ["ReadCapacityUnits", "WriteCapacityUnits"].compactMap { name in
      throughput.number(name).map { JSONMember(name, .number(JSONNumber($0))) }
    }
    return [JSONMember("ProvisionedThroughput", .object(units))]
  }

  private static func indexes(_ elements: [ResourceProperties], hasCapacity: Bool) -> JSONValue? {
    guard !elements.isEmpty else { return nil }
    return .array(
      elements.map { index in
        let members = ["IndexName", "KeySchema", "Projection"].compactMap { name in
          index[name].map { JSONMember(name, $0) }
        }
        return .object(members + (hasCapacity ? throughput(index) : []))
      })
  }

  /// The document that makes the table.
  func request(name: String) -> JSONValue {
    var members = [
      JSONMember("TableName", .string(name)), JSONMember("AttributeDefinitions", attributes),
      JSONMember("KeySchema", keys),
    ]
    members += capacity
    if let localIndexes { members.append(JSONMember("LocalSecondaryIndexes", localIndexes)) }
    if let globalIndexes { members.append(JSONMember("GlobalSecondaryIndexes", globalIndexes)) }
    if let streamView {
      // CloudFormation leaves out that it is enabled.
      let stream: JSONValue = ["StreamEnabled": true, "StreamViewType": .string(streamView)]
      members.append(JSONMember("StreamSpecification", stream))
    }
    return .object(members)
  }

  /// What it means to go from this definition to a new one.
  func change(to new: TableDefinition) -> SourceChange {
    guard name == new.name, keys.withoutScalarTypes == new.keys.withoutScalarTypes,
      localIndexes?.withoutScalarTypes == new.localIndexes?.withoutScalarTypes
    else { return .replacement }
    guard globalIndexes?.withoutScalarTypes == new.globalIndexes?.withoutScalarTypes else {
      return .impossible("the global secondary indexes of a table cannot be changed: delete the table first")
    }
    // Attributes are those of the keys: with the same keys only their types can differ.
    guard attributes.withoutScalarTypes == new.attributes.withoutScalarTypes else { return .replacement }
    return capacity == new.capacity && streamView == new.streamView ? .none : .inPlace
  }
}
