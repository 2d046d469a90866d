import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let reset = Operation("Reset") { call in
    try await call.mappings.reset()
    return Response(status: .noContent)
  }
}
