public import Mappings
import LambdaWire
public import SQLite

/// The domain's store on SQLite.
public struct SQLiteMappingStore: MappingStore {
  private let database: Database

  /// A store on an opened database.
  public init(_ database: Database) {
    self.database = database
  }

  // MARK: Reading

  public func mapping(_ id: MappingID, in scope: Scope) throws(MappingError) -> EventSourceMapping? {
    try read { (connection) throws(SQLiteError) in try connection.mapping(id, in: scope)?.mapping }
  }

  public func mappings(
    in scope: Scope, where filter: MappingFilter, after marker: PageMarker?, limit: Int
  ) throws(MappingError) -> MappingPage {
    // One more than the page holds tells whether there is another.
    let stored = try read { (connection) throws(SQLiteError) in
      try connection.mappings(in: scope, where: filter, after: marker?.sequence ?? 0, limit: limit + 1)
    }
    return Self.page(stored, limit: limit)
  }

  private static func page(_ stored: [StoredMapping], limit: Int) -> MappingPage {
    let page = stored.prefix(limit)
    let next = stored.count > limit ? page.last.map { PageMarker(sequence: $0.sequence) } : nil
    return MappingPage(mappings: page.map(\.mapping), next: next)
  }

  public func allMappings(after marker: PageMarker?, limit: Int) throws(MappingError) -> MappingPage {
    let stored = try read { (connection) throws(SQLiteError) in
      try connection.allMappings(after: marker?.sequence ?? 0, limit: limit + 1)
    }
    return Self.page(stored, limit: limit)
  }

  public func tags(of id: MappingID, in scope: Scope) throws(MappingError) -> [String: String]? {
    try read { (connection) throws(SQLiteError) in
      guard let sequence = try connection.sequence(of: id, in: scope) else { return nil }
      return try connection.tags(of: sequence)
    }
  }

  // MARK: Writing

  public func insert(
    _ mapping: EventSourceMapping, claims: [String], tags: [String: String], checkpoints: [ShardCheckpoint] = [],
    neighbours: NeighbourRule? = nil
  ) async throws(MappingError) -> MappingID? {
    let inserted: MappingID? = try await write { connection in
      if let owner = try connection.owner(of: claims, function: mapping.function, in: mapping.scope, except: nil) {
        return owner
      }
      try connection.check(neighbours, of: mapping)
      let sequence = try connection.insert(mapping)
      try connection.insert(claims: claims, of: sequence, mapping)
      try connection.set(tags: tags, of: sequence)
      for checkpoint in checkpoints { try connection.save(checkpoint, of: mapping.id) }
      return nil
    }
    return inserted
  }

  public func change(
    _ id: MappingID, in scope: Scope,
    _ decide: @escaping @Sendable (EventSourceMapping) throws(MappingError) -> MappingChange
  ) async throws(MappingError) {
    try await write { connection in
      guard let stored = try connection.mapping(id, in: scope) else { throw MappingError.noSuchMapping }
      switch try decide(stored.mapping) {
      case .delete:
        try connection.delete(stored.sequence)
      case .update(let mapping, let claims, let neighbours, let conflict):
        let owner = try connection.owner(
          of: claims, function: mapping.function, in: mapping.scope, except: stored.sequence)
        if let owner { throw conflict(owner) }
        try connection.check(neighbours, of: mapping)
        try connection.update(mapping, at: stored.sequence)
        try connection.deleteClaims(of: stored.sequence)
        try connection.insert(claims: claims, of: stored.sequence, mapping)
      }
    }
  }

  public func setTags(
    _ tags: [String: String], of id: MappingID, in scope: Scope
  ) async throws(MappingError) -> Bool {
    try await write { connection in
      guard let sequence = try connection.sequence(of: id, in: scope) else { return false }
      try connection.set(tags: tags, of: sequence)
      return true
    }
  }

  public func removeTags(
    _ keys: [String], of id: MappingID, in scope: Scope
  ) async throws(MappingError) -> Bool {
    try await write { connection in
      guard let sequence = try connection.sequence(of: id, in: scope) else { return false }
      try connection.remove(tags: keys, of: sequence)
      return true
    }
  }

  public func settle(dueBy now: Milliseconds) async throws(MappingError) -> [EventSourceMapping] {
    // Looks first, since a write costs a commit.
    let isDue = try read { (connection) throws(SQLiteError) in try connection.hasUnsettled(dueBy: now) }
    guard isDue else { return [] }
    return try await write { connection in
      try connection.unsettled(dueBy: now).map { stored in
        guard let state = stored.mapping.settlement?.state else {
          try connection.delete(stored.sequence)
          return stored.mapping
        }
        var settled = stored.mapping
        settled.state = state
        settled.settlement = nil
        settled.revision += 1
        try connection.update(settled, at: stored.sequence)
        return settled
      }
    }
  }

  public func setLastProcessingResult(
    _ text: String?, of id: MappingID, in scope: Scope
  ) async throws(MappingError) {
    try await write { connection in
      _ = try connection.run(
        "UPDATE mappings SET last_processing_result = ? WHERE id = ? AND account = ? AND region = ?",
        [.optional(text), .text(id.description), .text(scope.account), .text(scope.region)])
    }
  }

  public func removeAll() async throws(MappingError) {
    try await write { connection in
      // Claims, tags and checkpoints go with their mappings.
      _ = try connection.run("DELETE FROM mappings")
      _ = try connection.run("DELETE FROM deliveries")
      _ = try connection.run("DELETE FROM asynchronous_events")
      _ = try connection.run("DELETE FROM event_invoke_configs")
      _ = try connection.run("DELETE FROM stacks")
    }
  }

  // MARK: Between the layers' errors

  func read<Result>(_ body: (Connection) throws(SQLiteError) -> Result) throws(MappingError) -> Result {
    do throws(SQLiteError) { return try database.read(body) } catch { throw .store("\(error)") }
  }

  func write<Result: Sendable>(
    _ durability: Durability = .disk, _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws(MappingError) -> Result {
    do {
      return try await database.write(durability, body)
    } catch let error as MappingError {
      throw error
    } catch {
      throw .store("\(error)")
    }
  }
}
