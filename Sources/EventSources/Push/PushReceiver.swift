import Delivery
import Mappings

/// A worker as those see it who bring what its source has sent.
protocol PushReceiver: Sendable {
  var id: MappingID { get }
  var source: ARN { get }
  /// Whether the mapping is to get events.
  var isOpen: Bool { get }

  /// The events in what the source has sent.
  func events(in body: [UInt8]) throws(IntakeError) -> [AsynchronousEvent]

  /// Something is not as it was left.
  func repair()

  /// Nobody wants to know of the mapping any more.
  func forget()

  /// As `PushSource.confirm`.
  func confirm(_ token: String) -> Bool

  /// Notes how the function or a destination is.
  func note(_ side: StatusBoard.Side, _ problem: String?, reason: String, outcome: DeliveryRecord.Outcome?) async
}
