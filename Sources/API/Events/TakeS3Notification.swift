import HTTPServer
import HTTPTypes
import LambdaWire
import Logging
import Mappings

extension Operation {
  /// Takes what the server of a bucket posts (MinIO's webhook).
  static let takeS3Notification = Operation("TakeS3Notification", logLevel: .debug) { call in
    await .taken(call) { (body) async throws(IntakeRefusal) in try await call.services.intake.takeS3(body) }
  }
}
