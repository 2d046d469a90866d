import HTTPServer
import HTTPTypes
import LambdaWire
import Logging
import Mappings

extension Operation {
  /// Takes what a topic posts to a mapping's subscription.
  static let takeSNSMessage = Operation("TakeSNSMessage", logLevel: .debug) { call in
    guard let mapping = MappingID(call.pathValue) else {
      return Response(.unknown("There is no mapping with this id."), call)
    }
    return await .taken(call) { (body) async throws(IntakeRefusal) in
      try await call.services.intake.takeSNS(body, for: mapping)
    }
  }
}
