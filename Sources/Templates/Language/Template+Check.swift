import JSON

/// What can be known to be wrong before a value is known.
extension Template {
  /// The parameters that every template has.
  static let pseudoParameters: Set<String> = [
    "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId",
    "AWS::StackName", "AWS::URLSuffix",
  ]

  /// Refuses references to what is not there, unknown and malformed functions, and cycles.
  public func check() throws(TemplateError) {
    let names = Set(parameters.map(\.name)).union(Self.pseudoParameters)
    for (name, condition) in conditions.sorted(by: { $0.key < $1.key }) {
      try check(condition, in: "Conditions/\(name)", names: names, isCondition: true)
    }
    for resource in resources {
      try check(resource.properties, in: resource.logicalID, names: names)
      try check(condition: resource.condition, in: resource.logicalID)
      for other in resource.dependsOn where indices[other] == nil {
        throw TemplateError("DependsOn names '\(other)', which is no resource of the template", at: resource.logicalID)
      }
    }
    for output in outputs {
      let place = "Outputs/\(output.name)"
      try check(output.value, in: place, names: names)
      if let name = output.exportName { try check(name, in: place, names: names) }
      try check(condition: output.condition, in: place)
    }
    try refuseCycle(
      among: conditions.keys.sorted(), "conditions",
      of: { name in conditions[name].map { Self.conditions(in: $0) } ?? [] })
    try refuseCycle(
      among: resources.map(\.logicalID), "resources",
      of: { name in resource(name).map { dependencies(of: $0).sorted() } ?? [] })
  }

  /// What a resource needs before itself: the logical ids that it refers to or depends on.
  public func dependencies(of resource: Resource) -> Set<String> {
    var found = Set(resource.dependsOn)
    Self.forEachIntrinsic(in: resource.properties) { intrinsic in
      for name in intrinsic.references {
        let logicalID = indices[name] != nil ? name : String(name.prefix { $0 != "." })
        if indices[logicalID] != nil { found.insert(logicalID) }
      }
    }
    return found
  }

  private func check(condition: String?, in place: String) throws(TemplateError) {
    guard let condition, conditions[condition] == nil else { return }
    throw TemplateError("there is no condition '\(condition)'", at: place)
  }

  private func check(
    _ value: JSONValue, in place: String, names: Set<String>, isCondition: Bool = false
  ) throws(TemplateError) {
    let intrinsic: Intrinsic?
    do throws(TemplateError) { intrinsic = try Intrinsic(value) } catch { throw error.about(place) }
    guard let intrinsic else {
      if isCondition, let name = value["Condition"]?.string { return try check(condition: name, in: place) }
      for element in value.children { try check(element, in: place, names: names, isCondition: isCondition) }
      return
    }
    if case .choose(let condition, _, _) = intrinsic { try check(condition: condition, in: place) }
    // What a transform makes of its arguments nobody knows here.
    if case .unsupported = intrinsic { return }
    for name in intrinsic.references where !names.contains(name) {
      guard !isCondition else {
        throw TemplateError("a condition can only refer to parameters, not to '\(name)'", at: place)
      }
      // SAM names an alias of a function `Function.Alias`.
      guard indices[name] == nil, indices[String(name.prefix { $0 != "." })] == nil else { continue }
      throw TemplateError("'\(name)' is neither a resource nor a parameter of the template", at: place)
    }
    for argument in intrinsic.arguments { try check(argument, in: place, names: names, isCondition: isCondition) }
  }

  private static func conditions(in value: JSONValue) -> [String] {
    if let name = value["Condition"]?.string, value.members.count == 1 { return [name] }
    var found: [String] = []
    if case .choose(let name, _, _)? = try? Intrinsic(value) { found.append(name) }
    return found + value.children.flatMap { conditions(in: $0) }
  }

  private static func forEachIntrinsic(in value: JSONValue, _ body: (Intrinsic) -> Void) {
    if let intrinsic = try? Intrinsic(value) {
      body(intrinsic)
      for argument in intrinsic.arguments { forEachIntrinsic(in: argument, body) }
    } else {
      for child in value.children { forEachIntrinsic(in: child, body) }
    }
  }

  /// Walks the graph without recursion: a chain may be as long as there are resources.
  private func refuseCycle(
    among names: [String], _ what: String, of next: (String) -> [String]
  ) throws(TemplateError) {
    var done: Set<String> = []
    for start in names where !done.contains(start) {
      var path: [(name: String, rest: [String])] = [(start, next(start))]
      var onPath: Set<String> = [start]
      while let last = path.indices.last {
        guard let name = path[last].rest.popLast() else {
          onPath.remove(path[last].name)
          done.insert(path[last].name)
          path.removeLast()
          continue
        }
        if onPath.contains(name) {
          let cycle = path.map(\.name).drop { $0 != name } + [name]
          throw TemplateError("Circular dependency between \(what): \(cycle.joined(separator: " → "))")
        }
        guard !done.contains(name) else { continue }
        onPath.insert(name)
        path.append((name, next(name)))
      }
    }
  }
}

extension JSONValue {
  /// The elements or the members' values.
  var children: [JSONValue] {
    switch self {
    case .null, .bool, .number, .string: []
    case .array(let elements): elements
    case .object(let members): members.map(\.value)
    }
  }
}
