import JSON

/// What references in a stack's templates give, as far as it is known by now.
///
/// A value: an evaluation sees the stack as it was when the evaluation began.
struct ReferenceBook: Sendable {
  let model: StackModel
  /// What the stack's own parameters were given. Those of nested stacks hang on what is around them.
  private let parameters: TemplateParameters
  /// Names that were given for logical ids, in place of those that the template gives or leaves out.
  let names: [String: String]
  let others: OtherStacks
  /// What of a resource is known: because it was made, or looked up.
  private var known: [String: [JSONMember]] = [:]
  /// Resources that will be known: they are to be made, or can be looked up.
  private var awaited: Set<String> = []
  /// What was found out since the last of these changed.
  private var found = Found()
  private let effort = Effort()

  /// Each found once, however often it is referred to.
  private struct Found {
    let scopes = Memo<Int, ScopeValues>()
    let references = Memo<Reference, JSONValue>()
  }

  private struct ScopeValues {
    var parameters: TemplateParameters
    let conditions = Memo<String, Bool>()
  }

  private struct Reference: Hashable {
    var key: String
    var attribute: String?
  }

  init(
    _ model: StackModel, parameters: [String: JSONValue], names: [String: String], others: OtherStacks
  ) throws(TemplateError) {
    for key in names.keys where model.node(key) == nil {
      throw TemplateError("a name is given for '\(key)', which is no resource of the template")
    }
    self.model = model
    self.parameters = try TemplateParameters(model.scopes[0].template, given: parameters, pending: [:])
    self.names = names
    self.others = others
  }

  /// Takes down what references to a resource give.
  mutating func note(_ key: String, _ attributes: [JSONMember]) {
    known[key] = attributes
    awaited.remove(key)
    found = Found()
  }

  /// Expects a resource to be made, or made anew.
  mutating func await(_ key: String) {
    known[key] = nil
    awaited.insert(key)
    found = Found()
  }

  /// Whether a resource is there.
  func isKnown(_ key: String) -> Bool { known[key] != nil }

  // MARK: Evaluating

  /// What evaluates the expressions of a scope.
  func evaluator(_ scope: Int) throws(EvaluationError) -> Evaluator {
    let here = model.scopes[scope]
    let values = try found.scopes.value(scope) { () throws(EvaluationError) in
      ScopeValues(parameters: try effort.deeper { () throws(EvaluationError) in try parameters(of: here) })
    }
    return Evaluator(
      template: here.template, identity: here.identity, parameters: values.parameters, conditions: values.conditions,
      effort: effort, imports: { (value) throws(EvaluationError) in try others.value(value) },
      lookup: { (logicalID, attribute) throws(EvaluationError) in try value(of: logicalID, attribute, in: scope) })
  }

  private func parameters(of scope: StackModel.Scope) throws(EvaluationError) -> TemplateParameters {
    guard let parent = scope.parent else { return parameters }
    let outer = try evaluator(parent.scope)
    var values: [String: JSONValue] = [:]
    var pending: [String: String] = [:]
    for parameter in parent.resource.properties["Parameters"]?.members ?? [] {
      do throws(EvaluationError) {
        values[parameter.name] = try outer.value(of: parameter.value, in: parent.resource.logicalID)
      } catch {
        guard case .pending(let cause) = error else { throw error }
        pending[parameter.name] = cause
      }
    }
    do throws(TemplateError) {
      return try TemplateParameters(scope.template, given: values, pending: pending)
    } catch {
      throw .template(error.within(scope.path))
    }
  }

  /// Whether a resource is wanted: its own condition holds, and those of the nested stacks that it is in.
  func exists(_ node: StackModel.Node) throws(EvaluationError) -> Bool {
    if let parent = model.scopes[node.scope].parent,
      let outer = model.node(parent.resource.logicalID, in: parent.scope), try !exists(outer)
    {
      return false
    }
    return try evaluator(node.scope).exists(node.resource)
  }

  /// The properties of a resource, each as far as it is known; and of the others whom they wait for.
  func properties(
    of node: StackModel.Node
  ) throws(TemplateError) -> (properties: JSONValue, pending: [(property: String, cause: String)]) {
    let path = model.scopes[node.scope].path
    var members: [JSONMember] = []
    var pending: [(property: String, cause: String)] = []
    do throws(EvaluationError) {
      let evaluator = try evaluator(node.scope)
      try effort.deeper { () throws(EvaluationError) in
        for property in node.resource.properties.members {
          do throws(EvaluationError) {
            guard let value = try evaluator.value(of: property.value, in: node.resource.logicalID) else { continue }
            members.append(JSONMember(property.name, value))
          } catch {
            guard case .pending(let cause) = error else { throw error }
            pending.append((property.name, cause))
          }
        }
      }
    } catch {
      throw error.error(within: path)
    }
    return (.object(members), pending)
  }

  // MARK: References

  /// The name of a resource: as given from outside, by the template, or made up.
  func name(of node: StackModel.Node) throws(EvaluationError) -> String {
    if let name = names[node.key] { return name }
    let naming = ResourceNaming.of(node.resource.type)
    if let property = naming?.nameProperty, let expression = node.resource.properties[property],
      let value = try evaluator(node.scope).value(of: expression, in: node.resource.logicalID)
    {
      guard let name = value.string, !name.isEmpty else {
        throw .template(
          TemplateError("\(property) has to be a name, not \(value.summary)", at: node.resource.logicalID))
      }
      return name
    }
    // The rule of a name may hang on whether a queue or a topic is FIFO.
    let limit = naming?.ruleOfName ?? NameLimit(255)
    return PhysicalName.generated(
      stack: model.scopes[node.scope].identity, logicalID: node.resource.logicalID, limit: limit,
      ending: limit.suffix(properties: try namingProperties(of: node)))
  }

  private func value(
    of logicalID: String, _ attribute: String?, in scope: Int
  ) throws(EvaluationError) -> JSONValue {
    guard let node = model.node(logicalID, in: scope) else {
      throw .template(TemplateError("there is no resource '\(logicalID)'"))
    }
    if let attribute, attribute.hasPrefix("Outputs."), let nested = model.scope(ofNested: node) {
      return try output(String(attribute.dropFirst("Outputs.".count)), of: nested, node)
    }
    if let known = known[node.key]?.last(where: { $0.name == attribute ?? "Ref" }) { return known.value }
    return try found.references.value(Reference(key: node.key, attribute: attribute)) { () throws(EvaluationError) in
      try derived(attribute, of: node)
    }
  }

  /// What a reference gives before the resource is made, or where nothing is made of it.
  private func derived(_ attribute: String?, of node: StackModel.Node) throws(EvaluationError) -> JSONValue {
    let naming = ResourceNaming.of(node.resource.type)
    if let naming {
      let name = try name(of: node)
      if let value = naming.reference(
        attribute: attribute, name: name, properties: try namingProperties(of: node),
        stack: model.scopes[node.scope].identity)
      {
        return value
      }
    } else if attribute == nil {
      // Of a type that nothing is known of: a name is the best guess, and mostly nobody looks at it.
      return .string(try name(of: node))
    }
    let isKnownLater = naming?.isKnownLater(attribute, of: node.resource.type) ?? true
    guard awaited.contains(node.key), isKnownLater else {
      let logicalID = node.resource.logicalID
      throw .template(
        TemplateError(
          "\(attribute.map { "Fn::GetAtt \(logicalID).\($0)" } ?? "Ref \(logicalID)") is not known: nothing here tells it of "
            + "a resource of type \(node.resource.type)"))
    }
    throw .pending(node.key)
  }

  private func output(_ name: String, of scope: Int, _ node: StackModel.Node) throws(EvaluationError) -> JSONValue {
    let here = model.scopes[scope]
    guard let output = here.template.outputs.first(where: { $0.name == name }) else {
      throw .template(TemplateError("the nested stack has no output '\(name)'", at: node.resource.logicalID))
    }
    do throws(EvaluationError) {
      let evaluator = try evaluator(scope)
      if let condition = output.condition, try !evaluator.isTrue(condition: condition) {
        throw .template(TemplateError("the output '\(name)' is not there, as its condition does not hold"))
      }
      return try evaluator.value(of: output.value, in: name) ?? .null
    } catch {
      if case .template(let error) = error { throw .template(error.within(here.path)) }
      throw error
    }
  }

  /// Those properties that names and references are made of.
  private func namingProperties(of node: StackModel.Node) throws(EvaluationError) -> JSONValue {
    let evaluator = try evaluator(node.scope)
    var members: [JSONMember] = []
    for property in node.resource.properties.members where Self.naming.contains(property.name) {
      guard let value = try evaluator.value(of: property.value, in: node.resource.logicalID) else { continue }
      members.append(JSONMember(property.name, value))
    }
    return .object(members)
  }

  private static let naming: Set<String> = [
    "FifoQueue", "FifoTopic", "FunctionName", "FunctionVersion", "Name", "RegistryName", "StreamARN", "ConsumerName",
    "KeyId", "Path", "Registry", "TargetKeyId",
  ]
}

extension EvaluationError {
  /// As an error of the whole stack.
  func error(within path: String) -> TemplateError {
    switch self {
    case .template(let error): error.within(path)
    case .pending(let cause): TemplateError("\(cause) is not known yet").within(path)
    }
  }
}
