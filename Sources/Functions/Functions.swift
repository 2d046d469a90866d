public import AWSClient
public import Logging
public import Mappings
import Synchronization

/// Invokes functions wherever the directory says that they run.
public struct Functions: FunctionInvoker {
  /// Which function runs where.
  public let directory: FunctionDirectory
  /// Where runtimes ask for work.
  public let runtimes: RuntimeHub
  private let client: AWSClient
  private let timeout: Duration
  private let gates = Gates()

  /// - Parameter timeout: how long an invocation may take whose entry does not say, at targets that do not know.
  public init(directory: FunctionDirectory, client: AWSClient, timeout: Duration, logger: Logger) {
    self.directory = directory
    self.client = client
    self.timeout = timeout
    runtimes = RuntimeHub(logger: logger)
  }

  public func invoke(_ invocation: Invocation) async -> InvocationResult {
    let entry = directory.entry(for: invocation.function)
    guard let limit = entry.concurrencyLimit else { return await invoke(invocation, at: entry) }
    return await gates.gate(of: entry, limit: limit, for: invocation.function).pass {
      // It may have waited long.
      guard invocation.isWanted() else { return .withdrawn }
      return await invoke(invocation, at: entry)
    }
  }

  private func invoke(_ invocation: Invocation, at entry: FunctionEntry) async -> InvocationResult {
    switch entry.target {
    case .lambda: await LambdaFunction(client: client).invoke(invocation, timeout: entry.timeout)
    case .http(let url):
      await HTTPFunction(client: client, url: url, isEmulator: entry.target.isRuntimeInterfaceEmulator)
        .invoke(invocation, timeout: entry.timeout ?? timeout)
    case .runtime: await runtimes.invoke(invocation, timeout: entry.timeout ?? timeout)
    }
  }

  public func withdrawInvocations(of mapping: MappingID) {
    runtimes.withdrawInvocations(of: mapping)
  }

  public func withdrawUnwanted() {
    runtimes.withdrawUnwanted()
  }

  public func lookUp(_ function: FunctionARN) async -> FunctionLookup {
    switch directory.entry(for: function).target {
    case .lambda: await LambdaFunction(client: client).lookUp(function)
    case .http, .runtime: .unknown
    }
  }

  /// The gates of targets that take few invocations at once. An HTTP endpoint is one place, whichever functions it
  /// serves; behind the other targets each function is a place of its own.
  private final class Gates: Sendable {
    private struct Key: Hashable {
      var target: FunctionTarget
      var limit: Int
      var function: String?
    }

    private let gates = Mutex<[Key: InvocationGate]>([:])

    func gate(of entry: FunctionEntry, limit: Int, for function: FunctionARN) -> InvocationGate {
      let name: String? =
        switch entry.target {
        case .http: nil
        case .lambda, .runtime: function.name
        }
      return gates.withLock { gates in
        let key = Key(target: entry.target, limit: limit, function: name)
        let gate = gates[key] ?? InvocationGate(limit: limit)
        gates[key] = gate
        return gate
      }
    }
  }
}
