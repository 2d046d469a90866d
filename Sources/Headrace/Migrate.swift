import ArgumentParser
import Glibc
import MappingStore
import SQLite

/// `headrace migrate`
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the database, or bring its schema up to date.",
    discussion: "`headrace serve` does this by itself at start.")

  @OptionGroup var options: DatabaseOptions

  func run() async throws {
    let path = try options.path(Environment.current)
    let database = try Database(headrace: DatabaseLocation(path))
    for migration in database.appliedMigrations { print("applied \(migration.version) \(migration.name)") }
    if database.appliedMigrations.isEmpty { print("\(path) is up to date") }
    await database.close()
  }
}
