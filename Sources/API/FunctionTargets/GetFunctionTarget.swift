import Functions
import HTTPServer
import HTTPTypes

extension Operation {
  static let getFunctionTarget = Operation("GetFunctionTarget") { call in
    guard let (entry, origin) = call.services.functions.directory.entry(named: call.pathValue) else {
      throw FunctionDirectory.ChangeError.notFound(call.pathValue)
    }
    return .json(.ok, Array(entry.json(origin).utf8))
  }
}
