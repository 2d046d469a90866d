import Functions
import HTTPServer
import HTTPTypes
import JSON
import LambdaWire

extension Operation {
  /// Sets where a function runs; the entry is on disk when it is answered.
  static let putFunctionTarget = Operation("PutFunctionTarget") { call in
    let directory = call.services.functions.directory
    let old = directory.entry(named: call.pathValue)
    guard old?.origin != .configuration else { throw FunctionDirectory.ChangeError.isConfigured(call.pathValue) }
    let entry = try call.functionEntry()
    try call.services.openPort(of: entry)
    do {
      try await directory.set(entry)
    } catch {
      call.services.closePort(of: entry, replacedBy: old?.entry)
      throw error
    }
    call.services.closePort(of: old?.entry, replacedBy: entry)
    return .json(.ok, Array(entry.json(.stored).utf8))
  }
}

extension Call {
  /// The entry that the request's name and body make, where its target can be used.
  fileprivate func functionEntry() throws(LambdaError) -> FunctionEntry {
    let document: JSONValue
    do throws(JSONParseError) {
      document = try JSONValue(parsing: request.body)
    } catch {
      throw LambdaError(.serialization, "The request body is not valid JSON: \(error).")
    }
    let entry: FunctionEntry
    do throws(FunctionEntry.ParsingError) {
      entry = try FunctionEntry(name: pathValue, document: document)
    } catch {
      throw LambdaError(.invalidParameterValue, "\(error).")
    }
    switch entry.target {
    case .lambda where services.lambda == nil:
      throw LambdaError(.invalidParameterValue, "No Lambda endpoint is configured: set AWS_ENDPOINT_URL_LAMBDA.")
    case .http(let url) where HTTPAddress(url: url).map(services.isHeadraceItself) == true:
      throw LambdaError(.invalidParameterValue, "'\(url)' is Headrace itself.")
    case .lambda, .http, .runtime: return entry
    }
  }
}

extension Services {
  /// Opens the port that an entry's target has of its own.
  fileprivate func openPort(of entry: FunctionEntry) throws(LambdaError) {
    guard case .runtime(let port?) = entry.target else { return }
    do throws(RuntimePortError) {
      try runtimePorts.open(port, for: entry.name)
    } catch {
      throw LambdaError(.invalidParameterValue, "\(error).")
    }
  }

  /// Closes the port that an entry had, unless the entry in its place has the same.
  func closePort(of entry: FunctionEntry?, replacedBy new: FunctionEntry?) {
    guard let entry, case .runtime(let port?) = entry.target, new?.target != entry.target else { return }
    runtimePorts.close(port, of: entry.name)
  }
}
