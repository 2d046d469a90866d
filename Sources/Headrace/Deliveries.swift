import ArgumentParser
import Glibc
import JSON
import NIOCore
import NIOHTTP1

/// `headrace deliveries`
struct Deliveries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the deliveries of a running Headrace, one JSON line each.")

  @Option(help: "Where Headrace listens.")
  var url = "http://127.0.0.1:9400"
  @Option(help: ArgumentHelp("Of one mapping alone.", valueName: "uuid"))
  var mapping: String?
  @Option(help: ArgumentHelp("Those after this sequence number.", valueName: "sequence"))
  var after = 0
  @Flag(help: "Go on with those that come.")
  var follow = false

  /// How long one request waits for news; and how long a Headrace that is not there is left alone.
  private static let wait = (seconds: 20, retry: Duration.seconds(1))

  func run() async throws {
    try await RunningHeadrace.at(url) { try await printDeliveries(from: $0) }
  }

  private func printDeliveries(from headrace: RunningHeadrace) async throws {
    var after = after
    while true {
      do {
        let page = try await page(after: after, from: headrace)
        for line in page.lines { print(line) }
        fflush(nil)
        after = page.next
        if page.lines.isEmpty, !follow { return }
      } catch let error as NoAnswer {
        guard follow else { throw error }
        StandardError.write("headrace: \(url): no answer, trying again\n")
        try await Task.sleep(for: Self.wait.retry)
      }
    }
  }

  private struct Page {
    var lines: [String]
    var next: Int
  }

  private func page(after: Int, from headrace: RunningHeadrace) async throws -> Page {
    var target = "/_headrace/deliveries?after=\(after)&wait=\(follow ? Self.wait.seconds : 0)s"
    if let mapping { target += "&mapping=\(mapping)" }
    let document = try await headrace.send(.GET, target, timeout: .seconds(Int64(Self.wait.seconds + 10)))
    guard case .array(let deliveries)? = document["deliveries"], case .number(let next)? = document["next"],
      let number = Int(next.text)
    else { throw ValidationError("\(url) does not answer as Headrace does") }
    return Page(lines: deliveries.map(\.text), next: number)
  }
}
