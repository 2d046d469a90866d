import AWSClient

/// How long is waited for what a service does in its own time.
struct Patience: Sendable {
  /// The longest wait; streams and tables of AWS are there within half of it.
  var limit = Duration.seconds(60)
  /// The pause between two looks at first; each is twice the one before.
  var firstPause = Duration.milliseconds(50)
  /// The longest pause.
  var longestPause = Duration.seconds(2)
  /// Pauses.
  var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

  /// Looks until there is something to see; the pauses alone count against the limit.
  ///
  /// Nil is "not yet". When the patience ends the error says for what it was.
  func wait<Result>(
    for aim: String, _ look: () async throws(TemplateError) -> Result?
  ) async throws(TemplateError) -> Result {
    var pause = firstPause
    var waited = Duration.zero
    while true {
      if let result = try await look() { return result }
      guard waited < limit else { throw TemplateError("\(aim) within \(limit.components.seconds) seconds") }
      do {
        try await sleep(pause)
      } catch {
        throw TemplateError("\(aim): cancelled")
      }
      waited += pause
      pause = min(pause * 2, longestPause)
    }
  }
}
