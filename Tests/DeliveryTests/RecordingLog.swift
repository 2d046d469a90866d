import Logging
import Synchronization

/// Keeps the lines of a log.
final class RecordingLog: Sendable {
  private let kept = Mutex<[String]>([])

  /// `LEVEL MESSAGE`, with the reason where there is one.
  var lines: [String] { kept.withLock { $0 } }

  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: RecordingLog
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let reason = event.metadata?["reason"].map { ": \($0)" } ?? ""
      log.kept.withLock { $0.append("\(event.level) \(event.message)\(reason)") }
    }
  }
}
