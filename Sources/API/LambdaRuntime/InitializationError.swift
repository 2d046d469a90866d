import Functions
import HTTPServer
import Logging
import Mappings

extension Operation {
  static let initializationError = Operation("InitializationError", logLevel: .debug) { call in
    call.services.functions.runtimes.initializationFailed(
      of: RuntimeName(call.pathValue), FunctionError(payload: call.request.body))
    return .runtimeAccepted
  }
}
