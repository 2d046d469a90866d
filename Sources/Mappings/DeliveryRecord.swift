/// One delivery: a batch that was handed to a function, and how that went. What the journal keeps.
public struct DeliveryRecord: Equatable, Sendable {
  /// Its place in the journal; 0 before it is there.
  public var sequence: Int64
  public var mapping: MappingID
  public var function: FunctionARN
  /// Nil for a source without an ARN.
  public var sourceARN: String?
  public var startedAt: Milliseconds
  public var durationMicroseconds: Int64
  /// How often the batch was tried, this time included; for a queue, the highest receive count of its messages.
  public var attempt: Int
  public var batchSize: Int
  public var outcome: Outcome
  /// What went wrong, in a line; nil where nothing did.
  public var error: String?
  public var event: JournaledPayload
  public var answer: JournaledPayload

  /// How a delivery ended, by the names of the journal.
  public enum Outcome: String, CaseIterable, Sendable {
    case success, partialFailure, functionError, throttled, unreachable, timedOut, tooLarge, invalidAnswer, withdrawn
  }

  /// A delivery, made whole.
  public init(
    sequence: Int64 = 0, mapping: MappingID, function: FunctionARN, sourceARN: String?, startedAt: Milliseconds,
    durationMicroseconds: Int64, attempt: Int, batchSize: Int, outcome: Outcome, error: String?,
    event: JournaledPayload, answer: JournaledPayload
  ) {
    self.sequence = sequence
    self.mapping = mapping
    self.function = function
    self.sourceARN = sourceARN
    self.startedAt = startedAt
    self.durationMicroseconds = durationMicroseconds
    self.attempt = attempt
    self.batchSize = batchSize
    self.outcome = outcome
    self.error = error
    self.event = event
    self.answer = answer
  }
}

/// An event or answer in the journal: whole, or the beginning of what is too large.
public struct JournaledPayload: Equatable, Sendable {
  public var bytes: [UInt8]
  /// How many bytes the whole has.
  public var byteCount: Int

  /// Whether `bytes` are all there were.
  public var isWhole: Bool { bytes.count == byteCount }

  /// A payload as the store kept it.
  public init(bytes: [UInt8], byteCount: Int) {
    self.bytes = bytes
    self.byteCount = byteCount
  }

  /// Keeps at most `limit` bytes of a payload.
  public init(_ payload: [UInt8], limit: Int) {
    bytes = payload.count <= limit ? payload : Array(payload.prefix(limit))
    byteCount = payload.count
  }
}

/// The journal as its readers see it.
public protocol DeliveryJournal: Sendable {
  /// Deliveries in the order of the journal.
  func deliveries(after sequence: Int64, of mapping: MappingID?, limit: Int) throws(MappingError) -> [DeliveryRecord]

  /// Waits until there is something after `sequence`, `limit` has passed, the task is cancelled or the journal closed.
  func waitForDelivery(after sequence: Int64, of mapping: MappingID?, for limit: Duration) async
}

/// Where the journal is kept.
public protocol DeliveryStore: Sendable {
  /// Adds deliveries and drops, of each mapping among them, all but the last `kept`.
  func append(_ deliveries: [DeliveryRecord], keeping kept: Int) async throws(MappingError)

  /// Drops the deliveries of mappings that are gone.
  func removeOrphans() async throws(MappingError)

  /// Deliveries in the order of the journal.
  func deliveries(after sequence: Int64, of mapping: MappingID?, limit: Int) throws(MappingError) -> [DeliveryRecord]
}
