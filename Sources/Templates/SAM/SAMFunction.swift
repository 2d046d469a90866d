import JSON

/// A function of a SAM template
/// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html).
struct SAMFunction {
  let logicalID: String
  let resource: JSONValue
  /// The alias that everything is sent to, where there is one.
  private let alias: SAMAlias?
  private let invocation: JSONValue?

  init(_ member: JSONMember, globals: JSONValue, parameters: JSONValue) throws(TemplateError) {
    let (logicalID, resource) = (member.name, member.value)
    func property(_ name: String) -> JSONValue? {
      let global = SAMGlobals.ignores(name, resource) ? nil : globals[name]
      return SAMGlobals.merged(global, resource["Properties"]?[name])
    }
    self.logicalID = logicalID
    self.resource = resource
    invocation = property("EventInvokeConfig")
    alias = try property("AutoPublishAlias").map { value throws(TemplateError) in
      try SAMAlias(value, of: logicalID, parameters: parameters)
    }
  }

  /// What a resource that is made for the function has of the function's own.
  var passedOn: [JSONMember] {
    ["Condition", "DeletionPolicy", "UpdateReplacePolicy"].compactMap { name in
      resource[name].map { JSONMember(name, $0) }
    }
  }

  /// The condition that the function is made under.
  var condition: String? { resource["Condition"]?.scalarText }

  /// What invokes it names: the function, or its alias.
  var reference: JSONValue { .ref(alias?.logicalID ?? logicalID) }

  /// The ARN of what is invoked; a reference to an alias is one.
  var arn: JSONValue { alias == nil ? .attribute("Arn", of: logicalID) : reference }

  /// The version and the alias that SAM publishes. SAM's own id of the version has a hash of the function's code behind
  /// it, so that new code is a new version; here there is none to publish.
  var versionAndAlias: [SAMResource] {
    guard let alias else { return [] }
    let version = "\(logicalID)Version"
    return [
      SAMResource(version, "AWS::Lambda::Version", ["FunctionName": .ref(logicalID)]),
      SAMResource(
        alias.logicalID, "AWS::Lambda::Alias",
        [
          "Name": alias.name, "FunctionName": .ref(logicalID), "FunctionVersion": .attribute("Version", of: version),
        ]),
    ]
  }

  /// The events, in their order.
  func events() throws(TemplateError) -> [SAMEvent] {
    guard let events = resource["Properties"]?["Events"] else { return [] }
    guard case .object(let members) = events else { throw TemplateError("Events is no map", at: logicalID) }
    return try members.map { member throws(TemplateError) in try SAMEvent(member, of: logicalID) }
  }

  /// What becomes of asynchronous invocations, with the destinations that SAM makes itself.
  func invokeConfiguration() throws(TemplateError) -> [SAMResource] {
    guard let invocation else { return [] }
    let id = "\(logicalID)EventInvokeConfig"
    guard case .object = invocation, !invocation.isIntrinsic else {
      throw TemplateError("EventInvokeConfig is no map", at: logicalID)
    }
    var resources: [SAMResource] = []
    var destinations: [JSONMember] = []
    for name in ["OnSuccess", "OnFailure"] {
      guard let value = invocation["DestinationConfig"]?[name] else { continue }
      let destination = try SAMDestination(value, path: "\(logicalID)/EventInvokeConfig/DestinationConfig/\(name)")
      if let made = destination.resource(prefix: id + name) { resources.append(made) }
      destinations.append(JSONMember(name, ["Destination": destination.arn(prefix: id + name)]))
    }
    let properties = JSONValue.object(present: [
      ("FunctionName", .ref(logicalID)), ("Qualifier", alias?.name ?? "$LATEST"),
      ("DestinationConfig", .object(destinations)),
      ("MaximumEventAgeInSeconds", invocation["MaximumEventAgeInSeconds"]),
      ("MaximumRetryAttempts", invocation["MaximumRetryAttempts"]),
    ])
    return resources + [SAMResource(id, "AWS::Lambda::EventInvokeConfig", properties)]
  }
}
