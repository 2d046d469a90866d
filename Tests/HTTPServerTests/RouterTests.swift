import HTTPTypes
import Testing

@testable import HTTPServer

@Suite struct RouterTests {
  static let router = Router([
    .init(.get, "/things", "list"), .init(.post, "/things", "create"), .init(.get, "/things/{ID}", "get"),
    .init(.put, "/things/{ID}/parts/{Part}", "put"),
  ])

  static func outcome(_ method: HTTPRequest.Method, _ path: String) -> String {
    switch router.match(method, path) {
    case .found(let action, let values): ([action] + values).joined(separator: " ")
    case .wrongMethod(let allowed): "wrong: \(allowed.map(\.rawValue).joined(separator: ","))"
    case .notFound: "none"
    }
  }

  @Test(arguments: [
    ("GET", "/things", "list"), ("POST", "/things", "create"), ("HEAD", "/things", "list"),
    ("GET", "/things/a%20b", "get a b"), ("GET", "/things/a%2Fb", "get a/b"), ("PUT", "/things/a/parts/b", "put a b"),
    ("DELETE", "/things", "wrong: GET,POST"), ("POST", "/things/a", "wrong: GET"),
    ("GET", "/things/", "none"), ("GET", "/things/a/", "none"), ("GET", "/Things", "none"), ("GET", "//things", "none"),
    ("GET", "/", "none"), ("GET", "*", "none"), ("GET", "/things/%zz", "none"), ("GET", "/things/%ff", "none"),
  ]) func matches(method: String, path: String, expected: String) throws {
    #expect(Self.outcome(try #require(HTTPRequest.Method(method)), path) == expected)
  }
}

@Suite struct QueryTests {
  @Test func parametersKeepTheirOrderAndRepeat() throws {
    let query = try #require(QueryParameters("a=1&b=%20%26&a=2&c&=d&&e=f=g&h=+"))
    #expect(query["a"] == "1")
    #expect(query.values(of: "a") == ["1", "2"])
    #expect(query["b"] == " &")
    #expect(query["c"] == "")
    #expect(query["e"] == "f=g")
    #expect(query["h"] == "+")
    #expect(query["missing"] == nil)
  }

  @Test(arguments: ["a=%", "a=%1", "a=%zz", "%ff=1", "a=%C3%28"]) func malformedEscapeIsRefused(query: String) {
    #expect(QueryParameters(query) == nil)
  }
}

@Suite struct HTTPDateTests {
  /// RFC 9110 section 5.6.7.
  @Test func dateIsIMFFixdate() {
    #expect(String(decoding: HTTPDate.format(784_111_777), as: UTF8.self) == "Sun, 06 Nov 1994 08:49:37 GMT")
  }
}
