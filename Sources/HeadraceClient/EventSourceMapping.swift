import JSON
public import LambdaWire

/// An event source mapping as it was when it was asked for.
public struct EventSourceMapping: Equatable, Sendable {
  /// The UUID.
  public let eventSourceID: String
  /// The ARN of the mapping itself.
  public let eventSourceMappingARN: String?
  /// The ARN of what is read; nil for a Kafka cluster of one's own.
  public let eventSourceARN: String?
  public let functionARN: String
  /// `Creating`, `Enabling`, `Enabled`, `Disabling`, `Disabled`, `Updating` or `Deleting`.
  public let state: String
  /// What came of the last batch; nil where the kind of source does not tell.
  public let lastProcessingResult: String?
  /// All other parameters, as Lambda's API has them.
  public let parameters: MappingParameters

  /// Reads an answer.
  init(_ bytes: [UInt8]) throws(HeadraceClientError) {
    let document: JSONValue
    do throws(JSONParseError) { document = try JSONValue(parsing: bytes) } catch {
      throw .unexpectedAnswer("the answer is not JSON: \(error)")
    }
    try self.init(document)
  }

  init(_ document: JSONValue) throws(HeadraceClientError) {
    func text(_ name: String) -> String? {
      guard case .string(let text)? = document[name] else { return nil }
      return text
    }
    guard let id = text("UUID"), let function = text("FunctionArn"), let state = text("State") else {
      throw .unexpectedAnswer("the answer is no event source mapping: \(document.text.prefix(200))")
    }
    eventSourceID = id
    eventSourceMappingARN = text("EventSourceMappingArn")
    eventSourceARN = text("EventSourceArn")
    functionARN = function
    self.state = state
    lastProcessingResult = text("LastProcessingResult")
    do throws(LambdaError) {
      parameters = try WireCoding.decode(MappingParameters.self, from: Array(document.text.utf8))
    } catch {
      throw .unexpectedAnswer("the answer is no event source mapping: \(error.message)")
    }
  }
}
