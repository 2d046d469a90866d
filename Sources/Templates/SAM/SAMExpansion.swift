import JSON

/// The resources of a template, while functions are taken apart.
struct SAMExpansion {
  private(set) var resources: JSONValue
  private(set) var ignored: [(logicalID: String, type: String)] = []
  private(set) var references = SAMReferences()

  init(resources: JSONValue) {
    self.resources = resources
  }

  mutating func add(_ function: SAMFunction) throws(TemplateError) {
    // The events of a function refer to what later refers to the function: in it they would be a circle.
    let plain = ["Events", "EventInvokeConfig"].reduce(function.resource["Properties"] ?? [:]) { properties, name in
      properties.setting(name, to: nil)
    }
    resources = resources.setting(function.logicalID, to: function.resource.setting("Properties", to: plain))
    for resource in function.versionAndAlias { try add(resource, of: function) }
    for resource in try function.invokeConfiguration() { try add(resource, of: function) }
    for event in try function.events() {
      switch event.kind {
      case .ignored: ignored.append((event.path, event.type))
      case .mapping(let kind):
        try add(event.mapping(kind, of: function), of: function)
      case .topic:
        for resource in try event.subscription(of: function, resources: resources) { try add(resource, of: function) }
      case .bucket:
        resources = try event.notification(of: function, resources: resources)
      }
    }
  }

  private mutating func add(_ resource: SAMResource, of function: SAMFunction) throws(TemplateError) {
    // A policy may be one that the template has already, to be taken for the same.
    guard resources[resource.logicalID] == nil || resource.type == "AWS::SQS::QueuePolicy" else {
      throw TemplateError("SAM makes a resource of this name for \(function.logicalID)", at: resource.logicalID)
    }
    references.add(resource, of: function)
    resources = resources.setting(resource.logicalID, to: resource.document(with: function.passedOn))
  }
}

/// A resource that is made for a function.
struct SAMResource {
  let logicalID: String
  let type: String
  let properties: JSONValue

  init(_ logicalID: String, _ type: String, _ properties: JSONValue) {
    self.logicalID = logicalID
    self.type = type
    self.properties = properties
  }

  func document(with attributes: [JSONMember]) -> JSONValue {
    .object([JSONMember("Type", .string(type)), JSONMember("Properties", properties)] + attributes)
  }
}
