import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let getEventSourceMapping = Operation("GetEventSourceMapping") { call in
    return .mapping(.ok, try call.mappings.get(call.pathValue, in: call.scope))
  }
}
