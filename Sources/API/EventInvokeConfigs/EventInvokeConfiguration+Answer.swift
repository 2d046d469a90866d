import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Call {
  /// The function that the path names, with the qualifier that it or the query names.
  /// - Parameter settings: what the request wants of it: all that the model does not admit is told at once.
  func configuredFunction(_ settings: EventInvokeSettings = EventInvokeSettings()) throws -> FunctionARN {
    let qualifier = try query()["Qualifier"]
    try settings.validateModel(functionName: pathValue, qualifier: qualifier)
    return try FunctionARN(naming: pathValue, qualifier: qualifier, in: scope)
  }
}

extension Response {
  /// A configuration.
  static func eventInvokeConfiguration(_ configuration: EventInvokeConfiguration) -> Response {
    .json(.ok, configuration.json)
  }
}

extension EventInvokeConfiguration {
  /// As AWS answers it: settings that have their defaults are absent, destinations are there even where there are none
  /// (recorded).
  fileprivate var json: [UInt8] {
    var text = JSONText()
    text.beginObject()
    text.member("LastModified", secondsOf: modifiedAt.count)
    text.member("FunctionArn", function.description)
    if let maximumRetryAttempts { text.member("MaximumRetryAttempts", json: String(maximumRetryAttempts).utf8) }
    if let maximumEventAgeSeconds { text.member("MaximumEventAgeInSeconds", json: String(maximumEventAgeSeconds).utf8) }
    var destinations = JSONText()
    destinations.beginObject()
    destinations.member("OnSuccess", json: Self.json(ofDestination: onSuccess))
    destinations.member("OnFailure", json: Self.json(ofDestination: onFailure))
    destinations.endObject()
    text.member("DestinationConfig", json: destinations.bytes)
    text.endObject()
    return text.bytes
  }

  private static func json(ofDestination destination: String?) -> [UInt8] {
    var text = JSONText()
    text.beginObject()
    if let destination { text.member("Destination", destination) }
    text.endObject()
    return text.bytes
  }
}

extension EventInvokeConfigurationPage {
  /// `{"FunctionEventInvokeConfigs": […], "NextMarker": "…"}`; no marker on the last page.
  var json: [UInt8] {
    let list = Array("[".utf8) + configurations.map(\.json).joined(separator: ",".utf8) + Array("]".utf8)
    var text = JSONText(capacity: list.count + 128)
    text.beginObject()
    text.member("FunctionEventInvokeConfigs", json: list)
    if let next { text.member("NextMarker", next.token) }
    text.endObject()
    return text.bytes
  }
}
