import HTTPServer
import HTTPTypes
import LambdaWire

extension Operation {
  /// Every path that is not in the route table: passed on to a Lambda endpoint where one is configured.
  static let unknown = Operation("Unknown") { call in
    let request = call.request
    guard let lambda = call.services.lambda, request.path.hasPrefix("/"), !request.path.hasPrefix("/_headrace/") else {
      throw LambdaError(
        .unknownOperation, "\(request.method) \(request.path) is no operation that Headrace knows.")
    }
    return try await lambda.forward(request, for: call.scope)
  }

  /// A path of Headrace's own with a method that it does not have.
  static func wrongMethod(_ allowed: [HTTPRequest.Method]) -> Operation {
    Operation("WrongMethod") { call in
      var response = Response(
        status: .methodNotAllowed, message: "\(call.request.method) is not a method of this path.",
        errorType: "MethodNotAllowedException")
      response.fields[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
      return response
    }
  }
}
