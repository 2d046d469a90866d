import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let updateFunctionEventInvokeConfig = Operation("UpdateFunctionEventInvokeConfig") { call in
    let settings = try call.body(EventInvokeSettings.self)
    let function = try call.configuredFunction(settings)
    return .eventInvokeConfiguration(
      try await call.services.eventInvokeConfigurations.update(settings, of: function))
  }
}
