public import LambdaWire

/// Why the domain refuses a request. Nothing was changed.
public enum MappingError: Error, Equatable, Sendable {
  /// The service model does not admit a value.
  case model(LambdaError)
  /// A parameter that makes no sense: the text says which, and the rule.
  case invalidParameter(String)
  case notFound(String)
  case conflict(String)
  case inUse(String)
  /// The store failed; the text is for the log alone.
  case store(String)

  /// Recorded: get, update and delete of an id that does not exist.
  public static let noSuchMapping = MappingError.notFound("The resource you requested does not exist.")

  /// A parameter that the source type does not have.
  public static func unsupported(_ parameter: String) -> MappingError {
    .invalidParameter("Unsupported '\(parameter)' parameter for given event source mapping type.")
  }
}
