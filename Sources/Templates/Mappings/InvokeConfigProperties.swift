import JSON

/// `AWS::Lambda::EventInvokeConfig`
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html).
enum InvokeConfigProperties {
  /// The body of `PutFunctionEventInvokeConfig`, with the function and its qualifier.
  static func request(_ properties: JSONValue) throws(TemplateError) -> JSONValue {
    try shape.wire(properties)
  }

  private static let destination = PropertyShape.object([.init("Destination", .string, isRequired: true)])

  private static let shape = PropertyShape.object([
    .init("FunctionName", .string, isRequired: true), .init("Qualifier", .string, isRequired: true),
    .init("MaximumRetryAttempts", .integer), .init("MaximumEventAgeInSeconds", .integer),
    .init("DestinationConfig", .object([.init("OnSuccess", destination), .init("OnFailure", destination)])),
  ])
}

extension InvokeConfigProperties {
  /// Which function's settings these are, and of which version or alias.
  struct Identity {
    var function: String
    var qualifier: String
    var joined: String { "\(function):\(qualifier)" }
  }

  static func identity(_ request: JSONValue) -> Identity {
    Identity(function: request["FunctionName"]?.string ?? "", qualifier: request["Qualifier"]?.string ?? "$LATEST")
  }

  /// The body of `PutFunctionEventInvokeConfig`.
  static func settings(_ request: JSONValue) -> JSONValue {
    request.setting("FunctionName", to: nil).setting("Qualifier", to: nil)
  }

  /// Settings of another function, version or alias are other settings.
  static func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    if old == new { return .none }
    return identity(old).joined == identity(new).joined ? .inPlace : .replacement
  }
}
