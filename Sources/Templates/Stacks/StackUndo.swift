import JSON
import Synchronization

/// Brings a stack back to what it was before the application that is under way, by what its entries noted; or takes away
/// what it does not need any more.
///
/// All of it can be done twice: whoever was interrupted begins anew.
struct StackUndo: Sendable {
  let identity: StackIdentity
  let workshop: ItemWorkshop
  let store: any StackStore

  /// Undoes, from the last turn to the first.
  func restore(_ entries: [StackEntry]) async throws(TemplateError) {
    // What only went on under another logical id is restored there.
    let before = entries.compactMap(\.undo.item)
    try await Crew.workBackwards(entries, turn: \.turn) { (entry) throws(TemplateError) in
      do throws(TemplateError) { try await restore(entry, before) } catch { throw error.about(entry.key) }
    }
  }

  private func restore(_ entry: StackEntry, _ before: [StackItem]) async throws(TemplateError) {
    switch entry.undo {
    case .untouched: return
    case .nothing:
      if let item = entry.item, !item.isAdopted, !before.contains(where: { $0.isSame(as: item) }) {
        try await workshop.remove(item)
      }
      try await persist { () async throws(StackStoreError) in try await store.removeEntry(entry.key, of: identity) }
    case .item(let old):
      if let item = entry.item, !item.isSame(as: old), !item.isAdopted { try await workshop.remove(item) }
      let restored = try await restore(old, from: entry.item)
      // A mapping of somebody else's is not the stack's.
      let isForeign = entry.key.contains("#replaced-")
      try await persist { () async throws(StackStoreError) in
        if isForeign {
          try await store.removeEntry(entry.key, of: identity)
        } else {
          try await store.save(StackEntry(key: entry.key, item: restored), of: identity)
        }
      }
    }
  }

  private func restore(_ old: StackItem, from item: StackItem?) async throws(TemplateError) -> StackItem {
    guard let current = try await workshop.current(old) else { return try await workshop.make(old) }
    guard let item, item.isSame(as: old), item.properties != old.properties else { return current }
    var now = item
    now.attributes = current.attributes
    return try await workshop.update(now, to: old)
  }

  /// Takes away what was replaced or has left the stack.
  /// - Returns: what could not be taken away, each a sentence.
  func cleanUp(_ entries: [StackEntry]) async throws(TemplateError) -> [String] {
    let present = Set(entries.compactMap { $0.item.map(Thing.init) })
    let gone = entries.compactMap { entry -> (entry: StackEntry, old: StackItem)? in
      guard case .item(let old) = entry.undo, !old.isKept, !present.contains(Thing(old)) else { return nil }
      return (entry, old)
    }
    let leftovers = Mutex<[String]>([])
    try await Crew.workBackwards(gone, turn: \.entry.turn) { (entry, old) throws(TemplateError) in
      do throws(TemplateError) {
        try await workshop.remove(old)
      } catch {
        leftovers.withLock { $0.append("\(entry.logicalID): \(old.type) \(old.physicalID): \(error.message)") }
        // Found by the next application as an item that nothing in the template stands for.
        try await persist { () async throws(StackStoreError) in
          try await store.save(
            StackEntry(key: "\(entry.logicalID)#left-\(old.physicalID)", item: old), of: identity)
        }
      }
    }
    return leftovers.withLock(\.self).sorted()
  }

  /// What an item is, whatever it is to be.
  private struct Thing: Hashable {
    var type: String
    var physicalID: String

    init(_ item: StackItem) { (type, physicalID) = (item.type, item.physicalID) }
  }

  private func persist(_ write: () async throws(StackStoreError) -> Void) async throws(TemplateError) {
    do throws(StackStoreError) { try await write() } catch { throw .storeFailed(error) }
  }
}

extension StackEntry {
  /// The turn of what is or was there.
  fileprivate var turn: Int { item?.turn ?? undo.item?.turn ?? 0 }
}

extension StackEntry.Undo {
  /// What was there.
  var item: StackItem? {
    guard case .item(let item) = self else { return nil }
    return item
  }
}
