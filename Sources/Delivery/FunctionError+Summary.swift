import JSON
public import Mappings

extension FunctionError {
  /// A line for people: `TypeError: x is not a function`.
  public var summary: String {
    guard let document = try? JSONValue(parsing: payload), case .string(let message)? = document["errorMessage"] else {
      return payload.isEmpty ? "the function failed" : String(decoding: payload.prefix(200), as: UTF8.self)
    }
    guard case .string(let type)? = document["errorType"], !type.isEmpty else { return message }
    return message.isEmpty ? type : "\(type): \(message)"
  }
}
