import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let deleteEventSourceMapping = Operation("DeleteEventSourceMapping") { call in
    return .mapping(.accepted, try await call.mappings.delete(call.pathValue, in: call.scope))
  }
}
