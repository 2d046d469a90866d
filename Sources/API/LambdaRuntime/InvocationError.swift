import Functions
import HTTPServer
import Logging
import Mappings

extension Operation {
  static let invocationError = Operation("InvocationError", logLevel: .debug) { call in
    let hub = call.services.functions.runtimes
    return Response(hub.finish(call.pathValues.last ?? "", .failed(FunctionError(payload: call.request.body))))
  }
}
