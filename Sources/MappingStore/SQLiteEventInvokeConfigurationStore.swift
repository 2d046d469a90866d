public import Mappings
public import SQLite

/// The event invoke configurations on SQLite.
public struct SQLiteEventInvokeConfigurationStore: EventInvokeConfigurationStore {
  private let store: SQLiteMappingStore

  /// Configurations in an opened database.
  public init(_ database: Database) {
    store = SQLiteMappingStore(database)
  }

  public func eventInvokeConfiguration(
    of function: FunctionARN
  ) throws(MappingError) -> EventInvokeConfiguration? {
    try store.read { (connection) throws(SQLiteError) in try connection.eventInvokeConfiguration(of: function) }
  }

  public func eventInvokeConfigurations(
    ofAnyQualifierOf function: FunctionARN, after marker: PageMarker?, limit: Int
  ) throws(MappingError) -> EventInvokeConfigurationPage {
    let stored = try store.read { (connection) throws(SQLiteError) in
      try connection.query(
        "\(Connection.configurationColumns) WHERE function_arn = ? AND sequence > ? ORDER BY sequence LIMIT ?",
        [.text(function.unqualified.description), .integer(marker?.sequence ?? 0), .integer(limit + 1)]
      ) { (sequence: $0.integer(0), configuration: EventInvokeConfiguration($0)) }
    }
    let page = stored.prefix(limit)
    return EventInvokeConfigurationPage(
      configurations: page.map(\.configuration),
      next: stored.count > limit ? page.last.map { PageMarker(sequence: $0.sequence) } : nil)
  }

  public func save(_ configuration: EventInvokeConfiguration) async throws(MappingError) {
    try await store.write { connection in try connection.save(configuration) }
  }

  public func changeEventInvokeConfiguration(
    of function: FunctionARN, _ change: @escaping @Sendable (inout EventInvokeConfiguration) -> Void
  ) async throws(MappingError) -> EventInvokeConfiguration? {
    try await store.write { connection -> EventInvokeConfiguration? in
      guard var configuration = try connection.eventInvokeConfiguration(of: function) else { return nil }
      change(&configuration)
      try connection.save(configuration)
      return configuration
    }
  }

  public func removeEventInvokeConfiguration(of function: FunctionARN) async throws(MappingError) -> Bool {
    try await store.write { connection in
      try connection.run(
        "DELETE FROM event_invoke_configs WHERE function_arn = ? AND qualifier = ?", function.place) > 0
    }
  }
}

extension Connection {
  fileprivate static let configurationColumns = """
    SELECT sequence, function_arn, qualifier, maximum_retry_attempts, maximum_event_age, on_success, on_failure,
           modified_at
    FROM   event_invoke_configs
    """

  fileprivate func eventInvokeConfiguration(
    of function: FunctionARN
  ) throws(SQLiteError) -> EventInvokeConfiguration? {
    try first("\(Self.configurationColumns) WHERE function_arn = ? AND qualifier = ?", function.place) {
      EventInvokeConfiguration($0)
    }
  }

  /// What is replaced keeps its place in the list.
  fileprivate func save(_ configuration: EventInvokeConfiguration) throws(SQLiteError) {
    try run(
      """
      INSERT INTO event_invoke_configs (function_arn, qualifier, maximum_retry_attempts, maximum_event_age, on_success,
                                        on_failure, modified_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (function_arn, qualifier) DO UPDATE
      SET maximum_retry_attempts = excluded.maximum_retry_attempts, maximum_event_age = excluded.maximum_event_age,
          on_success = excluded.on_success, on_failure = excluded.on_failure, modified_at = excluded.modified_at
      """,
      configuration.function.place + [
        .optional(configuration.maximumRetryAttempts.map(Int64.init)),
        .optional(configuration.maximumEventAgeSeconds.map(Int64.init)), .optional(configuration.onSuccess),
        .optional(configuration.onFailure), .integer(configuration.modifiedAt.count),
      ])
  }
}

extension FunctionARN {
  /// The two columns that name a configuration.
  fileprivate var place: [SQLiteValue] {
    [.text(unqualified.description), .text(qualifier ?? Self.latest)]
  }
}

extension EventInvokeConfiguration {
  /// Reads the columns in the order of the query above.
  fileprivate init(_ row: Row) {
    self.init(
      function: FunctionARN(stored: "\(row.text(1)):\(row.text(2))"),
      maximumRetryAttempts: row.optionalInteger(3).map(Int.init),
      maximumEventAgeSeconds: row.optionalInteger(4).map(Int.init), onSuccess: row.optionalText(5),
      onFailure: row.optionalText(6), modifiedAt: Milliseconds(row.integer(7)))
  }
}
