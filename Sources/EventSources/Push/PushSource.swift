import LambdaWire
import Mappings

/// A source that sends its events to whoever it was told to, rather than being read: a topic, a bucket.
///
/// What is done to it is idempotent: it may have happened already, in part or whole, in an earlier process.
protocol PushSource<Selection>: Sendable {
  /// What a mapping wants of it.
  associatedtype Selection: Sendable

  /// The topic or bucket.
  var arn: ARN { get }
  /// How its events come.
  var route: PushRoute { get }

  /// What the parameters select; nil where they cannot be read.
  func selection(_ parameters: MappingParameters) -> Selection?

  /// The events for the function in what came: none where nothing of it was selected.
  func payloads(
    in body: [UInt8], _ selection: Selection, _ installation: SourceInstallation
  ) throws(IntakeError) -> [[UInt8]]

  /// Has the source send its events.
  /// - Parameters:
  ///   - queueARN: where they are sent to, where they come by a queue.
  ///   - keep: keeps what is known of the installation, before what cannot be found again is done.
  func install(
    _ selection: Selection, _ installation: SourceInstallation, queueARN: String?,
    keep: (SourceInstallation) async throws(PushError) -> Void
  ) async throws(PushError)

  /// Has the source send nothing more, and leaves it as it was before.
  func uninstall(_ installation: SourceInstallation) async throws(PushError)

  /// The queue that gets the events which the function failed at, beside the failure destination.
  func deadLetterQueue(_ parameters: MappingParameters) -> String?

  /// Takes the token with which a subscription is confirmed.
  /// - Returns: whether anybody waits for it.
  func confirm(_ token: String) -> Bool
}

extension PushSource {
  func deadLetterQueue(_ parameters: MappingParameters) -> String? { nil }
  func confirm(_ token: String) -> Bool { false }
}

/// How the events of a source come.
enum PushRoute: String, Sendable {
  /// By a queue that is made for the mapping.
  case sqs
  /// The source posts them, having been told where.
  case http
  /// The source posts them, and whoever runs it has told it where.
  case webhook
}

/// Why what came is no event.
struct IntakeError: Error, Equatable, CustomStringConvertible {
  let description: String
}
