import AWSClient
import JSON
import NIOCore
import NIOHTTP1

extension RunningHeadrace {
  /// How long an application may take before anything is said, and how often it is said then.
  private static let patience = Duration.seconds(2)

  /// Does something with a stack, and tells on standard error how far it is where that takes long.
  func tellingProgress<Result: Sendable>(
    of stack: String, region: String?, _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let telling = Task {
      while true {
        try await Task.sleep(for: Self.patience)
        let document = try await send(
          .GET, "/_headrace/stacks/\(PercentEncoding.text(stack))", region: region, timeout: .seconds(10))
        guard case .string(let status)? = document["StackStatus"], case .array(let resources)? = document["Resources"]
        else { continue }
        StandardError.write("headrace: \(stack) \(status), \(resources.count) resources\n")
      }
    }
    defer { telling.cancel() }
    return try await work()
  }
}
