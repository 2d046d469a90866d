import Crypto

/// One step of the schema: numbered, append-only, one transaction.
public struct Migration: Sendable, Equatable {
  /// Its number; the first is 1, and none is left out.
  public let version: Int
  /// What it does, as its file is named.
  public let name: String
  /// Its SQL, as bytes of the file.
  public let sql: [UInt8]

  /// One step of the schema.
  public init(version: Int, name: String, sql: [UInt8]) {
    self.version = version
    self.name = name
    self.sql = sql
  }

  /// SHA-256 of the SQL, in hexadecimal: tells whether a step that was applied has been altered since.
  var checksum: String {
    SHA256.hash(data: sql).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

/// Why the schema cannot be brought up to date. Nothing was changed.
public enum MigrationError: Error, Sendable, Equatable {
  /// The database was written by a newer program.
  case newerSchema(found: Int, known: Int)
  /// A step was applied in another form than this program has it.
  case altered(version: Int, name: String)
  case failed(version: Int, name: String, SQLiteError)
  case unreadableHistory(SQLiteError)
}

extension MigrationError: CustomStringConvertible {
  /// One line for whoever started the program.
  public var description: String {
    switch self {
    case .newerSchema(let found, let known):
      "its schema is version \(found), newer than version \(known) of this program; use a newer headrace"
    case .altered(let version, let name):
      "migration \(version) (\(name)) was applied in another form than this program's; use the headrace that made it"
    case .failed(let version, let name, let error): "migration \(version) (\(name)) failed: \(error)"
    case .unreadableHistory(let error): "\(error)"
    }
  }
}

/// Applies the migrations that a database lacks, each in a transaction together with its record.
struct MigrationRunner {
  private let connection: Connection

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// - Returns: what was applied now.
  func migrate(_ migrations: [Migration]) throws(MigrationError) -> [Migration] {
    let applied = try history()
    if let newest = applied.last?.version, newest > migrations.count {
      throw .newerSchema(found: newest, known: migrations.count)
    }
    for (step, migration) in zip(applied, migrations)
    where step.version != migration.version || step.checksum != migration.checksum {
      throw .altered(version: step.version, name: step.name)
    }
    let missing = Array(migrations.dropFirst(applied.count))
    for migration in missing { try apply(migration) }
    return missing
  }

  private func history() throws(MigrationError) -> [(version: Int, name: String, checksum: String)] {
    do throws(SQLiteError) {
      let exists = try connection.first(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'"
      ) { _ in true }
      guard exists == true else { return [] }
      return try connection.query("SELECT version, name, checksum FROM schema_migrations ORDER BY version") { row in
        (Int(row.integer(0)), row.text(1), row.text(2))
      }
    } catch {
      throw .unreadableHistory(error)
    }
  }

  private func apply(_ migration: Migration) throws(MigrationError) {
    do throws(SQLiteError) {
      try connection.run("BEGIN IMMEDIATE")
      try connection.execute(
        script: """
          CREATE TABLE IF NOT EXISTS schema_migrations (
            version    INTEGER PRIMARY KEY,
            name       TEXT NOT NULL,
            checksum   TEXT NOT NULL,
            applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
          ) STRICT
          """)
      try connection.execute(script: String(decoding: migration.sql, as: UTF8.self))
      try connection.run(
        "INSERT INTO schema_migrations (version, name, checksum) VALUES (?, ?, ?)",
        [.integer(migration.version), .text(migration.name), .text(migration.checksum)])
      try connection.run("COMMIT")
    } catch {
      if !connection.isOutsideTransaction { _ = try? connection.run("ROLLBACK") }
      throw .failed(version: migration.version, name: migration.name, error)
    }
  }
}
