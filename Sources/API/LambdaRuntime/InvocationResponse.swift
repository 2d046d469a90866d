import Functions
import HTTPServer
import Logging

extension Operation {
  static let invocationResponse = Operation("InvocationResponse", logLevel: .debug) { call in
    let hub = call.services.functions.runtimes
    return Response(hub.finish(call.pathValues.last ?? "", .answered(call.request.body)))
  }
}
