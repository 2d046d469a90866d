import JSON
import Testing

@testable import Functions

@Suite struct FunctionTargetTests {
  static let emulator = "http://127.0.0.1:8080/2015-03-31/functions/function/invocations"

  @Test(
    arguments: [
      ("lambda", .lambda), ("runtime", .runtime(port: nil)), ("runtime:1", .runtime(port: 1)),
      ("runtime:65535", .runtime(port: 65_535)), ("http://h", .http(url: "http://h")),
      ("https://h:8443/p?q=1#f", .http(url: "https://h:8443/p?q=1#f")),
      ("http://[::1]:9000/", .http(url: "http://[::1]:9000/")),
      ("http://127.0.0.1:1", .http(url: "http://127.0.0.1:1")),
      (emulator, .http(url: emulator)),
    ] as [(String, FunctionTarget)])
  func targetIsReadAndWrittenAsItWas(text: String, target: FunctionTarget) throws {
    #expect(try FunctionTarget(parsing: text) == target)
    #expect(target.description == text)
  }

  @Test(arguments: [
    ("", "'' is not lambda, runtime, runtime:PORT, http://… or https://…"),
    ("Lambda", "'Lambda' is not lambda, runtime, runtime:PORT, http://… or https://…"),
    ("lambda ", "'lambda ' is not lambda, runtime, runtime:PORT, http://… or https://…"),
    ("h:80", "'h:80' is not lambda, runtime, runtime:PORT, http://… or https://…"),
    ("ftp://h", "'ftp://h' is not lambda, runtime, runtime:PORT, http://… or https://…"),
    ("http:/h", "'http:/h' is not lambda, runtime, runtime:PORT, http://… or https://…"),
    ("runtime:", "'runtime:' does not name a port between 1 and 65535"),
    ("runtime:0", "'runtime:0' does not name a port between 1 and 65535"),
    ("runtime:65536", "'runtime:65536' does not name a port between 1 and 65535"),
    ("runtime:-1", "'runtime:-1' does not name a port between 1 and 65535"),
    ("runtime:+80", "'runtime:+80' does not name a port between 1 and 65535"),
    ("runtime: 80", "'runtime: 80' does not name a port between 1 and 65535"),
    ("runtime:f", "'runtime:f' does not name a port between 1 and 65535"),
    ("http://", "'http://' is not a URL"), ("http:///p", "'http:///p' is not a URL"),
    ("http://:80", "'http://:80' is not a URL"), ("http://h:", "'http://h:' is not a URL"),
    ("http://h:0", "'http://h:0' is not a URL"), ("http://h:65536", "'http://h:65536' is not a URL"),
    ("http://h:+80", "'http://h:+80' is not a URL"), ("http://u:p@h", "'http://u:p@h' is not a URL"),
    ("http://h/a b", "'http://h/a b' is not a URL"), ("http://h/é", "'http://h/é' is not a URL"),
    ("http://h/\n", "'http://h/\n' is not a URL"), ("http://h/\"", "'http://h/\"' is not a URL"),
  ])
  func textThatIsNoTargetIsRefusedWithItsReason(text: String, reason: String) {
    #expect(throws: FunctionTarget.ParsingError(description: reason)) { try FunctionTarget(parsing: text) }
  }

  @Test(arguments: [
    ("http://h", "h", 80), ("https://h", "h", 443), ("http://H.Example:8080/p", "h.example", 8080),
    ("http://[::1]:9/p", "::1", 9), ("http://[::1]", "::1", 80), ("http://h?q=a:b", "h", 80),
    ("http://h#f:1", "h", 80), ("http://h/p@q:1", "h", 80), ("https://h:1", "h", 1),
  ])
  func addressIsHostAndPort(url: String, host: String, port: Int) {
    #expect(HTTPAddress(url: url) == HTTPAddress(host: host, port: port))
  }

  @Test(
    arguments: [
      (emulator, nil, 1), (emulator, 3, 3), ("http://h", nil, nil), ("http://h", 2, 2), ("lambda", nil, nil),
      ("runtime", nil, nil), ("runtime:1", 5, 5), (emulator + "/", nil, nil),
    ] as [(String, Int?, Int?)])
  func emulatorTakesOneInvocationAtOnceUnlessToldOtherwise(target: String, concurrency: Int?, limit: Int?) throws {
    let entry = FunctionEntry(name: "f", target: try FunctionTarget(parsing: target), concurrency: concurrency)
    #expect(entry.concurrencyLimit == limit)
  }
}

@Suite struct FunctionEntryParsingTests {
  @Test(arguments: [
    ("f=lambda", FunctionEntry(name: "f", target: .lambda)),
    ("f:prod=runtime", FunctionEntry(name: "f:prod", target: .runtime(port: nil))),
    ("f:$LATEST=runtime:9", FunctionEntry(name: "f:$LATEST", target: .runtime(port: 9))),
    ("*=http://h/?a=b", FunctionEntry(name: "*", target: .http(url: "http://h/?a=b"))),
    ("a-b_C9=lambda", FunctionEntry(name: "a-b_C9", target: .lambda)),
  ])
  func flagIsReadUpToItsFirstEqualsSign(text: String, entry: FunctionEntry) throws {
    #expect(try FunctionEntry(parsing: text) == entry)
  }

  @Test(arguments: [
    ("", "'' is not NAME=TARGET"), ("f", "'f' is not NAME=TARGET"), ("http://h", "'http://h' is not NAME=TARGET"),
    ("=lambda", "'' is not the name of a function, NAME:QUALIFIER or *"),
    ("f:=lambda", "'f:' is not the name of a function, NAME:QUALIFIER or *"),
    (":1=lambda", "':1' is not the name of a function, NAME:QUALIFIER or *"),
    ("f:1:2=lambda", "'f:1:2' is not the name of a function, NAME:QUALIFIER or *"),
    ("*:1=lambda", "'*:1' is not the name of a function, NAME:QUALIFIER or *"),
    ("f g=lambda", "'f g' is not the name of a function, NAME:QUALIFIER or *"),
    ("f/g=lambda", "'f/g' is not the name of a function, NAME:QUALIFIER or *"),
    ("é=lambda", "'é' is not the name of a function, NAME:QUALIFIER or *"),
    ("f=", "'' is not lambda, runtime, runtime:PORT, http://… or https://…"),
    ("f=runtime:0", "'runtime:0' does not name a port between 1 and 65535"),
  ])
  func flagThatSaysNothingIsRefusedWithItsReason(text: String, reason: String) {
    #expect(throws: FunctionEntry.ParsingError(reason)) { try FunctionEntry(parsing: text) }
  }

  @Test func nameHasALongestLength() throws {
    let longest = String(repeating: "f", count: 140)
    #expect(try FunctionEntry(parsing: "\(longest)=lambda").name == longest)
    #expect(throws: FunctionEntry.ParsingError.self) { try FunctionEntry(parsing: "\(longest)f=lambda") }
  }

  @Test(arguments: [
    (#""lambda""#, FunctionEntry(name: "f", target: .lambda)),
    (#"{"target":"runtime"}"#, FunctionEntry(name: "f", target: .runtime(port: nil))),
    (
      #"{"timeout":"10s","concurrency":4,"target":"http://h"}"#,
      FunctionEntry(name: "f", target: .http(url: "http://h"), concurrency: 4, timeout: .seconds(10))
    ),
    (
      #"{"target":"lambda","concurrency":null,"timeout":null}"#, FunctionEntry(name: "f", target: .lambda)
    ),
    (
      #"{"target":"lambda","concurrency":10000,"timeout":"500ms"}"#,
      FunctionEntry(name: "f", target: .lambda, concurrency: 10_000, timeout: .milliseconds(500))
    ),
  ])
  func documentIsRead(text: String, entry: FunctionEntry) throws {
    #expect(try FunctionEntry(name: "f", document: JSONValue(parsing: text)) == entry)
  }

  private static let concurrency = "'concurrency' must be a whole number between 1 and 10000"
  private static let timeout = "'timeout' must be a duration, such as 500ms, 2s or 1m"

  @Test(arguments: [
    ("null", "'f' is neither a text nor an object"), ("5", "'f' is neither a text nor an object"),
    ("[]", "'f' is neither a text nor an object"), ("{}", "'target' must be a text"),
    (#"{"target":5}"#, "'target' must be a text"), (#"{"target":null}"#, "'target' must be a text"),
    (#"{"target":"lambda","Timeout":"1s"}"#, "'Timeout' is not target, concurrency or timeout"),
    (#"{"target":"nowhere"}"#, "'nowhere' is not lambda, runtime, runtime:PORT, http://… or https://…"),
    (#"{"target":"lambda","concurrency":0}"#, concurrency), (#"{"target":"lambda","concurrency":-1}"#, concurrency),
    (#"{"target":"lambda","concurrency":10001}"#, concurrency),
    (#"{"target":"lambda","concurrency":1.5}"#, concurrency), (#"{"target":"lambda","concurrency":"4"}"#, concurrency),
    (#"{"target":"lambda","concurrency":true}"#, concurrency),
    (#"{"target":"lambda","concurrency":99999999999999999999}"#, concurrency),
    (#"{"target":"lambda","timeout":"0"}"#, timeout), (#"{"target":"lambda","timeout":"0s"}"#, timeout),
    (#"{"target":"lambda","timeout":"10"}"#, timeout), (#"{"target":"lambda","timeout":10}"#, timeout),
    (#"{"target":"lambda","timeout":"-1s"}"#, timeout), (#"{"target":"lambda","timeout":"soon"}"#, timeout),
    (#"{"target":"lambda","timeout":false}"#, timeout),
  ])
  func documentThatIsWrongIsRefusedWithItsReason(text: String, reason: String) throws {
    let document = try JSONValue(parsing: text)
    #expect(throws: FunctionEntry.ParsingError(reason)) { try FunctionEntry(name: "f", document: document) }
  }
}
