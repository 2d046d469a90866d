import Functions
import HTTPServer
import HTTPTypes
import Logging
import Mappings

extension Operation {
  /// Waits for work as long as it takes, or until the runtime is gone.
  static let nextInvocation = Operation("NextInvocation", logLevel: .debug) { call in
    let name = RuntimeName(call.pathValue)
    let peer = call.request.peer
    let runtime = AttachedRuntime(
      connection: peer?.connection ?? 0, keepsConnection: call.request.isOfAWSRuntime, functionName: name.function,
      isGone: { peer?.isGone ?? false })
    let hub = call.services.functions.runtimes
    peer?.whenGone("runtime") { hub.connectionEnded(runtime.connection) }
    guard let work = await hub.next(for: name, runtime) else {
      return .runtimeError(.serviceUnavailable, "ServiceUnavailable", "Headrace stops")
    }
    return Response(
      status: .ok,
      fields: [
        .contentType: "application/json",
        .runtimeRequestID: work.id,
        .runtimeDeadline: String(work.deadline.count),
        .runtimeFunctionARN: work.function.description,
        .runtimeTraceID: Self.traceID(of: work),
      ], body: work.payload)
  }

  /// In the form of X-Ray's trace headers, not sampled: runtimes put it into the environment of the function.
  private static func traceID(of work: RuntimeWork) -> String {
    let digits = work.id.filter { $0 != "-" }
    let seconds = String(work.deadline.count / 1000, radix: 16)
    return "Root=1-\(seconds)-\(digits.prefix(24));Parent=\(digits.suffix(16));Sampled=0"
  }
}

extension Request {
  /// Whether AWS's own runtime interface clients sent it, by the names that they give themselves. They keep their
  /// connection open while a function runs.
  fileprivate var isOfAWSRuntime: Bool {
    guard keepsAlive, let agent = fields[.userAgent]?.lowercased() else { return false }
    return agent.hasPrefix("aws-lambda") || agent.hasPrefix("aws_lambda")
  }
}

extension Response {
  /// The Runtime API's form of errors.
  static func runtimeError(_ status: HTTPResponse.Status, _ type: String, _ message: String) -> Response {
    .json(status, Array(#"{"errorMessage":"\#(message)","errorType":"\#(type)"}"#.utf8))
  }

  /// The Runtime API's form of a success.
  static var runtimeAccepted: Response { .json(.accepted, Array(#"{"status":"OK"}"#.utf8)) }

  /// What a runtime is told of its answer (statuses of the Runtime API's specification).
  init(_ reception: RuntimeHub.Reception) {
    switch reception {
    case .accepted: self = .runtimeAccepted
    case .tooLarge:
      self = .runtimeError(.contentTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size")
    case .unknown: self = .runtimeError(.badRequest, "InvalidRequestID", "Invalid request ID")
    }
  }
}

extension HTTPField.Name {
  static let runtimeRequestID = known("Lambda-Runtime-Aws-Request-Id")
  static let runtimeDeadline = known("Lambda-Runtime-Deadline-Ms")
  static let runtimeFunctionARN = known("Lambda-Runtime-Invoked-Function-Arn")
  static let runtimeTraceID = known("Lambda-Runtime-Trace-Id")
}
