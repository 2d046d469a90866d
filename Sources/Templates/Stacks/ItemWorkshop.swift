import JSON

/// Makes, changes and takes away the items of stacks, each type in its own way.
struct ItemWorkshop: Sendable {
  static let mapping = "AWS::Lambda::EventSourceMapping"
  static let eventInvokeConfig = "AWS::Lambda::EventInvokeConfig"
  static let subscription = "AWS::SNS::Subscription"

  let mappings: any MappingHost
  let sources: any SourceMaking

  /// What has to be done for a change of an item's properties.
  func change(of type: String, from old: JSONValue, to new: JSONValue) -> SourceChange {
    switch type {
    case Self.mapping: MappingProperties.change(from: old, to: new)
    case Self.eventInvokeConfig: InvokeConfigProperties.change(from: old, to: new)
    default: old == new ? .none : sources.provider(of: type)?.change(from: old, to: new) ?? .none
    }
  }

  /// What is wrong with an item that is to be, as far as it can be told beforehand.
  func check(_ item: StackItem) throws(TemplateError) {
    if item.type == Self.mapping { try mappings.check(item.properties) }
  }

  /// The id of an item that is to be made, where it is known before.
  func newPhysicalID(of type: String, _ properties: JSONValue) -> String {
    switch type {
    case Self.mapping: mappings.newID()
    case Self.eventInvokeConfig: InvokeConfigProperties.identity(properties).joined
    default: ""
    }
  }

  /// An item as it is now; nil where it is not there.
  func current(_ item: StackItem) async throws(TemplateError) -> StackItem? {
    switch item.type {
    case Self.mapping: return try mappings.exists(item.physicalID) ? item : nil
    case Self.eventInvokeConfig:
      let identity = InvokeConfigProperties.identity(item.properties)
      return try mappings.eventInvokeConfig(identity.function, qualifier: identity.qualifier) == nil ? nil : item
    default:
      guard let provider = sources.provider(of: item.type) else { return nil }
      return try await provider.lookUp(name: item.name, item.properties).map { item.realized($0) }
    }
  }

  /// Makes an item.
  func make(_ item: StackItem) async throws(TemplateError) -> StackItem {
    var item = item
    switch item.type {
    case Self.mapping:
      try await mappings.create(item.physicalID, item.properties, tags: item.tags)
      item.attributes = attributes(ofMapping: item)
      return item
    case Self.eventInvokeConfig:
      let identity = InvokeConfigProperties.identity(item.properties)
      guard try mappings.eventInvokeConfig(identity.function, qualifier: identity.qualifier) == nil else {
        throw TemplateError("the function '\(identity.function)' has settings of its asynchronous invocation already")
      }
      try await mappings.setEventInvokeConfig(
        identity.function, qualifier: identity.qualifier, to: InvokeConfigProperties.settings(item.properties))
      item.attributes = [JSONMember("Ref", .string(item.physicalID))]
      return item
    default:
      return item.realized(try await provider(of: item).create(name: item.name, item.properties))
    }
  }

  /// Makes an item what another one is to be; both are the same thing.
  func update(_ item: StackItem, to new: StackItem) async throws(TemplateError) -> StackItem {
    var new = new
    (new.physicalID, new.attributes) = (item.physicalID, item.attributes)
    switch item.type {
    case Self.mapping:
      try await mappings.update(item.physicalID, to: new.properties)
      new.attributes = attributes(ofMapping: new)
      return new
    case Self.eventInvokeConfig:
      let identity = InvokeConfigProperties.identity(new.properties)
      try await mappings.setEventInvokeConfig(
        identity.function, qualifier: identity.qualifier, to: InvokeConfigProperties.settings(new.properties))
      return new
    default:
      let realized = RealizedResource(
        physicalID: item.physicalID,
        attributes: Dictionary(item.attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
      return new.realized(
        try await provider(of: item).update(realized, from: item.properties, to: new.properties))
    }
  }

  /// Takes an item away; one that is gone is no error.
  func remove(_ item: StackItem) async throws(TemplateError) {
    switch item.type {
    case Self.mapping: try await mappings.delete(item.physicalID)
    case Self.eventInvokeConfig:
      let identity = InvokeConfigProperties.identity(item.properties)
      try await mappings.setEventInvokeConfig(identity.function, qualifier: identity.qualifier, to: nil)
    default:
      // Whoever was interrupted while making it does not know whether it was made.
      let provider = try provider(of: item)
      guard let there = try await provider.lookUp(name: item.name, item.properties) else { return }
      try await provider.delete(there)
    }
  }

  private func provider(of item: StackItem) throws(TemplateError) -> any SourceProvider {
    guard let provider = sources.provider(of: item.type) else {
      throw TemplateError("nothing here makes resources of type \(item.type)")
    }
    return provider
  }

  /// What CloudFormation returns of a mapping; and of a subscription, which is a mapping here, its ARN.
  private func attributes(ofMapping item: StackItem) -> [JSONMember] {
    let isTopic = item.properties["SNSEventSourceConfig"] != nil || item.name == Self.subscription
    let arn = JSONValue.string(mappings.arn(of: item.physicalID))
    return [
      JSONMember("Ref", isTopic ? arn : .string(item.physicalID)), JSONMember("Id", .string(item.physicalID)),
      JSONMember("EventSourceMappingArn", arn), JSONMember("Arn", arn),
    ]
  }
}

/// Who knows how sources are made.
protocol SourceMaking: Sendable {
  /// What makes resources of a type; nil where they are known by name alone.
  func provider(of type: String) -> (any SourceProvider)?
}

extension SourceProviders: SourceMaking {}

extension StackItem {
  /// The item as it came about.
  fileprivate func realized(_ resource: RealizedResource) -> StackItem {
    var item = self
    item.physicalID = resource.physicalID
    item.attributes = resource.attributes.sorted { $0.key < $1.key }.map { JSONMember($0.key, $0.value) }
    return item
  }
}
