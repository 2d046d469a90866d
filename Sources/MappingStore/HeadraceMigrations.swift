import Migrations
public import SQLite

extension Database {
  /// Opens Headrace's database, makes it if need be, and brings its schema up to date.
  public convenience init(headrace location: DatabaseLocation) throws(DatabaseError) {
    try self.init(
      location, migrations: Migrations.all.map { Migration(version: $0.version, name: $0.name, sql: $0.sql) })
  }
}
