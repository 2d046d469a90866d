import HTTPServer
import HTTPTypes
import LambdaWire
import Logging
import Mappings

extension Response {
  /// Bytes of a notification at most: SNS's have 256 KB, with what stands around the message.
  private static let maximumNotificationBytes = 2 * 1024 * 1024

  /// The answer to what was posted: how many events functions get of it.
  static func taken(
    _ call: Call, _ take: ([UInt8]) async throws(IntakeRefusal) -> Int
  ) async -> Response {
    guard call.request.body.count <= maximumNotificationBytes else {
      return Response(
        status: .contentTooLarge, message: "A notification has \(maximumNotificationBytes) bytes at most.",
        errorType: "RequestEntityTooLargeException")
    }
    // RFC 8259 section 8.1: JSON is UTF-8. What is accepted is a function's event as it is.
    guard String(validating: call.request.body, as: UTF8.self) != nil else {
      return Response(.malformed("The body is not UTF-8."), call)
    }
    do throws(IntakeRefusal) {
      return .json(.ok, Array(#"{"accepted":\#(try await take(call.request.body))}"#.utf8))
    } catch {
      return Response(error, call)
    }
  }

  /// Whoever posts may try again what is unavailable, and gives up all else.
  init(_ refusal: IntakeRefusal, _ call: Call) {
    switch refusal {
    case .malformed(let text): self.init(status: .badRequest, message: text, errorType: "BadRequestException")
    case .forbidden(let text):
      call.services.logger.warning("refused what was posted", metadata: ["reason": "\(text)"])
      self.init(status: .forbidden, message: text, errorType: "AccessDeniedException")
    case .unknown(let text): self.init(status: .notFound, message: text, errorType: "ResourceNotFoundException")
    case .unavailable(let text):
      call.services.logger.error("cannot take what was posted", metadata: ["reason": "\(text)"])
      self.init(
        status: .serviceUnavailable, message: "Try again later.", errorType: "ServiceUnavailableException")
    }
  }
}
