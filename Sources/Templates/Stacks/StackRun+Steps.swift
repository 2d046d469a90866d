import JSON

/// From what is wanted to what is done.
extension StackRun {
  /// What has to be done so that a resource has the items that it is to have.
  func steps(
    _ node: StackModel.Node, _ wanted: (items: [WantedItem], bucket: String?)
  ) async throws(TemplateError) -> [Step] {
    let isGroup = node.resource.type == Self.bucketNotifications || node.resource.type == "AWS::S3::Bucket"
    let single = wanted.items.filter { !isGroup || $0.type == node.resource.type }
    let group = wanted.items.filter { isGroup && $0.type != node.resource.type }
    let members =
      isGroup
      ? entries.values.filter { $0.item != nil && $0.key.hasPrefix("\(node.key)#") }.sorted { $0.key < $1.key } : []

    var steps: [Step] = []
    if let item = single.first {
      steps.append(try await step(node.key, entries[node.key]?.item, item))
    } else if entries[node.key]?.item != nil {
      leaving.insert(node.key)
    }
    let keys = members.keys(of: group, below: node.key)
    for member in members where !keys.contains(member.key) { leaving.insert(member.key) }
    var changes: [Step] = []
    for (key, item) in zip(keys, group) {
      changes.append(try await step(key, entries[key]?.item, item))
    }
    if let bucket = wanted.bucket, changes.contains(where: \.isChange) || group.isEmpty && !members.isEmpty {
      changes = try foreign(ofBucket: bucket, below: node.key) + changes
    }
    return steps + changes.inOrderForOverlaps
  }

  private func step(
    _ key: String, _ item: StackItem?, _ wanted: WantedItem
  ) async throws(TemplateError) -> Step {
    guard let item else {
      let moved = leaving.sorted().lazy.compactMap { self.entries[$0] }.first { entry in
        entry.item.map { wanted.isAnother($0) } ?? false
      }
      if let moved, wanted.knownLater.isEmpty { return .adopt(key: key, from: moved, wanted) }
      return .add(key: key, wanted)
    }
    guard item.type == wanted.type else { return .replace(key: key, item, wanted) }
    guard wanted.knownLater.isEmpty else { return .modify(key: key, item, wanted) }
    guard let current = try await workshop.current(item) else { return .add(key: key, wanted) }
    if !wanted.name.isEmpty, wanted.name != item.name { return .replace(key: key, item, wanted) }
    switch workshop.change(of: item.type, from: item.properties, to: wanted.properties) {
    case .none: return .keep(key: key, current)
    case .inPlace: return .modify(key: key, current, wanted)
    case .replacement: return .replace(key: key, current, wanted)
    case .impossible(let reason): throw TemplateError(reason)
    }
  }

  /// The mappings of a bucket that are not of this resource.
  private func foreign(ofBucket bucket: String, below key: String) throws(TemplateError) -> [Step] {
    let own = Set(entries.values.filter { $0.logicalID == key }.compactMap { $0.item?.physicalID })
    let arn = "arn:\(identity.partition):s3:::\(bucket)"
    return try workshop.mappings.mappings(ofSource: arn).filter { !own.contains($0.id) }.map { mapping in
      let item = StackItem(
        type: ItemWorkshop.mapping, physicalID: mapping.id, name: "", properties: mapping.request, isRetained: false,
        turn: 0)
      return .clear(key: "\(key)#replaced-\(mapping.id)", item)
    }
  }

  // MARK: In a plan

  /// Takes down what would be done.
  func foresee(_ step: Step, _ node: StackModel.Node) throws(TemplateError) {
    switch step {
    case .keep(let key, let item):
      outcome.unchanged += 1
      noteReferences(key, item)
    case .add(let key, let wanted):
      if !key.contains("#") { book.await(key) }
      note(.add, key, draft(wanted, node, physicalID: ""), knownLater: wanted.knownLater)
    case .adopt(let key, let entry, let wanted):
      leaving.remove(entry.key)
      guard let item = entry.item else { return }
      noteReferences(key, item)
      note(.modify, key, draft(wanted, node, physicalID: item.physicalID), was: item)
    case .modify(let key, let item, let wanted):
      noteReferences(key, item)
      note(
        .modify, key, draft(wanted, node, physicalID: item.physicalID), was: item, knownLater: wanted.knownLater)
    case .replace(let key, let item, let wanted):
      if !key.contains("#") { book.await(key) }
      note(.modify, key, draft(wanted, node, physicalID: item.physicalID), was: item, isReplacement: true)
    case .clear(let key, let item): note(.remove, key, item)
    }
  }

  // MARK: For real

  /// Does what has to be done. What was there before is on disk before anything changes.
  func perform(_ step: Step, _ node: StackModel.Node) async throws(TemplateError) {
    switch step {
    case .keep(let key, var item):
      outcome.unchanged += 1
      if item.isRetained != node.resource.isRetained {
        let undo = StackEntry.Undo.item(item)
        item.isRetained = node.resource.isRetained
        try await keep(StackEntry(key: key, item: item, undo: undo))
      }
      noteReferences(key, item)
    case .add(let key, let wanted):
      // What the stack had and somebody took away is not there to be restored.
      try await make(key, wanted, node, undo: .nothing)
      note(.add, key, made(key))
    case .adopt(let key, let entry, let wanted):
      try await adopt(key, from: entry, wanted, node)
    case .modify(let key, let item, let wanted):
      var new = draft(wanted, node, physicalID: item.physicalID)
      new.isAdopted = item.isAdopted
      try await keep(StackEntry(key: key, item: new, undo: .item(item)))
      try await keep(StackEntry(key: key, item: try await workshop.update(item, to: new), undo: .item(item)))
      noteReferences(key, made(key))
      note(.modify, key, made(key), was: item)
    case .replace(let key, var item, let wanted):
      item.isRetained = node.resource.isRetainedWhenReplaced
      try await make(key, wanted, node, undo: .item(item), replaced: item)
      note(.modify, key, made(key), was: item, isReplacement: true)
    case .clear(let key, let item):
      try await keep(StackEntry(key: key, item: nil, undo: .item(item)))
      try await workshop.remove(item)
      note(.remove, key, item)
    }
  }

  private func make(
    _ key: String, _ wanted: WantedItem, _ node: StackModel.Node, undo: StackEntry.Undo, replaced: StackItem? = nil
  ) async throws(TemplateError) {
    var item = draft(
      wanted, node, physicalID: workshop.newPhysicalID(of: wanted.type, wanted.properties))
    if wanted.isNamed, let there = try await workshop.current(item) {
      // Under a name that somebody chose there may be what somebody else made: it is used and never deleted.
      item.isAdopted = there.physicalID != ""
    }
    try await keep(StackEntry(key: key, item: item, undo: undo))
    try await clearWay(for: wanted, replaced)
    let made = try await workshop.make(item)
    try await keep(StackEntry(key: key, item: made, undo: undo))
    noteReferences(key, made)
  }

  /// What stands in the way of a new mapping goes before the others that leave.
  private func clearWay(for wanted: WantedItem, _ replaced: StackItem?) async throws(TemplateError) {
    if let replaced, wanted.isBarred(by: replaced), !replaced.isKept { try await workshop.remove(replaced) }
    for key in leaving.sorted() {
      guard let item = entries[key]?.item, wanted.isBarred(by: item), !item.isKept else { continue }
      leaving.remove(key)
      try await keep(StackEntry(key: key, item: nil, undo: .item(item)))
      try await workshop.remove(item)
      note(.remove, key, item)
    }
  }

  /// An item goes on under another logical id.
  private func adopt(
    _ key: String, from entry: StackEntry, _ wanted: WantedItem, _ node: StackModel.Node
  ) async throws(TemplateError) {
    guard let old = entry.item, leaving.remove(entry.key) != nil else {
      throw TemplateError("\(entry.key) is taken over twice")
    }
    var new = draft(wanted, node, physicalID: old.physicalID)
    (new.isAdopted, new.attributes) = (old.isAdopted, old.attributes)
    try await keep(StackEntry(key: entry.key, item: nil, undo: .item(old)))
    try await keep(StackEntry(key: key, item: new, undo: .nothing))
    if workshop.change(of: old.type, from: old.properties, to: new.properties) != .none {
      try await keep(StackEntry(key: key, item: try await workshop.update(old, to: new), undo: .nothing))
    }
    noteReferences(key, made(key))
    note(.modify, key, made(key), was: old)
  }

  /// Keeps an entry, on disk and here.
  func keep(_ entry: StackEntry) async throws(TemplateError) {
    // What was there before the whole application stays what is gone back to.
    var entry = entry
    if let undo = entries[entry.key]?.undo, undo != .untouched { entry.undo = undo }
    do throws(StackStoreError) {
      try await store.save(entry, of: identity)
    } catch {
      throw .storeFailed(error)
    }
    entries[entry.key] = entry
  }

  private func made(_ key: String) -> StackItem {
    entries[key]?.item ?? StackItem(type: "", physicalID: "", name: "", properties: [:], isRetained: false, turn: 0)
  }

  private func noteReferences(_ key: String, _ item: StackItem) {
    if !key.contains("#") { book.note(key, item.attributes) }
  }

  /// What is wanted, as an item that is not there yet.
  func draft(_ wanted: WantedItem, _ node: StackModel.Node, physicalID: String) -> StackItem {
    StackItem(
      type: wanted.type, physicalID: physicalID, name: wanted.name, properties: wanted.properties,
      isRetained: node.resource.isRetained, tags: wanted.type == ItemWorkshop.mapping ? tags(of: node) : [:],
      turn: node.turn)
  }

  /// CloudFormation's tags of what a stack makes
  /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html).
  private func tags(of node: StackModel.Node) -> [String: String] {
    let scope = model.scopes[node.scope]
    return [
      "aws:cloudformation:stack-name": scope.identity.name, "aws:cloudformation:stack-id": scope.identity.id,
      "aws:cloudformation:logical-id": node.resource.logicalID,
    ]
  }
}

extension Template.Resource {
  /// Whether what it made stays when it leaves the stack; nothing here has snapshots.
  fileprivate var isRetained: Bool { ["Retain", "RetainExceptOnCreate"].contains(deletionPolicy ?? "") }
  /// Whether what it made stays when something else takes its place.
  fileprivate var isRetainedWhenReplaced: Bool { updateReplacePolicy == "Retain" }
}

extension Step {
  /// Whether anything is done at all.
  var isChange: Bool {
    if case .keep = self { return false }
    return true
  }
}

extension [Step] {
  /// Two notifications of a bucket that change places would be in each other's way for a moment: where more than one
  /// changes, all of them go first and come anew.
  fileprivate var inOrderForOverlaps: [Step] {
    let modified = filter { step in
      if case .modify = step { return true }
      return false
    }
    guard modified.count > 1 else { return self }
    var cleared: [Step] = []
    let rest = map { (step) -> Step in
      guard case .modify(let key, let item, let wanted) = step else { return step }
      cleared.append(.clear(key: key, item))
      return .add(key: key, wanted)
    }
    return cleared + rest
  }
}

extension TemplateError {
  /// The database failed: only the log sees why.
  static func storeFailed(_ error: StackStoreError) -> TemplateError {
    TemplateError("the database failed: \(error.detail)")
  }
}
