import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let updateEventSourceMapping = Operation("UpdateEventSourceMapping") { call in
    let request = try call.body(UpdateEventSourceMappingRequest.self)
    return .mapping(.accepted, try await call.mappings.update(call.pathValue, request, in: call.scope))
  }
}
