import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let listFunctionEventInvokeConfigs = Operation("ListFunctionEventInvokeConfigs") { call in
    let query = try call.query()
    let request = ListFunctionEventInvokeConfigsRequest(
      functionName: call.pathValue, marker: query["Marker"], maxItems: try query.integer("MaxItems"))
    return .json(.ok, try await call.services.eventInvokeConfigurations.list(request, in: call.scope).json)
  }
}
