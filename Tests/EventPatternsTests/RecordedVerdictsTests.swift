import EventPatterns
import Foundation
import JSON
import Testing

/// The verdicts that AWS gave, where the recordings lie beside the project. They are not part of it: the
/// tables of the other suites hold the same facts.
@Suite("Recorded verdicts of AWS")
struct RecordedVerdictsTests {
  private static let file = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "../../../shared/aws/recorded/event_pattern_cases.json").standardized
  private static let areHere = FileManager.default.fileExists(atPath: file.path)

  @Test(
    "are given here, too",
    .enabled(if: areHere, "The recordings are not beside this checkout: ../shared/aws/recorded is absent."))
  func replay() throws {
    let document = try JSONValue(parsing: Data(contentsOf: Self.file))
    guard case .array(let cases) = document else {
      Issue.record("The recordings are no array.")
      return
    }
    var verdicts = 0
    for recorded in cases {
      let name = recorded["name"]?.text ?? "nameless"
      let pattern = try #require(recorded["pattern"], "\(name)")
      let event = try #require(recorded["event"], "\(name)")
      let expected = try #require(recorded["expected"], "\(name)")
      do throws(EventPatternError) {
        let matches = try EventPattern(parsing: pattern.text).matches(event)
        #expect(expected == .string(matches ? "match" : "no-match"), "\(name)")
      } catch {
        #expect(expected == "error", "\(name): \(error)")
        #expect(recorded["aws_error_message"] == .string(error.description), "\(name)")
      }
      verdicts += 1
    }
    #expect(verdicts == 105)
  }
}
