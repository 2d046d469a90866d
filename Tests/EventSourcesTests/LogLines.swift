import Delivery
import Logging

/// A log that gives its lines on to the test.
final class LogLines: Sendable {
  private let lines = Mailbox<String>()

  var logger: Logger { Logger(label: "test") { _ in Handler(lines: self.lines) } }

  /// Waits until the log says something, whatever it says before.
  func wait(for message: String) async {
    while let line = await lines.next(), line != message {}
  }

  private struct Handler: LogHandler {
    let lines: Mailbox<String>
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.send("\(event.message)") }
  }
}
