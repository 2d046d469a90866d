import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let listEventSourceMappings = Operation("ListEventSourceMappings") { call in
    let query = try call.query()
    var request = ListEventSourceMappingsRequest(
      eventSourceArn: query["EventSourceArn"], functionName: query["FunctionName"], marker: query["Marker"])
    request.maxItems = try query.integer("MaxItems")
    return .json(.ok, try call.mappings.list(request, in: call.scope).json)
  }
}

extension MappingPage {
  /// `{"EventSourceMappings": […], "NextMarker": "…"}`; no marker on the last page.
  fileprivate var json: [UInt8] {
    var list = Array("[".utf8)
    list.reserveCapacity(mappings.count * 1024)
    for (index, mapping) in mappings.enumerated() {
      if index > 0 { list.append(UInt8(ascii: ",")) }
      list.append(contentsOf: mapping.configuration.json)
    }
    list.append(UInt8(ascii: "]"))
    var text = JSONText(capacity: list.count + 128)
    text.beginObject()
    text.member("EventSourceMappings", json: list)
    if let next { text.member("NextMarker", next.token) }
    text.endObject()
    return text.bytes
  }
}
