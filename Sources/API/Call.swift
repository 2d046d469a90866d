import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

/// A request on its way through an action: with its path taken apart, and with whoever sent it known.
struct Call: Sendable {
  var request: Request
  /// The values of the path's parameters, in their order.
  var pathValues: [String]
  var scope: Scope
  var services: Services

  var mappings: MappingService { services.mappings }

  /// The value of the path's one parameter, or of its first.
  var pathValue: String { pathValues.first ?? "" }

  /// The query's parameters.
  func query() throws(LambdaError) -> QueryParameters {
    guard let query = QueryParameters(request.query) else {
      throw LambdaError(.serialization, "The query is not percent-encoded correctly.")
    }
    return query
  }

  /// The body as a shape of the wire.
  func body<Shape: Decodable>(_ shape: Shape.Type) throws(LambdaError) -> Shape {
    try WireCoding.decode(shape, from: request.body)
  }
}

extension QueryParameters {
  /// The value of a parameter that is a number; nil where it is not there.
  func integer(_ name: String) throws(LambdaError) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text) else {
      throw LambdaError(.serialization, "'\(name.prefix(1).lowercased())\(name.dropFirst())' must be an integer.")
    }
    return number
  }
}

/// What answers one operation. It throws `LambdaError`s and the domain's errors; `Errors.swift` has their table.
typealias Action = @Sendable (Call) async throws -> Response

extension Response {
  /// An answer in JSON.
  static func json(_ status: HTTPResponse.Status, _ body: [UInt8]) -> Response {
    Response(status: status, fields: [.contentType: "application/json"], body: body)
  }

  /// A mapping.
  static func mapping(_ status: HTTPResponse.Status, _ mapping: EventSourceMapping) -> Response {
    .json(status, mapping.configuration.json)
  }
}
