import AWSClient
import JSON

/// A table of DynamoDB, as each of the types that make one says it.
struct TableProvider: SourceProvider {
  private let endpoint: SourceEndpoint
  private let client: DynamoDBClient
  private let kind: TableKind

  init(_ endpoint: SourceEndpoint, _ kind: TableKind) {
    self.endpoint = endpoint
    self.kind = kind
    client = DynamoDBClient(endpoint.client, region: endpoint.region, account: endpoint.account)
  }

  private static let absent: Set<String> = ["ResourceNotFoundException"]

  func lookUp(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource? {
    try await state(name: name, "The table \(name) cannot be looked up")?.resource(name: name)
  }

  func create(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource {
    let aim = "The table \(name) cannot be made"
    let definition = TableDefinition(properties, kind)
    if try await state(name: name, aim) == nil {
      // One that is being deleted keeps its name for some seconds.
      try await endpoint.patience.wait(for: "\(aim): one of that name is not deleted") {
        () async throws(TemplateError) in
        try await endpoint.attempt(aim, absent: ["ResourceInUseException"]) { () async throws(AWSError) in
          try await client.createTable(definition.request(name: name))
        }
      }
    }
    let state = try await active(name: name, aim)
    // A table that was there may lack the stream that a mapping is to read.
    guard let view = definition.streamView, view != state.streamView else { return state.resource(name: name) }
    return try await setStream(of: name, from: state, to: view, aim).resource(name: name)
  }

  func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    TableDefinition(old, kind).change(to: TableDefinition(new, kind))
  }

  func update(
    _ resource: RealizedResource, from old: JSONValue, to new: JSONValue
  ) async throws(TemplateError) -> RealizedResource {
    let name = resource.physicalID
    let aim = "The table \(name) cannot be changed"
    let (old, new) = (TableDefinition(old, kind), TableDefinition(new, kind))
    var state = try await active(name: name, aim)
    if old.capacity != new.capacity {
      try await endpoint.attempt(aim) { () async throws(AWSError) in
        try await client.updateTable(.object([JSONMember("TableName", .string(name))] + new.capacity))
      }
      state = try await active(name: name, aim)
    }
    if new.streamView != state.streamView {
      state = try await setStream(of: name, from: state, to: new.streamView, aim)
    }
    return state.resource(name: name)
  }

  func delete(_ resource: RealizedResource) async throws(TemplateError) {
    _ = try await endpoint.attempt("The table \(resource.physicalID) cannot be deleted", absent: Self.absent) {
      () async throws(AWSError) in
      try await client.deleteTable(name: resource.physicalID)
    }
  }

  /// A stream shows what it was made to show: for another view it is disabled, and a new one enabled
  /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html#Streams.Enabling).
  private func setStream(
    of name: String, from state: State, to view: String?, _ aim: String
  ) async throws(TemplateError) -> State {
    var state = state
    if state.streamView != nil {
      try await setStream(of: name, ["StreamEnabled": false], aim)
      state = try await active(name: name, aim)
    }
    guard let view else { return state }
    try await setStream(of: name, ["StreamEnabled": true, "StreamViewType": .string(view)], aim)
    return try await active(name: name, streamView: view, aim)
  }

  private func setStream(of name: String, _ specification: JSONValue, _ aim: String) async throws(TemplateError) {
    try await endpoint.attempt(aim) { () async throws(AWSError) in
      try await client.updateTable(["TableName": .string(name), "StreamSpecification": specification])
    }
  }

  // MARK: State

  /// What a table is at a time.
  private struct State {
    let status: String
    let streamView: String?
    let attributes: [String: JSONValue]

    func resource(name: String) -> RealizedResource { RealizedResource(physicalID: name, attributes: attributes) }
  }

  /// Nil where there is none, or where it is being deleted.
  private func state(name: String, _ aim: String) async throws(TemplateError) -> State? {
    let table = try await endpoint.attempt(aim, absent: Self.absent) { () async throws(AWSError) in
      try await client.describeTable(name: name)
    }
    guard let table = table.map(ResourceProperties.init), let status = table.text("TableStatus"), status != "DELETING"
    else { return nil }
    guard let arn = table.text("TableArn") else { throw TemplateError("\(aim): the service tells no TableArn") }
    var attributes: [String: JSONValue] = ["Ref": .string(name), "Arn": .string(arn)]
    attributes["TableId"] = table.text("TableId").map(JSONValue.string)
    let stream = table.object("StreamSpecification")
    let view = stream?.isTrue("StreamEnabled") == true ? stream?.text("StreamViewType") : nil
    // The ARN of the latest stream stays when it is disabled.
    if view != nil { attributes["StreamArn"] = table.text("LatestStreamArn").map(JSONValue.string) }
    return State(status: status, streamView: view, attributes: attributes)
  }

  /// The table once it is active, and has that stream where one is named: what is described may be some moments old.
  private func active(name: String, streamView view: String? = nil, _ aim: String) async throws(TemplateError) -> State
  {
    try await endpoint.patience.wait(for: "\(aim): it is not ACTIVE") { () async throws(TemplateError) in
      guard let state = try await state(name: name, aim), state.status == "ACTIVE" else { return nil }
      return view == nil || view == state.streamView ? state : nil
    }
  }
}
