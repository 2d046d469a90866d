import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let createEventSourceMapping = Operation("CreateEventSourceMapping") { call in
    let request = try call.body(CreateEventSourceMappingRequest.self)
    return .mapping(.accepted, try await call.mappings.create(request, in: call.scope))
  }
}
