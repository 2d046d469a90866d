import FoundationEssentials
import JSON

/// Reads and writes the JSON of the wire.
public enum WireCoding {
  /// Reads a request's body. An empty body is an empty object, as for AWS's front end.
  ///
  /// - Throws: `SerializationException`, naming the member that is not of its type.
  public static func decode<Shape: Decodable>(_ shape: Shape.Type, from body: [UInt8]) throws(LambdaError) -> Shape {
    guard !body.isEmpty else { return try decode(shape, from: Array("{}".utf8)) }
    // Foundation's decoder takes trailing commas and the like; what AWS refuses is refused here.
    do throws(JSONParseError) {
      _ = try JSONValue(parsing: body)
    } catch {
      throw LambdaError(.serialization, "The request body is not valid JSON: \(error).")
    }
    do {
      return try JSONDecoder().decode(shape, from: Data(body))
    } catch let error as DecodingError {
      throw LambdaError(.serialization, explanation(of: error))
    } catch {
      throw LambdaError(.serialization, "The request body is not valid JSON.")
    }
  }

  /// Writes a shape; its members in the order of their names.
  public static func encode(_ shape: some Encodable) throws(LambdaError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return Array(try encoder.encode(shape)) } catch { throw LambdaError(.service, "\(error)") }
  }

  private static func explanation(of error: DecodingError) -> String {
    switch error {
    case .typeMismatch(let type, let context):
      "\(place(context.codingPath)) must be \(name(of: type))."
    case .valueNotFound(let type, let context):
      "\(place(context.codingPath)) must be \(name(of: type)), not null."
    case .keyNotFound(let key, let context):
      "\(place(context.codingPath + [key])) is missing."
    case .dataCorrupted:
      // The body is JSON: what the decoder cannot take then is a number, and it does not say which.
      "A number of the request body is not an integer that fits."
    @unknown default:
      "The request body is not valid JSON."
    }
  }

  /// `'filterCriteria.filters.1.member.pattern'`: the form in which AWS names a member.
  private static func place(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "The request body" }
    let parts = path.map { key in
      key.intValue.map { "\($0 + 1).member" } ?? key.stringValue.lowercasingFirst
    }
    return "'\(parts.joined(separator: "."))'"
  }

  private static func name(of type: Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Int.Type: "an integer"
    case is Double.Type: "a number"
    case is Bool.Type: "a boolean"
    case is [Any].Type: "a list"
    default: "an object"
    }
  }
}
