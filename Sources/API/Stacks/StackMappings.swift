public import JSON
import LambdaWire
public import Mappings
public import Templates

/// Makes the mappings of stacks as the API itself does.
public struct StackMappings: MappingHost {
  private let mappings: MappingService
  private let settings: EventInvokeConfigurations
  private let scope: Scope

  /// The mappings of an account and region.
  public init(_ mappings: MappingService, _ settings: EventInvokeConfigurations, in scope: Scope) {
    self.mappings = mappings
    self.settings = settings
    self.scope = scope
  }

  public func newID() -> String { MappingID.random().description }

  public func arn(of id: String) -> String {
    "arn:\(scope.partition):lambda:\(scope.region):\(scope.account):event-source-mapping:\(id)"
  }

  public func check(_ request: JSONValue) throws(TemplateError) {
    let request = try Self.request(request)
    try refusing { () throws(MappingError) in try mappings.check(request, in: scope) }
  }

  public func exists(_ id: String) throws(TemplateError) -> Bool {
    try mapping(id).map { $0.state != .deleting } ?? false
  }

  public func create(_ id: String, _ request: JSONValue, tags: [String: String]) async throws(TemplateError) {
    let request = try Self.request(request)
    guard let id = MappingID(id) else { throw TemplateError("'\(id)' is no id of a mapping") }
    try await refusing { () async throws(MappingError) in
      _ = try await mappings.create(request, id: id, systemTags: tags, in: scope)
    }
  }

  public func update(_ id: String, to request: JSONValue) async throws(TemplateError) {
    let request = try Self.request(request)
    try await waitForTransition(of: id)
    try await refusing { () async throws(MappingError) in
      _ = try await mappings.replace(id, with: request, in: scope)
      let arn = arn(of: id)
      let tags = try mappings.tags(of: arn, in: scope)
      let gone = tags.keys.filter { !$0.hasPrefix("aws:") && request.tags?[$0] == nil }
      if !gone.isEmpty { try await mappings.untag(arn, gone, in: scope) }
      let new = (request.tags ?? [:]).filter { tags[$0.key] != $0.value }
      if !new.isEmpty { try await mappings.tag(arn, new, in: scope) }
    }
  }

  public func delete(_ id: String) async throws(TemplateError) {
    try await waitForTransition(of: id)
    guard try mapping(id) != nil else { return }
    try await refusing { () async throws(MappingError) in _ = try await mappings.delete(id, in: scope) }
    try await waitForTransition(of: id)
  }

  public func mappings(ofSource arn: String) throws(TemplateError) -> [(id: String, request: JSONValue)] {
    try refusing { () throws(MappingError) in
      var found: [(id: String, request: JSONValue)] = []
      var request = ListEventSourceMappingsRequest(eventSourceArn: arn)
      while true {
        let page = try mappings.list(request, in: scope)
        for mapping in page.mappings {
          let tags = try mappings.tags(of: self.arn(of: mapping.id.description), in: scope)
          found.append((mapping.id.description, mapping.request(tags: tags)))
        }
        guard let next = page.next else { return found }
        request.marker = next.token
      }
    }
  }

  // MARK: Asynchronous invocation

  public func eventInvokeConfig(_ function: String, qualifier: String) throws(TemplateError) -> JSONValue? {
    do throws(MappingError) {
      return try settings.get(try arn(of: function, qualifier)).settings
    } catch {
      if case .notFound = error { return nil }
      throw TemplateError(error)
    }
  }

  public func setEventInvokeConfig(
    _ function: String, qualifier: String, to config: JSONValue?
  ) async throws(TemplateError) {
    do throws(MappingError) {
      let function = try arn(of: function, qualifier)
      guard let config else { return try await settings.delete(function) }
      let given: EventInvokeSettings
      do throws(LambdaError) {
        given = try WireCoding.decode(EventInvokeSettings.self, from: Array(config.text.utf8))
      } catch {
        throw .model(error)
      }
      try await settings.put(given, of: function)
    } catch {
      // What is to be taken away may be gone.
      if config == nil, case .notFound = error { return }
      throw TemplateError(error)
    }
  }

  private func arn(of function: String, _ qualifier: String) throws(MappingError) -> FunctionARN {
    try FunctionARN(naming: function, qualifier: qualifier, in: scope)
  }

  // MARK: Transitions

  /// Where transitions last, the next change has to wait for their end.
  private func waitForTransition(of id: String) async throws(TemplateError) {
    while try mapping(id)?.state.isTransitional == true {
      do { try await Task.sleep(for: .milliseconds(20)) } catch { throw TemplateError("it was cancelled") }
    }
  }

  private func mapping(_ id: String) throws(TemplateError) -> EventSourceMapping? {
    do throws(MappingError) {
      return try mappings.get(id, in: scope)
    } catch {
      if case .notFound = error { return nil }
      throw TemplateError(error)
    }
  }

  // MARK: Between the layers

  private static func request(_ json: JSONValue) throws(TemplateError) -> CreateEventSourceMappingRequest {
    do throws(LambdaError) {
      return try WireCoding.decode(CreateEventSourceMappingRequest.self, from: Array(json.text.utf8))
    } catch {
      throw TemplateError(error.message)
    }
  }

  private func refusing<Value>(_ body: () throws(MappingError) -> Value) throws(TemplateError) -> Value {
    do throws(MappingError) { return try body() } catch { throw TemplateError(error) }
  }

  private func refusing(_ body: () async throws(MappingError) -> Void) async throws(TemplateError) {
    do throws(MappingError) { try await body() } catch { throw TemplateError(error) }
  }
}

extension TemplateError {
  /// What the API would answer.
  init(_ error: MappingError) {
    self.init(LambdaError(error as any Error).message)
  }
}

extension EventSourceMapping {
  /// The request that would make this mapping again.
  fileprivate func request(tags: [String: String]) -> JSONValue {
    var members = [JSONMember("FunctionName", .string(function.description))]
    if let sourceARN { members.append(JSONMember("EventSourceArn", .string(sourceARN))) }
    members.append(JSONMember("Enabled", .bool(state != .disabled && state != .disabling)))
    if !tags.isEmpty {
      members.append(
        JSONMember("Tags", .object(tags.sorted { $0.key < $1.key }.map { JSONMember($0.key, .string($0.value)) })))
    }
    if let document = try? JSONValue(parsing: parameters.json), case .object(let parameters) = document {
      members += parameters
    }
    return .object(members)
  }
}

extension EventInvokeConfiguration {
  /// The body of `PutFunctionEventInvokeConfig` that would set this.
  fileprivate var settings: JSONValue {
    var members: [JSONMember] = []
    if let attempts = maximumRetryAttempts {
      members.append(JSONMember("MaximumRetryAttempts", .number(JSONNumber(attempts))))
    }
    if let age = maximumEventAgeSeconds {
      members.append(JSONMember("MaximumEventAgeInSeconds", .number(JSONNumber(age))))
    }
    let destinations = [("OnSuccess", onSuccess), ("OnFailure", onFailure)].compactMap { name, arn in
      arn.map { JSONMember(name, ["Destination": .string($0)]) }
    }
    if !destinations.isEmpty { members.append(JSONMember("DestinationConfig", .object(destinations))) }
    return .object(members)
  }
}
