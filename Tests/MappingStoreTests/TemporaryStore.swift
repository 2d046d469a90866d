import FoundationEssentials
import SQLite
import Testing

@testable import MappingStore

/// Runs the body with the path of a database of its own, gone afterwards.
func withDatabasePath(_ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "headrace-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder.appending(path: "test.db").path())
}

/// Runs the body with a database, closed afterwards.
func withDatabase(
  at location: DatabaseLocation = .memory, _ body: (Database) async throws -> Void
) async throws {
  let database = try Database(headrace: location)
  try await body(database)
  await database.close()
}
