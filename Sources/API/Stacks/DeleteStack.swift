import HTTPServer
import HTTPTypes
import JSON
import Mappings
import Templates

extension Operation {
  static let deleteStack = Operation("DeleteStack") { call in
    let outcome = try await call.services.stacks.delete(call.stackIdentity)
    return .json(.ok, Array(outcome.json(isPlan: false).text.utf8))
  }
}
