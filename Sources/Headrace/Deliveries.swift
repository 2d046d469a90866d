import ArgumentParser
import AsyncHTTPClient
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
    var configuration = HTTPClient.Configuration()
    // Nobody there is known at once, not when the time is up.
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      try await printDeliveries(from: client)
    } catch {
      try await client.shutdown()
      throw error
    }
    try await client.shutdown()
  }

  private func printDeliveries(from client: HTTPClient) async throws {
    var after = after
    while true {
      do {
        let page = try await page(after: after, from: client)
        for line in page.lines { print(line) }
        fflush(nil)
        after = page.next
        if page.lines.isEmpty, !follow { return }
      } catch let error as ValidationError {
        throw error
      } catch {
        guard follow else { throw ValidationError("\(url): no answer (\(error))") }
        StandardError.write("headrace: \(url): no answer, trying again\n")
        try await Task.sleep(for: Self.wait.retry)
      }
    }
  }

  private struct Page {
    var lines: [String]
    var next: Int
  }

  private func page(after: Int, from client: HTTPClient) async throws -> Page {
    var target = "\(url)/_headrace/deliveries?after=\(after)&wait=\(follow ? Self.wait.seconds : 0)s"
    if let mapping { target += "&mapping=\(mapping)" }
    let request = HTTPClientRequest(url: target)
    let response = try await client.execute(request, timeout: .seconds(Int64(Self.wait.seconds + 10)))
    let body = Array(buffer: try await response.body.collect(upTo: 1 << 30))
    guard response.status == .ok else {
      throw ValidationError("\(url): \(response.status.code) \(String(decoding: body.prefix(500), as: UTF8.self))")
    }
    let document = try JSONValue(parsing: body)
    guard case .array(let deliveries)? = document["deliveries"], case .number(let next)? = document["next"],
      let number = Int(next.text)
    else { throw ValidationError("\(url) does not answer as Headrace does") }
    return Page(lines: deliveries.map(\.text), next: number)
  }
}
