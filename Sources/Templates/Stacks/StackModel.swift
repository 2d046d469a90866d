import JSON

/// A template with the nested ones in it, as one list of resources and the order in which they are made.
struct StackModel: Sendable {
  /// One template: the stack's own, or that of a nested stack.
  struct Scope: Sendable {
    /// What the logical ids in it begin with: empty, or `Network/`.
    var path: String
    var identity: StackIdentity
    var template: Template
    /// Of a nested stack: the scope around it, and its resource there.
    var parent: (scope: Int, resource: Template.Resource)?
    /// The nodes in it and in the stacks nested in it.
    var nodes = 0..<0
  }

  /// A resource, wherever it stands.
  struct Node: Sendable {
    var scope: Int
    var resource: Template.Resource
    /// The logical id with its nested stacks.
    var key: String
    /// The first turn in which all that it refers to is there.
    var turn = 0
  }

  static let nestedStack = "AWS::CloudFormation::Stack"
  static let serverlessApplication = "AWS::Serverless::Application"
  /// Where whoever read a template's files put those of nested stacks.
  static let nestedTemplate = "headrace:template"
  /// CloudFormation has no number for it; a chain as long as this is a mistake.
  static let maximumDepth = 20
  /// As many as an operation of CloudFormation sees to at most, nested stacks counted
  /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
  static let maximumNestedStacks = 2_500
  /// CloudFormation's is 500 in one template; nested stacks count here too.
  static let maximumResources = 10_000

  private(set) var scopes: [Scope] = []
  private(set) var nodes: [Node] = []
  private(set) var ignored: [StackOutcome.Ignored] = []
  private var indices: [String: Int] = [:]
  private var scopeIndices: [String: Int] = [:]

  /// Reads and checks a template: all that can be wrong before any value is known.
  init(_ identity: StackIdentity, _ document: JSONValue) throws(TemplateError) {
    try add(identity, document, path: "", parent: nil, depth: 0)
    try takeTurns()
  }

  /// The node of a logical id in a scope.
  func node(_ logicalID: String, in scope: Int) -> Node? { node(scopes[scope].path + logicalID) }

  /// The node of a key.
  func node(_ key: String) -> Node? { indices[key].map { nodes[$0] } }

  /// The scope of a nested stack's template.
  func scope(ofNested node: Node) -> Int? {
    scopeIndices["\(node.key)/"]
  }

  private mutating func add(
    _ identity: StackIdentity, _ document: JSONValue, path: String, parent: (Int, Template.Resource)?, depth: Int
  ) throws(TemplateError) {
    guard depth <= Self.maximumDepth else {
      throw TemplateError("stacks are nested more than \(Self.maximumDepth) deep", at: String(path.dropLast()))
    }
    let template: Template
    do throws(TemplateError) {
      let expanded = try SAM.expand(document)
      template = try Template(InlineSubscriptions.expand(expanded.template))
      try template.check()
      ignored += expanded.ignored.map { .init(logicalID: path + $0.logicalID, type: $0.type) }
    } catch {
      throw error.within(path)
    }
    let index = scopes.count
    guard index <= Self.maximumNestedStacks else {
      throw TemplateError("there are more than \(Self.maximumNestedStacks) nested stacks")
    }
    scopeIndices[path] = index
    let first = nodes.count
    scopes.append(
      Scope(
        path: path, identity: identity, template: template, parent: parent.map { (scope: $0.0, resource: $0.1) }))
    guard nodes.count + template.resources.count <= Self.maximumResources else {
      throw TemplateError("there are more than \(Self.maximumResources) resources")
    }
    for resource in template.resources {
      let key = path + resource.logicalID
      indices[key] = nodes.count
      nodes.append(Node(scope: index, resource: resource, key: key))
    }
    for resource in template.resources where [Self.nestedStack, Self.serverlessApplication].contains(resource.type) {
      let key = path + resource.logicalID
      guard let nested = resource.metadata?[Self.nestedTemplate] else {
        ignored.append(.init(logicalID: key, type: resource.type))
        continue
      }
      let name = PhysicalName.generated(stack: identity, logicalID: resource.logicalID, limit: NameLimit(128))
      try add(
        StackIdentity(name: name, account: identity.account, region: identity.region), nested, path: "\(key)/",
        parent: (index, resource), depth: depth + 1)
    }
    scopes[index].nodes = first..<nodes.count
  }

  /// Gives each node its turn, from those that need nothing on.
  private mutating func takeTurns() throws(TemplateError) {
    let needs = nodes.indices.map { self.needs(of: $0) }
    var neededBy: [[Int]] = Array(repeating: [], count: nodes.count)
    var missing = needs.map(\.count)
    for (index, needed) in needs.enumerated() {
      for other in needed { neededBy[other].append(index) }
    }
    var ready = nodes.indices.filter { missing[$0] == 0 }
    var seen = 0
    while let index = ready.popLast() {
      seen += 1
      for other in neededBy[index] {
        nodes[other].turn = max(nodes[other].turn, nodes[index].turn + 1)
        missing[other] -= 1
        if missing[other] == 0 { ready.append(other) }
      }
    }
    guard seen == nodes.count else {
      let stuck = nodes.indices.filter { missing[$0] > 0 }.map { nodes[$0].key }.sorted()
      throw TemplateError("Circular dependency between resources: [\(stuck.joined(separator: ", "))]")
    }
  }

  /// What has to be there before a node: what it refers to, and all of a nested stack that it refers to; and what the
  /// nested stack that it is in is given.
  private func needs(of index: Int) -> Set<Int> {
    let node = nodes[index]
    let scope = scopes[node.scope]
    var needed: Set<Int> = []
    for logicalID in scope.template.dependencies(of: node.resource) {
      guard let other = indices[scope.path + logicalID], other != index else { continue }
      needed.insert(other)
      if let nested = self.scope(ofNested: nodes[other]) {
        needed.formUnion(scopes[nested].nodes)
      }
    }
    if let parent = scope.parent, let outer = indices[scopes[parent.scope].path + parent.resource.logicalID] {
      needed.insert(outer)
    }
    return needed
  }
}

extension TemplateError {
  /// The same error, seen from the stack that the nested one is in.
  func within(_ path: String) -> TemplateError {
    guard !path.isEmpty else { return self }
    return TemplateError(message, at: logicalID.map { path + $0 } ?? String(path.dropLast()))
  }

  /// The same error, of a resource, where it does not say of which yet.
  func about(_ logicalID: String) -> TemplateError {
    self.logicalID == nil ? TemplateError(message, at: logicalID) : self
  }
}
