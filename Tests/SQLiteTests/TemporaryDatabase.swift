import FoundationEssentials

@testable import SQLite

/// A folder of its own for each test, gone afterwards.
func withTemporaryPath<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "headrace-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder.appending(path: "test.db").path())
}

extension Migration {
  static let notes = Migration(
    version: 1, name: "create notes", sql: Array("CREATE TABLE notes (text TEXT NOT NULL UNIQUE) STRICT;".utf8))
  static let authors = Migration(
    version: 2, name: "add authors", sql: Array("ALTER TABLE notes ADD COLUMN author TEXT;".utf8))
}

extension Database {
  func count() throws -> Int64? {
    try read { (connection) throws(SQLiteError) in
      try connection.first("SELECT count(*) FROM notes") { $0.integer(0) }
    }
  }

  func add(_ text: String) async throws {
    try await write { connection in _ = try connection.run("INSERT INTO notes (text) VALUES (?)", [.text(text)]) }
  }
}
