import JSON

/// One application of a template, or the plan of one: what is wanted on one side, what is there on the other.
///
/// The resources are visited in turns; those of a turn do not need each other, and are seen to at once.
actor StackRun {
  let model: StackModel
  let workshop: ItemWorkshop
  let store: any StackStore
  let createsSources: Bool
  /// Whether nothing is changed.
  let isPlan: Bool

  var book: ReferenceBook
  var entries: [String: StackEntry]
  /// Entries that nothing in the template stands for any more.
  var leaving: Set<String> = []
  var outcome: StackOutcome

  /// What a run is made of.
  struct Plan {
    var identity: StackIdentity { record.identity }
    var record: StackRecord
    var document: JSONValue
    var parameters: [String: String]
    var names: [String: String]
    var createsSources: Bool
    var isPlan: Bool
  }

  init(
    _ plan: Plan, entries: [StackEntry], others: OtherStacks, workshop: ItemWorkshop, store: any StackStore
  ) throws(TemplateError) {
    model = try StackModel(plan.identity, plan.document)
    book = try ReferenceBook(
      model, parameters: plan.parameters.mapValues { .string($0) }, names: plan.names, others: others)
    self.workshop = workshop
    self.store = store
    createsSources = plan.createsSources
    isPlan = plan.isPlan
    self.entries = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    outcome = StackOutcome(record: plan.record, ignored: model.ignored)
    for entry in entries {
      if let item = entry.item, !entry.key.contains("#") { book.note(entry.key, item.attributes) }
    }
  }

  var identity: StackIdentity { outcome.record.identity }

  /// Visits every resource, and names what leaves. In a plan, all that would be done is in the outcome then.
  func visitAll() async throws(TemplateError) {
    var active: [StackModel.Node] = []
    for node in model.nodes {
      do throws(EvaluationError) {
        if try book.exists(node) { active.append(node) }
      } catch {
        throw error.error(within: model.scopes[node.scope].path).about(node.key)
      }
    }
    let present = Set(active.map(\.key))
    leaving = Set(entries.values.filter { $0.item != nil && !present.contains($0.logicalID) }.map(\.key))
    for node in active where isApplied(node.resource.type) && !book.isKnown(node.key) { book.await(node.key) }
    let turns = Dictionary(grouping: active, by: \.turn)
    for turn in turns.keys.sorted() {
      try await Crew.work(turns[turn] ?? []) { (node) throws(TemplateError) in
        do throws(TemplateError) { try await self.visit(node) } catch { throw error.about(node.key) }
      }
    }
    if isPlan {
      for key in leaving.sorted() {
        guard let item = entries[key]?.item else { continue }
        note(.remove, key, item)
      }
    }
    sortOutcome()
  }

  private func visit(_ node: StackModel.Node) async throws(TemplateError) {
    let wanted = try await wanted(of: node)
    for step in try await steps(node, wanted) {
      if isPlan {
        try foresee(step, node)
      } else {
        try await perform(step, node)
      }
    }
  }

  /// Notes of what leaves the stack that it is to go: from then on the application goes forward only.
  func markLeaving() async throws(TemplateError) {
    try await Crew.work(leaving.sorted()) { (key) throws(TemplateError) in try await self.markLeaving(key) }
    sortOutcome()
  }

  private func markLeaving(_ key: String) async throws(TemplateError) {
    guard let item = entries[key]?.item else { return }
    try await keep(StackEntry(key: key, item: nil, undo: .item(item)))
    note(.remove, key, item)
  }

  // MARK: What comes of it

  /// What the template gives to whoever asks.
  func outputs() throws(TemplateError) -> [StackRecord.Output] {
    var outputs: [StackRecord.Output] = []
    for (index, scope) in model.scopes.enumerated() {
      do throws(EvaluationError) {
        let evaluator = try book.evaluator(index)
        for output in scope.template.outputs where index == 0 || output.exportName != nil {
          if let condition = output.condition, try !evaluator.isTrue(condition: condition) { continue }
          guard let value = try evaluator.value(of: output.value, in: output.name) else { continue }
          var exportName: String?
          if let expression = output.exportName {
            exportName = try evaluator.value(of: expression, in: output.name)?.string
          }
          outputs.append(.init(name: scope.path + output.name, value: value, exportName: exportName))
        }
      } catch {
        // An output of what only AWS would know keeps nobody from applying.
        if case .pending = error, isPlan { continue }
        throw error.error(within: scope.path)
      }
    }
    return outputs
  }

  /// Takes down a change for the outcome.
  func note(
    _ action: StackOutcome.Change.Action, _ key: String, _ item: StackItem, was old: StackItem? = nil,
    knownLater: [String] = [], isReplacement: Bool = false
  ) {
    var change = StackOutcome.Change(
      action: action, logicalID: key, type: item.type, physicalID: item.physicalID, isReplacement: isReplacement,
      isRetained: action == .remove && item.isKept, knownLater: knownLater)
    if let old {
      let names = old.properties.members.map(\.name) + item.properties.members.map(\.name)
      var seen: Set<String> = []
      change.details = names.filter { seen.insert($0).inserted && old.properties[$0] != item.properties[$0] }.map {
        .init(property: $0, before: old.properties[$0], after: item.properties[$0])
      }
    }
    outcome.changes.append(change)
  }

  private func sortOutcome() {
    let order = Dictionary(model.nodes.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { $1 })
    func place(_ logicalID: String) -> (Int, String) {
      (order[String(logicalID.prefix { $0 != "#" })] ?? .max, logicalID)
    }
    outcome.changes.sort { place($0.logicalID) < place($1.logicalID) }
    outcome.functions.sort { place($0.logicalID) < place($1.logicalID) }
    outcome.ignored.sort { place($0.logicalID) < place($1.logicalID) }
  }
}

extension StackItem {
  /// Whether it stays where it is when it leaves the stack.
  var isKept: Bool { isRetained || isAdopted }
}
