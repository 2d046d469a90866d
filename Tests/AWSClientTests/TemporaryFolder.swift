import FoundationEssentials

/// A folder with some files, for the time of a test.
enum TemporaryFolder {
  @discardableResult
  static func with<Result>(_ files: [String: String], _ body: (String) async throws -> Result) async throws -> Result {
    let folder = try make(files)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
  }

  @discardableResult
  static func with<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
    let folder = try make(files)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private static func make(_ files: [String: String]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "AWSClientTests-\(UUID())").path()
    for (name, text) in files {
      let path = folder + "/" + name
      let parent = path[..<(path.lastIndex(of: "/") ?? path.endIndex)]
      try FileManager.default.createDirectory(atPath: String(parent), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: path))
    }
    return folder
  }
}
