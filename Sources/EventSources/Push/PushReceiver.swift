import Delivery
import Mappings

/// A worker as those see it who bring what its source has sent.
protocol PushReceiver: Sendable {
  var id: MappingID { get }
  var source: ARN { get }
  /// Whether the mapping is to get events.
  var isOpen: Bool { get }

  /// Takes what the source has sent: it is on disk when this returns.
  /// - Returns: how many events it was.
  func take(_ bodies: [[UInt8]]) async throws(IntakeFailure) -> Int

  /// As `PushSource.confirm`.
  func confirm(_ token: String) -> Bool

  /// Notes how the function or a destination is.
  func note(_ side: StatusBoard.Side, _ problem: String?, reason: String, outcome: DeliveryRecord.Outcome?) async
}

/// Why something was not taken.
enum IntakeFailure: Error {
  case malformed(IntakeError)
  case store(MappingError)
}
