public import Mappings
public import SQLite

/// The installations on SQLite.
public struct SQLiteInstallationStore: InstallationStore {
  private let store: SQLiteMappingStore

  /// Installations in an opened database.
  public init(_ database: Database) {
    store = SQLiteMappingStore(database)
  }

  private static let columns = """
    SELECT mapping, account, region, function_arn, source_arn, kind, route, subscription, endpoint
    FROM   source_installations
    """

  public func installations() throws(MappingError) -> [SourceInstallation] {
    try store.read { (connection) throws(SQLiteError) in
      try connection.query(Self.columns, [], SourceInstallation.init)
    }
  }

  public func installation(of mapping: MappingID) throws(MappingError) -> SourceInstallation? {
    try store.read { (connection) throws(SQLiteError) in
      try connection.first(
        "\(Self.columns) WHERE mapping = ?", [.text(mapping.description)], SourceInstallation.init)
    }
  }

  public func save(_ installation: SourceInstallation) async throws(MappingError) {
    try await store.write { connection in
      _ = try connection.run(
        """
        INSERT OR REPLACE INTO source_installations (mapping, account, region, function_arn, source_arn, kind, route,
                                                     subscription, endpoint)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .text(installation.mapping.description), .text(installation.scope.account), .text(installation.scope.region),
          .text(installation.function.description), .text(installation.sourceARN), .text(installation.kind.rawValue),
          .text(installation.route), .optional(installation.subscription), .optional(installation.endpoint),
        ])
    }
  }

  public func removeInstallation(of mapping: MappingID) async throws(MappingError) {
    try await store.write { connection in
      _ = try connection.run("DELETE FROM source_installations WHERE mapping = ?", [.text(mapping.description)])
    }
  }
}

extension SourceInstallation {
  /// Reads the columns in the order of the query above.
  fileprivate init(_ row: Row) throws(SQLiteError) {
    guard let kind = SourceKind(rawValue: row.text(5)) else {
      throw SQLiteError.unreadable("the installation of mapping \(row.text(0)) has kind '\(row.text(5))'")
    }
    self.init(
      mapping: MappingID(stored: row.text(0)), scope: Scope(account: row.text(1), region: row.text(2)),
      function: FunctionARN(stored: row.text(3)), sourceARN: row.text(4), kind: kind, route: row.text(6),
      subscription: row.optionalText(7), endpoint: row.optionalText(8))
  }
}
