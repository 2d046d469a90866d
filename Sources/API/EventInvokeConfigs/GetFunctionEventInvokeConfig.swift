import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let getFunctionEventInvokeConfig = Operation("GetFunctionEventInvokeConfig") { call in
    let function = try call.configuredFunction()
    return .eventInvokeConfiguration(try call.services.eventInvokeConfigurations.get(function))
  }
}
