import FoundationEssentials
import HTTPServer
import HTTPTypes
import Testing

@testable import API

@Suite struct RoutesTests {
  /// Method, path and operation id of every operation that `openapi.yaml` describes, read as text: its paths stand at
  /// two spaces, its methods at four, its operation ids at six.
  static func described() throws -> Set<String> {
    let file = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "openapi.yaml")
    var operations: Set<String> = []
    var (path, method) = ("", "")
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let text = line.drop { $0 == " " }
      switch line.count - text.count {
      case 2 where text.hasPrefix("/"): path = String(text.dropLast())
      case 4 where text.hasSuffix(":"): method = String(text.dropLast()).uppercased()
      case 6 where text.hasPrefix("operationId: "):
        operations.insert("\(method) \(path) \(text.dropFirst("operationId: ".count))")
      default: break
      }
    }
    return operations
  }

  @Test func openAPIDescribesTheRouteTable() throws {
    let served = Set(
      API.routes
        // The collection's trailing slash is described beside the path without it.
        .filter { !$0.path.hasSuffix("/") }
        .map { "\($0.method) \($0.path) \($0.action.name)" })
    let described = try Self.described().filter { !$0.contains("/ ") }
    #expect(served == described)
  }

  @Test func collectionIsServedWithAndWithoutItsSlash() {
    let router = Router(API.routes)
    for path in ["/2015-03-31/event-source-mappings", "/2015-03-31/event-source-mappings/"] {
      guard case .found(let operation, _) = router.match(.get, path) else {
        Issue.record("\(path) is not found")
        continue
      }
      #expect(operation.name == "ListEventSourceMappings")
    }
  }

  @Test func encodedARNIsOneSegment() {
    let arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A111111111111%3Aevent-source-mapping%3Aa%2Fb"
    guard case .found(_, let values) = Router(API.routes).match(.get, "/2017-03-31/tags/\(arn)") else {
      Issue.record("not found")
      return
    }
    #expect(values == ["arn:aws:lambda:us-east-1:111111111111:event-source-mapping:a/b"])
  }
}
