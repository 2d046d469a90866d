/// An error of the Lambda API as a client sees it.
///
/// The names, statuses and members are those of the service model; which member carries the text, `Message` or
/// `message`, was recorded for each.
public struct LambdaError: Error, Equatable, Sendable {
  /// The errors' names.
  public enum Code: String, Sendable, CaseIterable {
    case invalidParameterValue = "InvalidParameterValueException"
    case resourceConflict = "ResourceConflictException"
    case resourceInUse = "ResourceInUseException"
    case resourceNotFound = "ResourceNotFoundException"
    /// Of Invoke: an event that is no JSON.
    case invalidRequestContent = "InvalidRequestContentException"
    /// Of Invoke: an event over 6 MB.
    case requestTooLarge = "RequestTooLargeException"
    case service = "ServiceException"
    case tooManyRequests = "TooManyRequestsException"
    /// Of AWS's front end: a value that the service model does not admit.
    case validation = "ValidationException"
    /// Of AWS's front end: a body that is not the JSON of the request's shape.
    case serialization = "SerializationException"
    /// Of AWS's front end: a path or method that is no operation.
    case unknownOperation = "UnknownOperationException"
  }

  public var code: Code
  public var message: String

  /// An error with its text.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The JSON body.
  public var body: [UInt8] {
    var json = JSONText()
    json.beginObject()
    switch code {
    case .resourceNotFound, .resourceInUse:
      json.member("Type", "User")
      json.member("Message", message)
    case .service:
      json.member("Type", "Service")
      json.member("Message", message)
    case .invalidParameterValue, .resourceConflict, .tooManyRequests, .invalidRequestContent, .requestTooLarge:
      json.member("Type", "User")
      json.member("message", message)
    case .validation, .serialization, .unknownOperation:
      json.member("message", message)
    }
    json.endObject()
    return json.bytes
  }
}
