import AWSClient
import JSON

/// `AWS::Kinesis::Stream`
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html).
struct StreamProvider: SourceProvider {
  private let endpoint: SourceEndpoint
  private let client: KinesisClient

  init(_ endpoint: SourceEndpoint) {
    self.endpoint = endpoint
    client = KinesisClient(endpoint.client, region: endpoint.region, account: endpoint.account)
  }

  /// What Kinesis calls a stream or a consumer that is not there.
  static let absent: Set<String> = ["ResourceNotFoundException"]
  /// What it answers while one of that name is there, or is being deleted.
  static let inUse: Set<String> = ["ResourceInUseException"]

  private static func mode(_ properties: ResourceProperties) -> String {
    properties.object("StreamModeDetails")?.text("StreamMode") ?? "PROVISIONED"
  }

  /// Hours; a day unless the template says otherwise.
  private static func retention(_ properties: ResourceProperties) -> Int {
    properties.number("RetentionPeriodHours") ?? 24
  }

  private static func request(name: String, _ properties: ResourceProperties) -> JSONValue {
    let mode = mode(properties)
    var request = [
      JSONMember("StreamName", .string(name)), JSONMember("StreamModeDetails", ["StreamMode": .string(mode)]),
    ]
    if mode == "PROVISIONED", let count = properties.number("ShardCount") {
      request.append(JSONMember("ShardCount", .number(JSONNumber(count))))
    }
    return .object(request)
  }

  func lookUp(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource? {
    try await state(name: name, "The stream \(name) cannot be looked up")?.resource(name: name)
  }

  func create(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource {
    let aim = "The stream \(name) cannot be made"
    let properties = ResourceProperties(properties)
    if try await state(name: name, aim) == nil {
      // One that is being deleted keeps its name for some seconds.
      try await endpoint.patience.wait(for: "\(aim): one of that name is not deleted") {
        () async throws(TemplateError) in
        try await endpoint.attempt(aim, absent: Self.inUse) { () async throws(AWSError) in
          try await client.createStream(Self.request(name: name, properties))
        }
      }
    }
    let state = try await active(name: name, aim)
    try await setRetention(name: name, of: state, properties)
    return state.resource(name: name)
  }

  func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    let (old, new) = (ResourceProperties(old), ResourceProperties(new))
    guard old.agrees(with: new, on: "Name") else { return .replacement }
    let isSame =
      Self.retention(old) == Self.retention(new) && Self.mode(old) == Self.mode(new)
      && (Self.mode(new) == "ON_DEMAND" || old.number("ShardCount") == new.number("ShardCount"))
    return isSame ? .none : .inPlace
  }

  func update(
    _ resource: RealizedResource, from old: JSONValue, to new: JSONValue
  ) async throws(TemplateError) -> RealizedResource {
    let name = resource.physicalID
    let aim = "The stream \(name) cannot be changed"
    let (old, new) = (ResourceProperties(old), ResourceProperties(new))
    var state = try await active(name: name, aim)
    if Self.mode(old) != Self.mode(new) {
      try await endpoint.attempt(aim) { () async throws(AWSError) in
        try await client.setMode(ofStream: state.arn, to: Self.mode(new))
      }
      state = try await active(name: name, aim)
    }
    if Self.mode(new) == "PROVISIONED", let count = new.number("ShardCount"), count != state.shardCount {
      try await endpoint.attempt(aim) { () async throws(AWSError) in
        try await client.setShardCount(ofStream: name, to: count)
      }
      state = try await active(name: name, aim)
    }
    try await setRetention(name: name, of: state, new)
    return state.resource(name: name)
  }

  func delete(_ resource: RealizedResource) async throws(TemplateError) {
    _ = try await endpoint.attempt("The stream \(resource.physicalID) cannot be deleted", absent: Self.absent) {
      () async throws(AWSError) in
      try await client.deleteStream(name: resource.physicalID)
    }
  }

  private func setRetention(
    name: String, of state: State, _ properties: ResourceProperties
  ) async throws(TemplateError) {
    let hours = Self.retention(properties)
    guard hours != state.retentionHours else { return }
    let aim = "RetentionPeriodHours of the stream \(name) cannot be set"
    try await endpoint.attempt(aim) { () async throws(AWSError) in
      try await client.setRetention(ofStream: name, fromHours: state.retentionHours, toHours: hours)
    }
    _ = try await active(name: name, aim)
  }

  // MARK: State

  /// What a stream is at a time.
  private struct State {
    let arn: String
    let status: String
    let retentionHours: Int
    let shardCount: Int?

    func resource(name: String) -> RealizedResource {
      RealizedResource(physicalID: name, attributes: ["Ref": .string(name), "Arn": .string(arn)])
    }
  }

  /// Nil where there is none, or where it is being deleted.
  private func state(name: String, _ aim: String) async throws(TemplateError) -> State? {
    let summary = try await endpoint.attempt(aim, absent: Self.absent) { () async throws(AWSError) in
      try await client.summary(ofStream: name)
    }
    guard let summary = summary.map(ResourceProperties.init), let status = summary.text("StreamStatus"),
      status != "DELETING"
    else { return nil }
    guard let arn = summary.text("StreamARN") else { throw TemplateError("\(aim): the service tells no StreamARN") }
    return State(
      arn: arn, status: status, retentionHours: summary.number("RetentionPeriodHours") ?? 24,
      shardCount: summary.number("OpenShardCount"))
  }

  private func active(name: String, _ aim: String) async throws(TemplateError) -> State {
    try await endpoint.patience.wait(for: "\(aim): it is not ACTIVE") { () async throws(TemplateError) in
      let state = try await state(name: name, aim)
      return state?.status == "ACTIVE" ? state : nil
    }
  }
}
