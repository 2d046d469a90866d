import ArgumentParser
import Glibc
import JSON
import NIOCore
import NIOHTTP1
import Templates

/// `headrace apply`
struct Apply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply CDK, SAM or CloudFormation templates to a running Headrace.",
    discussion: """
      Makes the event source mappings, the notifications of buckets, the subscriptions of topics and the settings of \
      asynchronous invocation that the templates define; with --create-sources the sources too. What is applied again is \
      changed where the template changed, and left alone where it did not; what left the template goes. When something \
      fails, what was there before is there again.
        cdk synth && headrace apply cdk.out
      """)

  @OptionGroup var options: StackOptions

  func run() async throws {
    let stacks = try options.stacks()
    try await RunningHeadrace.at(options.url) { headrace in
      for stack in stacks {
        let outcome = try await headrace.send(
          .POST, options.target(of: stack), body: Array(stack.template.text.utf8),
          region: options.region ?? stack.region,
          timeout: .minutes(30))
        print(options.json ? outcome.text : StackReport(outcome, isPlan: false).text)
        fflush(nil)
      }
    }
  }
}

/// `headrace plan`
struct Plan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what `headrace apply` would change, and change nothing.",
    discussion: "Of several stacks, what one imports from another that is not applied yet counts as known later.")

  @OptionGroup var options: StackOptions

  func run() async throws {
    let stacks = try options.stacks()
    try await RunningHeadrace.at(options.url) { headrace in
      for stack in stacks {
        let flags = stacks.count > 1 ? ["plan", "await-exports"] : ["plan"]
        let outcome = try await headrace.send(
          .POST, options.target(of: stack, flags), body: Array(stack.template.text.utf8),
          region: options.region ?? stack.region, timeout: .minutes(10))
        print(options.json ? outcome.text : StackReport(outcome, isPlan: true).text)
        fflush(nil)
      }
    }
  }
}
