import AWSClient
import ArgumentParser
import Glibc
import JSON
import NIOCore
import NIOHTTP1
import Templates

/// `headrace destroy`
struct Destroy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take away what stacks have made, but for what their templates want to be retained.")

  @Argument(help: "Names of stacks, or the templates and cdk.out folders that they were applied from.")
  var stack: [String]
  @Option(help: "Where Headrace listens.")
  var url = "http://127.0.0.1:9400"
  @Option(help: "Region of the stacks. (default: what cdk.out says, or Headrace's own)")
  var region: String?
  @Flag(help: "Print Headrace's answers as JSON, one line for each stack.")
  var json = false

  func run() async throws {
    var stacks: [(name: String, region: String?)] = []
    for argument in stack {
      // Whatever is there as a file is one; a stack of that name can be told by another spelling of the path.
      guard access(argument, F_OK) == 0 else {
        stacks.append((argument, nil))
        continue
      }
      do throws(TemplateError) {
        stacks += try StackSource.read(argument).map { ($0.name, $0.region) }
      } catch {
        throw ValidationError("\(error)")
      }
    }
    try await RunningHeadrace.at(url) { headrace in
      // Those that import come after those that export, and go before them.
      for stack in stacks.reversed() {
        let region = region ?? stack.region
        let outcome: JSONValue
        do {
          outcome = try await headrace.tellingProgress(of: stack.name, region: region) {
            try await headrace.send(
              .DELETE, "/_headrace/stacks/\(PercentEncoding.text(stack.name))", region: region, timeout: .minutes(30))
          }
        } catch let refusal as Refusal where refusal.status == 404 && stacks.count > 1 {
          // Of several some may be gone already; the others are still to go.
          StandardError.write("headrace: \(refusal)\n")
          continue
        }
        print(json ? outcome.text : StackReport(outcome, isPlan: false).text)
        fflush(nil)
      }
    }
  }
}
