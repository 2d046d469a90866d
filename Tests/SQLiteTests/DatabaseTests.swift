import FoundationEssentials
import Testing

@testable import SQLite

@Suite struct DatabaseTests {
  static let locations: [String?] = [nil, ":memory:"]

  /// Runs on a file and in memory: both promise the same.
  private func withDatabase(_ memory: String?, _ body: (Database) async throws -> Void) async throws {
    try await withTemporaryPath { path in
      let database = try Database(DatabaseLocation(memory ?? path), migrations: [.notes])
      try await body(database)
      await database.close()
    }
  }

  @Test(arguments: locations) func writesAreReadAtOnce(memory: String?) async throws {
    try await withDatabase(memory) { database in
      try await database.add("a")
      #expect(try database.count() == 1)
    }
  }

  @Test(arguments: locations) func writesOfBothDurabilitiesSeeEachOther(memory: String?) async throws {
    try await withDatabase(memory) { database in
      for number in 0..<100 {
        let seen = try await database.write(number.isMultiple(of: 3) ? .disk : .process) { connection in
          try connection.run("INSERT INTO notes (text) VALUES (?)", [.text("\(number)")])
          return try connection.first("SELECT count(*) FROM notes") { Int($0.integer(0)) }
        }
        #expect(seen == number + 1)
      }
      #expect(try database.count() == 100)
    }
  }

  @Test(arguments: locations) func manyWritersOfBothDurabilitiesLoseNothing(memory: String?) async throws {
    try await withDatabase(memory) { database in
      await withTaskGroup { group in
        for number in 0..<400 {
          group.addTask {
            try? await database.write(number.isMultiple(of: 2) ? .disk : .process) { connection in
              _ = try connection.run("INSERT INTO notes (text) VALUES (?)", [.text("\(number)")])
            }
          }
        }
      }
      let count = try database.count()
      #expect(count == 400)
    }
  }

  @Test(arguments: locations) func writeThatFailsAtOnceUndoesItself(memory: String?) async throws {
    struct Refusal: Error {}
    try await withDatabase(memory) { database in
      await #expect(throws: Refusal.self) {
        try await database.write(.process) { connection in
          try connection.run("INSERT INTO notes (text) VALUES ('a')")
          throw Refusal()
        }
      }
      let count = try database.count()
      #expect(count == 0)
    }
  }

  @Test func logOfManySmallWritesDoesNotGrowWithoutEnd() async throws {
    try await withTemporaryPath { path in
      let database = try Database(.file(path: path), migrations: [.notes])
      for number in 0..<6000 {
        try await database.write(number.isMultiple(of: 50) ? .disk : .process) { connection in
          _ = try connection.run("INSERT INTO notes (text) VALUES (?)", [.text("\(number)")])
        }
      }
      let size = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? UInt64 ?? 0
      // Each write changes a page at least; without checkpoints there would be more than 24 MB.
      #expect(size < 12_000_000)
      await database.close()
    }
  }

  @Test(arguments: locations) func failingWriteUndoesItselfAlone(memory: String?) async throws {
    struct Refusal: Error {}
    try await withDatabase(memory) { database in
      try await withThrowingTaskGroup { group in
        for number in 0..<200 {
          group.addTask {
            do {
              try await database.write { connection in
                try connection.run("INSERT INTO notes (text) VALUES (?)", [.text("\(number)")])
                if number.isMultiple(of: 2) { throw Refusal() }
              }
              #expect(!number.isMultiple(of: 2))
            } catch is Refusal {
              #expect(number.isMultiple(of: 2))
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try database.count() == 100)
    }
  }

  @Test(arguments: locations) func uniqueViolationIsKnownByItsCode(memory: String?) async throws {
    try await withDatabase(memory) { database in
      try await database.add("a")
      let error = await #expect(throws: SQLiteError.self) { try await database.add("a") }
      #expect(error?.isUniqueViolation == true)
      #expect(try database.count() == 1)
    }
  }

  @Test(arguments: locations) func valuesComeBackAsTheyWent(memory: String?) async throws {
    try await withDatabase(memory) { database in
      let texts = [
        "", "a\u{0}b", "😀 é \u{65}\u{301}", "'; DROP TABLE notes; --", String(repeating: "x", count: 100_000),
      ]
      for text in texts { try await database.add(text) }
      let read = try database.read { (connection) throws(SQLiteError) in
        try connection.query("SELECT text FROM notes ORDER BY rowid") { $0.text(0) }
      }
      #expect(read.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
    }
  }

  @Test func readersSeeTheLastCommitWhileWritesAreMade() async throws {
    try await withDatabase(nil) { database in
      try await database.write { connection in
        try connection.run("INSERT INTO notes (text) VALUES ('a')")
        #expect(try database.count() == 0, "not committed yet")
      }
      #expect(try database.count() == 1)
    }
  }

  @Test func fullDiskFailsTheGroupAndNothingIsHalfWritten() async throws {
    try await withDatabase(nil) { database in
      try await database.add("before")
      // SQLite's own stand-in for a full disk: it answers SQLITE_FULL, as the disk does.
      try await database.write { connection in
        let pages = try connection.first("PRAGMA page_count") { $0.integer(0) } ?? 0
        try connection.execute(script: "PRAGMA max_page_count = \(pages + 4)")
      }
      let error = await #expect(throws: SQLiteError.self) {
        try await database.write { connection in
          for number in 0..<10_000 { try connection.run("INSERT INTO notes (text) VALUES (?)", [.text("\(number)")]) }
        }
      }
      #expect(error?.description.contains("the disk is full") == true)
      #expect(try database.count() == 1)
      try await database.write { try $0.execute(script: "PRAGMA max_page_count = 1000000") }
      try await database.add("after")
      #expect(try database.count() == 2)
    }
  }

  @Test func secondProcessesDatabaseIsRefused() async throws {
    try await withTemporaryPath { path in
      let database = try Database(.file(path: path), migrations: [.notes])
      #expect(throws: DatabaseError.inUse(path: path)) { try Database(.file(path: path), migrations: [.notes]) }
      await database.close()
    }
  }

  @Test func whatIsNoDatabaseIsRefusedAndLeftAsItIs() async throws {
    try await withTemporaryPath { path in
      let text = String(repeating: "not a database ", count: 100)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let error = #expect(throws: DatabaseError.self) { try Database(.file(path: path), migrations: [.notes]) }
      #expect(error?.description.contains("not an SQLite database") == true)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
  }

  @Test func closingLeavesOneFileBehindAndRefusesLaterWrites() async throws {
    try await withTemporaryPath { path in
      let database = try Database(.file(path: path), migrations: [.notes])
      try await database.add("a")
      await database.close()
      #expect(FileManager.default.fileExists(atPath: path))
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
      await #expect(throws: SQLiteError.self) { try await database.add("b") }
    }
  }

  @Test func writesWaitingWhenClosingAreCommitted() async throws {
    try await withTemporaryPath { path in
      let database = try Database(.file(path: path), migrations: [.notes])
      let written = await withTaskGroup(of: Int.self) { group in
        for number in 0..<100 {
          group.addTask { (try? await database.add("\(number)")) == nil ? 0 : 1 }
        }
        group.addTask {
          await database.close()
          return 0
        }
        return await group.reduce(0, +)
      }
      let again = try Database(.file(path: path), migrations: [.notes])
      #expect(try again.count() == Int64(written))
      await again.close()
    }
  }
}
