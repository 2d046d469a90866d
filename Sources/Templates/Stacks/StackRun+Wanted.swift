import JSON

/// What a resource becomes.
extension StackRun {
  static let bucketNotifications = "Custom::S3BucketNotifications"
  static let functions: Set<String> = ["AWS::Lambda::Function", "AWS::Serverless::Function"]

  /// The services whose resources are known by name, for references alone: functions, secrets, keys, registries, clusters.
  private static let referredTo = [
    "Lambda", "Serverless", "SecretsManager", "KMS", "ECR", "Glue", "MSK", "AmazonMQ", "DocDB",
  ]

  private static func isReferredTo(_ type: String) -> Bool {
    let parts = type.split(separator: ":").map(String.init)
    return ResourceNaming.of(type) != nil && parts.count > 1 && referredTo.contains(parts[1])
      || [StackModel.nestedStack, StackModel.serverlessApplication].contains(type)
  }

  /// Whether a resource is a source that this stack makes, now or before.
  func makesSource(_ node: StackModel.Node) -> Bool {
    guard workshop.sources.provider(of: node.resource.type) != nil else { return false }
    return createsSources || entries[node.key]?.item != nil
  }

  /// The items that a resource is to have, and whether a bucket's other mappings go.
  func wanted(of node: StackModel.Node) async throws(TemplateError) -> (items: [WantedItem], bucket: String?) {
    let type = node.resource.type
    if Self.functions.contains(type) {
      outcome.functions.append(.init(logicalID: node.key, name: try name(of: node)))
    }
    guard isApplied(type) else {
      if !Self.isReferredTo(type) {
        outcome.ignored.append(.init(logicalID: node.key, type: type))
      }
      return ([], nil)
    }
    let (properties, pending) = try await evaluated(node)
    if !pending.isEmpty {
      // Only a plan comes here: it cannot look at what is not known, and says so.
      guard type != Self.bucketNotifications else { return ([], nil) }
      var item = WantedItem(type: type, name: "", properties: properties, knownLater: pending)
      if makesSource(node) { (item.name, item.isNamed) = (try name(of: node), isNamed(node)) }
      return ([item], nil)
    }
    switch type {
    case ItemWorkshop.mapping: return ([try mapping(MappingProperties.request(properties))], nil)
    case ItemWorkshop.eventInvokeConfig:
      return ([WantedItem(type: type, name: "", properties: try InvokeConfigProperties.request(properties))], nil)
    case ItemWorkshop.subscription: return (try subscription(node, properties), nil)
    case Self.bucketNotifications:
      let notifications = try BucketNotifications.custom(properties, partition: identity.partition)
      return (try notifications.requests.map(mapping), notifications.isWhole ? properties["BucketName"]?.string : nil)
    default: break
    }
    let name = try name(of: node)
    var items: [WantedItem] = []
    if makesSource(node) {
      items.append(WantedItem(type: type, name: name, isNamed: isNamed(node), properties: properties))
    }
    if type == "AWS::S3::Bucket" {
      let notifications = try BucketNotifications.bucket(properties, named: name, partition: identity.partition)
      items += try (notifications?.requests ?? []).map(mapping)
      return (items, notifications?.isWhole == true ? name : nil)
    }
    return (items, nil)
  }

  /// Whether something can be done for resources of a type.
  func isApplied(_ type: String) -> Bool {
    switch type {
    case ItemWorkshop.mapping, ItemWorkshop.eventInvokeConfig, ItemWorkshop.subscription, Self.bucketNotifications: true
    default: workshop.sources.provider(of: type) != nil
    }
  }

  /// A mapping that the API would take, as far as a plan can tell; every application begins with one.
  private func mapping(_ request: JSONValue) throws(TemplateError) -> WantedItem {
    if isPlan { try workshop.mappings.check(request) }
    return WantedItem(type: ItemWorkshop.mapping, name: "", properties: request)
  }

  private func subscription(
    _ node: StackModel.Node, _ properties: JSONValue
  ) throws(TemplateError) -> [WantedItem] {
    switch properties["Protocol"]?.string {
    case "lambda":
      var item = try mapping(TopicSubscriptions.request(properties))
      item.name = ItemWorkshop.subscription
      return [item]
    case "sqs" where makesSource(node):
      return [WantedItem(type: node.resource.type, name: "", properties: properties)]
    default:
      outcome.ignored.append(.init(logicalID: node.key, type: node.resource.type))
      return []
    }
  }

  private func isNamed(_ node: StackModel.Node) -> Bool {
    guard let property = ResourceNaming.of(node.resource.type)?.nameProperty else { return false }
    return node.resource.properties[property] != nil || book.names[node.key] != nil
  }

  private func name(of node: StackModel.Node) throws(TemplateError) -> String {
    do throws(EvaluationError) {
      return try book.name(of: node)
    } catch {
      throw error.error(within: model.scopes[node.scope].path)
    }
  }

  /// The properties of a resource. Sources that the stack does not make are looked up where something is referred to
  /// that only they know, such as the ARN of a table's stream.
  private func evaluated(
    _ node: StackModel.Node
  ) async throws(TemplateError) -> (properties: JSONValue, knownLater: [String]) {
    while true {
      let (properties, pending) = try book.properties(of: node)
      var isNews = false
      for key in Set(pending.map(\.cause)) {
        guard let other = model.node(key), isLookedUp(other) else { continue }
        try await lookUp(other, for: node)
        isNews = true
      }
      guard !isNews else { continue }
      guard isPlan || pending.isEmpty else {
        throw TemplateError("\(pending[0].property) waits for \(pending[0].cause), which is not known")
      }
      return (properties, pending.map(\.property))
    }
  }

  /// Whether a resource is somebody else's, and there is somebody who can tell of it.
  private func isLookedUp(_ node: StackModel.Node) -> Bool {
    node.resource.type != ItemWorkshop.subscription && workshop.sources.provider(of: node.resource.type) != nil
      && !makesSource(node)
  }

  private func lookUp(_ node: StackModel.Node, for user: StackModel.Node) async throws(TemplateError) {
    guard let provider = workshop.sources.provider(of: node.resource.type) else { return }
    let (properties, _) = try book.properties(of: node)
    let name = try name(of: node)
    guard let there = try await provider.lookUp(name: name, properties) else {
      throw TemplateError(
        "it refers to \(node.key), of which there is none named '\(name)': make it first, or apply with --create-sources"
      )
    }
    book.note(node.key, there.attributes.map { JSONMember($0.key, $0.value) })
  }
}
