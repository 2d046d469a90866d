/// Whoever can invoke functions, wherever they run.
public protocol FunctionInvoker: Sendable {
  /// Invokes a function and waits for its answer, however long its target grants it. Never throws: every way to fail
  /// is a result, since a batch has to have a fate.
  func invoke(_ invocation: Invocation) async -> InvocationResult

  /// Takes back the invocations of a mapping that no function has seen yet: they end as `withdrawn`.
  func withdrawInvocations(of mapping: MappingID)

  /// Takes back the invocations that nobody wants any more and no function has seen yet.
  func withdrawUnwanted()

  /// What is known of a function before it is invoked.
  func lookUp(_ function: FunctionARN) async -> FunctionLookup
}

extension FunctionInvoker {
  /// Nothing waits at whoever hands every event over at once.
  public func withdrawUnwanted() {}
}

/// One invocation of a function.
public struct Invocation: Sendable {
  /// Bytes of a synchronous invocation's event or answer at most (the quotas of Lambda: 6 MB).
  public static let maximumPayloadBytes = 6 * 1024 * 1024

  public var function: FunctionARN
  /// The event, a JSON document.
  public var payload: [UInt8]
  /// The mapping that wants it; nil for an invocation of somebody else.
  public var mapping: MappingID?
  /// Asked before a function gets the event: where nobody wants the answer any more, it is withdrawn.
  public var isWanted: @Sendable () -> Bool

  /// An invocation.
  public init(
    function: FunctionARN, payload: [UInt8], mapping: MappingID? = nil,
    isWanted: @escaping @Sendable () -> Bool = { true }
  ) {
    self.function = function
    self.payload = payload
    self.mapping = mapping
    self.isWanted = isWanted
  }
}

/// How an invocation ended.
public enum InvocationResult: Equatable, Sendable {
  /// The function returned: its answer, which may be empty.
  case answered([UInt8])
  /// The function raised an error, ended before it answered, or answered more than it may: what it left.
  case functionError(FunctionError)
  /// The target has no room for it now.
  case throttled(String)
  /// The target is not there, or does not understand.
  case unreachable(String)
  /// The function took longer than it may.
  case timedOut(String)
  /// The event is larger than a function takes.
  case tooLarge(String)
  /// It was taken back: no function has seen it, or the process stops and hears no answer any more.
  case withdrawn
}

/// What a function left that failed.
public struct FunctionError: Equatable, Sendable {
  /// `Unhandled` or `Handled`, as in Lambda's header `X-Amz-Function-Error`.
  public var kind: String
  /// The error document: `{"errorMessage": …, "errorType": …}` in most cases.
  public var payload: [UInt8]

  /// An error.
  public init(kind: String = "Unhandled", payload: [UInt8]) {
    self.kind = kind
    self.payload = payload
  }
}

/// What is known of a function before it is invoked.
public enum FunctionLookup: Equatable, Sendable {
  /// Its target cannot tell.
  case unknown
  /// Its target knows that there is none.
  case missing
  /// - Parameter timeoutSeconds: how long it may take, where that is known.
  case found(timeoutSeconds: Int?)
}
