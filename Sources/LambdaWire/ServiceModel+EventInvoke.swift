/// What the service model says of the operations on event invoke configurations (botocore 1.43), in its order.
extension EventInvokeSettings {
  /// Throws a `ValidationException` with all that the model does not admit.
  /// - Parameters:
  ///   - functionName: of the request's path.
  ///   - qualifier: of its query.
  public func validateModel(functionName: String? = nil, qualifier: String? = nil) throws(LambdaError) {
    var violations = ModelViolations()
    violations.note(functionName: functionName, qualifier: qualifier)
    violations.check(maximumRetryAttempts, at: "maximumRetryAttempts", in: 0...2)
    violations.check(maximumEventAgeInSeconds, at: "maximumEventAgeInSeconds", in: 60...21_600)
    for (name, destination) in [
      ("onSuccess", destinationConfig?.onSuccess), ("onFailure", destinationConfig?.onFailure),
    ] {
      violations.check(
        destination?.destination, at: "destinationConfig.\(name).destination", length: 0...350, .destination)
    }
    try violations.validate()
  }
}

/// Path and query of `ListFunctionEventInvokeConfigs`.
public struct ListFunctionEventInvokeConfigsRequest: Equatable, Sendable {
  /// In any of the forms that name a function.
  public var functionName: String
  public var marker: String?
  public var maxItems: Int?

  /// A query for a function.
  public init(functionName: String, marker: String? = nil, maxItems: Int? = nil) {
    self.functionName = functionName
    self.marker = marker
    self.maxItems = maxItems
  }

  /// Throws a `ValidationException` with all that the model does not admit.
  public func validateModel() throws(LambdaError) {
    var violations = ModelViolations()
    violations.note(functionName: functionName, qualifier: nil)
    violations.check(maxItems, at: "maxItems", in: 1...50)
    try violations.validate()
  }
}

extension ModelViolations {
  fileprivate mutating func note(functionName: String?, qualifier: String?) {
    check(functionName, at: "functionName", length: 1...256, .functionName)
    check(qualifier, at: "qualifier", length: 1...128, .qualifier)
  }
}
