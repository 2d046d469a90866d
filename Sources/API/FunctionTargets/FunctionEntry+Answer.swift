import Functions
import LambdaWire
import Mappings

extension FunctionEntry {
  /// As the API answers it.
  func json(_ origin: FunctionEntryOrigin) -> String {
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
