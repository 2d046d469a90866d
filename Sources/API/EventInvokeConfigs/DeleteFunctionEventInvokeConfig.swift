import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let deleteFunctionEventInvokeConfig = Operation("DeleteFunctionEventInvokeConfig") { call in
    let function = try call.configuredFunction()
    try await call.services.eventInvokeConfigurations.delete(function)
    return Response(status: .noContent)
  }
}
