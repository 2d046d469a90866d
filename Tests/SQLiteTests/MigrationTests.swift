import FoundationEssentials
import Testing

@testable import SQLite

@Suite struct MigrationTests {
  @Test func appliesWhatIsMissingAndOnlyOnce() async throws {
    try await withTemporaryPath { path in
      let first = try Database(.file(path: path), migrations: [.notes])
      #expect(first.appliedMigrations == [.notes])
      await first.close()
      let second = try Database(.file(path: path), migrations: [.notes, .authors])
      #expect(second.appliedMigrations == [.authors])
      await second.close()
      let third = try Database(.file(path: path), migrations: [.notes, .authors])
      #expect(third.appliedMigrations.isEmpty)
      await third.close()
    }
  }

  @Test func newerSchemaIsRefused() async throws {
    try await withTemporaryPath { path in
      await (try Database(.file(path: path), migrations: [.notes, .authors])).close()
      #expect(throws: DatabaseError.cannotMigrate(path: path, .newerSchema(found: 2, known: 1))) {
        try Database(.file(path: path), migrations: [.notes])
      }
    }
  }

  @Test func alteredHistoryIsRefused() async throws {
    try await withTemporaryPath { path in
      await (try Database(.file(path: path), migrations: [.notes])).close()
      let altered = Migration(version: 1, name: "create notes", sql: Migration.notes.sql + [UInt8(ascii: " ")])
      #expect(throws: DatabaseError.cannotMigrate(path: path, .altered(version: 1, name: "create notes"))) {
        try Database(.file(path: path), migrations: [altered])
      }
    }
  }

  @Test func failingMigrationLeavesTheSchemaAsItWas() async throws {
    try await withTemporaryPath { path in
      await (try Database(.file(path: path), migrations: [.notes])).close()
      let broken = Migration(
        version: 2, name: "broken", sql: Array("CREATE TABLE half (a); CREATE TABLE half (b);".utf8))
      #expect(throws: DatabaseError.self) { try Database(.file(path: path), migrations: [.notes, broken]) }
      let database = try Database(.file(path: path), migrations: [.notes])
      let half = try database.read { (connection) throws(SQLiteError) in
        try connection.first("SELECT 1 FROM sqlite_schema WHERE name = 'half'") { _ in true }
      }
      #expect(half == nil)
      await database.close()
    }
  }

  @Test func checksumIsSHA256() {
    // FIPS 180-2, appendix B.1.
    let migration = Migration(version: 1, name: "", sql: Array("abc".utf8))
    #expect(migration.checksum == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
