import Functions
import HTTPServer
import HTTPTypes
import JSON
import LambdaWire
import Mappings

extension Operation {
  static let listFunctionTargets = Operation("ListFunctionTargets") { call in
    let entries = call.services.functions.directory.entries.map { $0.entry.json($0.origin) }
    return .json(.ok, Array("{\"functions\":[\(entries.joined(separator: ","))]}".utf8))
  }

  static let getFunctionTarget = Operation("GetFunctionTarget") { call in
    guard let (entry, origin) = call.services.functions.directory.entry(named: call.pathValue) else {
      throw FunctionDirectory.ChangeError.notFound(call.pathValue)
    }
    return .json(.ok, Array(entry.json(origin).utf8))
  }

  /// Sets where a function runs; the entry is on disk when it is answered.
  static let putFunctionTarget = Operation("PutFunctionTarget") { call in
    if call.services.functions.directory.entry(named: call.pathValue)?.origin == .configuration {
      throw FunctionDirectory.ChangeError.isConfigured(call.pathValue)
    }
    let document: JSONValue
    do throws(JSONParseError) {
      document = try JSONValue(parsing: call.request.body)
    } catch {
      throw LambdaError(.serialization, "The request body is not valid JSON: \(error).")
    }
    let entry = try Self.entry(call.pathValue, document, call.services)
    try await call.services.functions.directory.set(entry)
    return .json(.ok, Array(entry.json(.stored).utf8))
  }

  static let deleteFunctionTarget = Operation("DeleteFunctionTarget") { call in
    try await call.services.functions.directory.remove(call.pathValue)
    return Response(status: .noContent)
  }

  private static func entry(
    _ name: String, _ document: JSONValue, _ services: Services
  ) throws(LambdaError) -> FunctionEntry {
    let entry: FunctionEntry
    do throws(FunctionEntry.ParsingError) {
      entry = try FunctionEntry(name: name, document: document)
    } catch {
      throw LambdaError(.invalidParameterValue, "\(error).")
    }
    switch entry.target {
    case .lambda:
      guard services.lambda != nil else {
        throw LambdaError(.invalidParameterValue, "No Lambda endpoint is configured: set AWS_ENDPOINT_URL_LAMBDA.")
      }
    case .http(let url):
      guard HTTPAddress(url: url).map(services.isHeadraceItself) != true else {
        throw LambdaError(.invalidParameterValue, "'\(url)' is Headrace itself.")
      }
    case .runtime(nil): break
    case .runtime(let port?):
      do throws(RuntimePortError) {
        try services.runtimePorts.open(port, for: name)
      } catch {
        throw LambdaError(.invalidParameterValue, "\(error).")
      }
    }
    return entry
  }
}

extension FunctionEntry {
  fileprivate func json(_ origin: FunctionEntryOrigin) -> String {
    var json = JSONText()
    json.beginObject()
    json.member("name", name)
    json.member("target", target.description)
    if let concurrency { json.member("concurrency", json: String(concurrency).utf8) }
    if let timeout { json.member("timeout", timeout.durationText) }
    json.member("origin", origin.rawValue)
    json.endObject()
    return String(decoding: json.bytes, as: UTF8.self)
  }
}
