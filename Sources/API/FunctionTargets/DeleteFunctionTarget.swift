import Functions
import HTTPServer
import HTTPTypes

extension Operation {
  static let deleteFunctionTarget = Operation("DeleteFunctionTarget") { call in
    let directory = call.services.functions.directory
    let old = directory.entry(named: call.pathValue)?.entry
    try await directory.remove(call.pathValue)
    call.services.closePort(of: old, replacedBy: nil)
    return Response(status: .noContent)
  }
}
