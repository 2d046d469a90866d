/// The steps of the database's schema, in order. Append only: a step that was released never changes.
public enum Migrations {
  /// Number, name and SQL of each step; its number is its place in the list.
  public static let all: [(version: Int, name: String, sql: [UInt8])] = [
    (1, "create mappings", PackageResources._001_create_mappings_sql),
    (2, "create deliveries and functions", PackageResources._002_create_deliveries_and_functions_sql),
    (3, "create checkpoints", PackageResources._003_create_checkpoints_sql),
    (4, "create asynchronous events", PackageResources._004_create_asynchronous_events_sql),
    (5, "create source installations", PackageResources._005_create_source_installations_sql),
    (6, "create event invoke configs", PackageResources._006_create_event_invoke_configs_sql),
    (7, "create stacks", PackageResources._007_create_stacks_sql),
  ]
}
