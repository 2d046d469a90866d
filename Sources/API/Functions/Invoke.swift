import Functions
import HTTPServer
import HTTPTypes
import JSON
import LambdaWire
import Logging
import Mappings

extension Operation {
  /// Invokes a function that runs where Headrace knows; one behind a Lambda endpoint is invoked there. Asynchronously
  /// it is only where Headrace has no configuration for that: its endpoint does not know it.
  static let invoke = Operation("Invoke") { call in
    let function = try call.function()
    let functions = call.services.functions
    if case .lambda = functions.directory.entry(for: function).target, let lambda = call.services.lambda,
      try !call.isEventConfigured(for: function)
    {
      return try await lambda.forward(call.request, for: call.scope)
    }
    let payload = try call.event()
    switch call.request.fields[.invocationType] ?? "RequestResponse" {
    case "DryRun":
      return Response(status: .noContent)
    case "Event":
      // Accepted is on disk.
      try await call.services.asynchronous.accept([
        AsynchronousEvent(function: function, payload: payload, acceptedAt: .now())
      ])
      return Response(status: .accepted)
    case "RequestResponse":
      let peer = call.request.peer
      peer?.whenGone("invoke") { functions.runtimes.withdrawUnwanted() }
      let invocation = Invocation(function: function, payload: payload) { peer.map { !$0.isGone } ?? true }
      return try .invoked(await functions.invoke(invocation), function)
    case let other:
      throw LambdaError(.invalidParameterValue, "Unsupported invocation type: \(other)")
    }
  }
}

extension Call {
  fileprivate func function() throws -> FunctionARN {
    var name = pathValue
    if let qualifier = try query()["Qualifier"], !qualifier.isEmpty { name += ":\(qualifier)" }
    return try FunctionARN(naming: name, in: scope)
  }

  /// Whether it is an asynchronous invocation of a function that is configured for those here.
  fileprivate func isEventConfigured(for function: FunctionARN) throws(MappingError) -> Bool {
    guard request.fields[.invocationType] == "Event" else { return false }
    return try services.eventInvokeConfigurations.configuration(of: function) != nil
  }

  /// The event: an empty body is `{}`, as for Lambda.
  fileprivate func event() throws(LambdaError) -> [UInt8] {
    guard !request.body.isEmpty else { return Array("{}".utf8) }
    guard request.body.count <= Invocation.maximumPayloadBytes else {
      throw LambdaError(
        .requestTooLarge,
        "Request must be smaller than \(Invocation.maximumPayloadBytes) bytes for the InvokeFunction operation")
    }
    // RFC 8259 section 8.1: JSON is UTF-8.
    guard String(validating: request.body, as: UTF8.self) != nil else {
      throw LambdaError(.invalidRequestContent, "Could not parse request body into json: it is not UTF-8")
    }
    do throws(JSONParseError) {
      _ = try JSONFragment(document: request.body)
    } catch {
      throw LambdaError(.invalidRequestContent, "Could not parse request body into json: \(error)")
    }
    return request.body
  }
}

extension Response {
  fileprivate static func invoked(_ result: InvocationResult, _ function: FunctionARN) throws(LambdaError) -> Response {
    var response: Response
    switch result {
    case .answered(let answer):
      response = .json(.ok, answer)
    case .functionError(let error):
      response = .json(.ok, error.payload)
      response.fields[.functionError] = error.kind
    case .timedOut(let reason):
      var json = JSONText()
      json.beginObject()
      json.member("errorType", "Sandbox.Timedout")
      json.member("errorMessage", "Error: \(reason)")
      json.endObject()
      response = .json(.ok, json.bytes)
      response.fields[.functionError] = "Unhandled"
    case .throttled(let reason): throw LambdaError(.tooManyRequests, "Rate Exceeded. \(reason)")
    case .tooLarge(let reason): throw LambdaError(.requestTooLarge, reason)
    case .unreachable(let reason): throw LambdaError(.service, "The function cannot be reached. \(reason)")
    case .withdrawn: throw LambdaError(.service, "Headrace stops.")
    }
    response.fields[.executedVersion] = function.qualifier ?? "$LATEST"
    return response
  }
}

extension HTTPField.Name {
  fileprivate static let invocationType = known("X-Amz-Invocation-Type")
  fileprivate static let functionError = known("X-Amz-Function-Error")
  fileprivate static let executedVersion = known("X-Amz-Executed-Version")
}
