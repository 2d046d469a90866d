import Functions
import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings
import Templates

extension LambdaError {
  /// The table from errors to AWS's. What is unknown, or is the store's, is internal: only the log sees its detail.
  init(_ error: any Error) {
    switch error {
    case let error as LambdaError: self = error
    case let error as MappingError: self.init(error)
    case let error as FunctionDirectory.ChangeError: self.init(error)
    case let error as StackError: self.init(error)
    case let error as TemplateError: self.init(.validation, "\(error)")
    default: self = .internal
    }
  }

  private init(_ error: MappingError) {
    switch error {
    case .model(let violation): self = violation
    case .invalidParameter(let message): self.init(.invalidParameterValue, message)
    case .notFound(let message): self.init(.resourceNotFound, message)
    case .conflict(let message): self.init(.resourceConflict, message)
    case .inUse(let message): self.init(.resourceInUse, message)
    case .store: self = .internal
    }
  }

  private init(_ error: FunctionDirectory.ChangeError) {
    switch error {
    case .isConfigured(let name):
      self.init(.resourceConflict, "'\(name)' was configured when Headrace was started, and stays as it is.")
    case .notFound(let name): self.init(.resourceNotFound, "No target is set for '\(name)'.")
    case .store: self = .internal
    }
  }

  /// A template is bad input whatever it wants; CloudFormation calls it `ValidationError`.
  private init(_ error: StackError) {
    switch error {
    case .refused(let reason): self.init(.validation, "\(reason)")
    case .rolledBack(let reason): self.init(.validation, "\(reason) (all that had been done before was undone)")
    case .notRolledBack(let reason, let because):
      self.init(.service, "\(reason) (and it could not be undone: \(because))")
    case .notFound(let name): self.init(.resourceNotFound, "Stack with id \(name) does not exist")
    case .busy(let name): self.init(.resourceConflict, "Stack [\(name)] is being worked on already.")
    case .inUse(let reason): self.init(.resourceConflict, reason)
    case .store: self = .internal
    }
  }

  /// The HTTP status, of the service model.
  fileprivate var status: HTTPResponse.Status {
    switch code {
    case .invalidParameterValue, .invalidRequestContent, .resourceInUse, .validation, .serialization: .badRequest
    case .requestTooLarge: .contentTooLarge
    case .resourceNotFound, .unknownOperation: .notFound
    case .resourceConflict: .conflict
    case .tooManyRequests: .tooManyRequests
    case .service: .internalServerError
    }
  }

  private static let `internal` = LambdaError(.service, "An internal error occurred. Please retry your request.")
}

extension Response {
  /// An error of the Lambda API.
  init(_ error: LambdaError) {
    self = .json(error.status, error.body)
    fields[.errorType] = error.code.rawValue
  }

  /// A request that could not be read. AWS's front end has names for some of these; the others are named alike.
  init(_ error: HTTPRequestError) {
    let name =
      switch error.status {
      case .requestTimeout: "RequestTimeoutException"
      case .contentTooLarge: "RequestEntityTooLargeException"
      case .uriTooLong: "RequestUriTooLongException"
      case .requestHeaderFieldsTooLarge: "RequestHeaderFieldsTooLargeException"
      case .expectationFailed: "ExpectationFailedException"
      case .httpVersionNotSupported: "HttpVersionNotSupportedException"
      default: "BadRequestException"
      }
    self.init(status: error.status, message: error.reason, errorType: name)
  }

  /// An error that is not of the Lambda API.
  init(status: HTTPResponse.Status, message: String, errorType: String) {
    var json = JSONText()
    json.beginObject()
    json.member("message", message)
    json.endObject()
    self = .json(status, json.bytes)
    fields[.errorType] = errorType
  }
}

extension HTTPField.Name {
  static func known(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
    return name
  }

  /// AWS's name of an error.
  static let errorType = known("x-amzn-ErrorType")
  /// The id under which the log knows a request.
  static let requestID = known("x-amzn-RequestId")
}
