import Functions
import HTTPServer
import HTTPTypes

extension Operation {
  static let listFunctionTargets = Operation("ListFunctionTargets") { call in
    let entries = call.services.functions.directory.entries.map { $0.entry.json($0.origin) }
    return .json(.ok, Array("{\"functions\":[\(entries.joined(separator: ","))]}".utf8))
  }
}
