import API
import ArgumentParser
import Glibc

/// `headrace`: configuration, wiring, signals. No logic.
@main
struct Headrace: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "headrace",
    abstract: "A standalone service for AWS Lambda event source mappings.",
    discussion: """
      Speaks the Lambda REST API: point the AWS CLI, an SDK or curl at it.
        headrace serve
        aws --endpoint-url http://127.0.0.1:9400 lambda list-event-source-mappings
        cdk synth && headrace apply cdk.out
      """,
    version: API.version,
    subcommands: [
      Serve.self, Apply.self, Plan.self, Destroy.self, Deliveries.self, Migrate.self, Version.self,
    ])

  /// Parses and runs. What goes wrong is one clear line and exit status 1.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      guard exitCode(for: error) != .success else { exit(withError: error) }
      let message = message(for: error).split(separator: "\n").joined(separator: " ")
      StandardError.write("headrace: \(message)\n")
      Glibc.exit(1)
    }
  }
}

/// `headrace version`
struct Version: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the version.")

  func run() {
    print(API.version)
  }
}
