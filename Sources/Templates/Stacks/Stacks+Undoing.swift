/// Undoing, and going on where an application was left in the middle.
extension Stacks {
  /// Undoes what was done.
  /// - Returns: the error that tells of it.
  func rolledBack(_ record: StackRecord, after cause: TemplateError) async -> StackError {
    do throws(StackError) {
      try await restore(record, because: cause.description)
      return .rolledBack(cause)
    } catch {
      return .notRolledBack(cause, because: error.reason)
    }
  }

  func restore(_ record: StackRecord, because reason: String?) async throws(StackError) {
    var record = record
    let isCreation = record.status.isOfCreation
    record.status = isCreation ? .createRollbackInProgress : .rollbackInProgress
    record.statusReason = reason ?? record.statusReason
    try await save(record)
    let entries = try reading { () throws(StackStoreError) in try store.entries(of: record.identity) }
    do throws(TemplateError) {
      try await undo(record).restore(entries)
    } catch {
      record.status = isCreation ? .createRollbackFailed : .rollbackFailed
      record.statusReason = error.description
      try await save(record)
      throw .refused(error)
    }
    if isCreation {
      try await writing { [record] () async throws(StackStoreError) in try await self.store.remove(record.identity) }
    } else {
      record.status = .rollbackComplete
      try await writing { [record] () async throws(StackStoreError) in try await self.store.settle(record) }
    }
  }

  func cleanedUp(_ record: inout StackRecord) async throws(StackError) -> [String] {
    let entries = try reading { () throws(StackStoreError) in try store.entries(of: record.identity) }
    let undo = undo(record)
    let leftovers = try await refusing { () async throws(TemplateError) in try await undo.cleanUp(entries) }
    record.statusReason = leftovers.isEmpty ? nil : leftovers.joined(separator: "; ")
    let settled = record
    try await writing { () async throws(StackStoreError) in try await self.store.settle(settled) }
    return leftovers
  }

  func deleted(_ record: StackRecord, _ entries: [StackEntry]) async throws(StackError) -> StackOutcome {
    var record = record
    record.status = .deleteInProgress
    try await save(record)
    let workshop = workshop(record.identity)
    let identity = record.identity
    do throws(TemplateError) {
      try await Crew.workBackwards(entries, turn: { $0.item?.turn ?? 0 }) { (entry) throws(TemplateError) in
        do throws(TemplateError) {
          if let item = entry.item, !item.isKept { try await workshop.remove(item) }
          try await self.saving { () async throws(StackStoreError) in
            try await self.store.removeEntry(entry.key, of: identity)
          }
        } catch {
          throw error.about(entry.key)
        }
      }
    } catch {
      record.status = .deleteFailed
      record.statusReason = error.description
      try await save(record)
      throw .refused(
        TemplateError("\(error.message) (what is left of the stack stays in it)", at: error.logicalID))
    }
    record.status = .deleteComplete
    record.outputs = []
    var outcome = StackOutcome(record: record)
    outcome.changes = entries.compactMap { entry in
      entry.item.map {
        .init(
          action: .remove, logicalID: entry.key, type: $0.type, physicalID: $0.physicalID, isRetained: $0.isKept)
      }
    }
    try await writing { [record] () async throws(StackStoreError) in try await self.store.remove(record.identity) }
    return outcome
  }

  /// Goes on where an application was left in the middle.
  func resume(_ identity: StackIdentity) async throws(StackError) {
    guard var record = try reading({ () throws(StackStoreError) in try store.stack(identity) }) else { return }
    switch record.status {
    case .createComplete, .updateComplete, .rollbackComplete, .deleteComplete: return
    case .createInProgress, .createRollbackInProgress, .createRollbackFailed, .updateInProgress, .rollbackInProgress,
      .rollbackFailed:
      try await restore(record, because: nil)
    case .cleanupInProgress:
      record.status = .updateComplete
      _ = try await cleanedUp(&record)
    case .deleteInProgress, .deleteFailed:
      let entries = try reading { () throws(StackStoreError) in try store.entries(of: identity) }
      _ = try await deleted(record, entries)
    }
  }

  func undo(_ record: StackRecord) -> StackUndo {
    StackUndo(identity: record.identity, workshop: workshop(record.identity), store: store)
  }
}

extension StackRecord.Status {
  /// Whether it was to be deleted.
  var isOfDeletion: Bool { self == .deleteInProgress || self == .deleteFailed }

  /// Whether there was nothing before.
  fileprivate var isOfCreation: Bool {
    switch self {
    case .createInProgress, .createRollbackInProgress, .createRollbackFailed: true
    default: false
    }
  }
}
