import FoundationEssentials
import Testing

/// Holds the table of who may import whom: the floors of the house.
///
/// The build refuses cycles; this refuses an import that is no cycle and still does not belong.
@Suite struct ImportTableTests {
  /// What each target may import of ours. `Mappings` and its stores take the shapes of the API from `LambdaWire`: the
  /// parameters of a mapping are the API's own, and a second definition of two dozen fields would drift.
  static let table: [String: Set<String>] = [
    "CLinux": [],
    "CSQLite": [],
    "JSON": [],
    "EventPatterns": ["JSON"],
    "LambdaWire": ["JSON"],
    "AWSClient": ["JSON"],
    "HTTPServer": ["CLinux"],
    "SQLite": ["CSQLite"],
    "Mappings": ["EventPatterns", "LambdaWire"],
    "Templates": ["JSON", "LambdaWire", "AWSClient"],
    "HeadraceClient": ["JSON", "LambdaWire", "AWSClient"],
    "MappingStore": ["Mappings", "Templates", "JSON", "LambdaWire", "SQLite", "Migrations"],
    "Functions": ["Mappings", "JSON", "AWSClient"],
    "Delivery": ["Mappings", "EventPatterns", "LambdaWire", "JSON"],
    "EventSources": ["Mappings", "EventPatterns", "LambdaWire", "JSON", "AWSClient", "Delivery"],
    "API": ["HTTPServer", "LambdaWire", "Mappings", "Templates", "Functions", "AWSClient", "JSON"],
    "Headrace": [
      "API", "AWSClient", "Delivery", "EventSources", "Functions", "HTTPServer", "JSON", "LambdaWire", "MappingStore",
      "Mappings", "Migrations", "SQLite", "Templates",
    ],
  ]

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func everyTargetIsInTheTable() throws {
    let targets = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path())
    #expect(Set(targets) == Set(Self.table.keys))
  }

  @Test(arguments: table.keys.sorted()) func targetImportsOnlyWhatItsRowNames(target: String) throws {
    let allowed = try #require(Self.table[target])
    let ours = Set(Self.table.keys).union(["Migrations"])
    for file in try Self.swiftFiles(below: Self.root.appending(path: "Sources/\(target)")) {
      let imported = try Self.imports(of: file).intersection(ours)
      #expect(imported.isSubset(of: allowed), "\(file) imports \(imported.subtracting(allowed).sorted())")
    }
  }

  @Test func theDomainKnowsNeitherHTTPNorSQL() throws {
    for file in try Self.swiftFiles(below: Self.root.appending(path: "Sources/Mappings")) {
      let imported = try Self.imports(of: file)
      #expect(imported.isDisjoint(with: ["HTTPTypes", "HTTPServer", "SQLite", "CSQLite", "Logging"]), "\(file)")
    }
  }

  static func swiftFiles(below folder: URL) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path())
      .filter { $0.hasSuffix(".swift") }
      .map { folder.appending(path: $0).path() }
  }

  static func imports(of file: String) throws -> Set<String> {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    return Set(
      text.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard let keyword = words.firstIndex(of: "import"), keyword <= 1, words.count > keyword + 1 else { return nil }
        return String(words[keyword + 1])
      })
  }
}
