/// Whoever takes the events that servers post. What was taken is on disk when a call returns.
public protocol EventIntake: Sendable {
  /// Takes what a topic has posted for a mapping: a message, or what SNS asks and tells of its subscription.
  /// - Returns: how many events the function will get.
  func takeSNS(_ body: [UInt8], for mapping: MappingID) async throws(IntakeRefusal) -> Int

  /// Takes what the server of a bucket has posted, for whichever mappings want it.
  /// - Returns: how many events functions will get.
  func takeS3(_ body: [UInt8]) async throws(IntakeRefusal) -> Int
}

/// Why what was posted was not taken. The text is for whoever posted it.
public enum IntakeRefusal: Error, Equatable, Sendable {
  /// It is none of the service's documents.
  case malformed(String)
  /// It is not from whom it says, or was not asked for.
  case forbidden(String)
  /// There is nobody for it.
  case unknown(String)
  /// It may be taken later; the text is for the log alone.
  case unavailable(String)
}
