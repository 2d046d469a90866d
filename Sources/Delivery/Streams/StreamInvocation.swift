public import Mappings

/// What a function is invoked with.
public struct StreamInvocation<Record: StreamedRecord>: Sendable {
  /// None for a window's final invocation.
  public var records: [Record]
  /// How often these records will have been tried then.
  public var attempt: Int
  /// Nil where the mapping has no tumbling windows.
  public var window: WindowContext?
}

/// A tumbling window as an invocation tells it.
public struct WindowContext: Equatable, Sendable {
  /// Its first moment.
  public var start: Milliseconds
  /// The first moment behind it.
  public var end: Milliseconds
  /// A JSON object.
  public var state: [UInt8]
  /// `isFinalInvokeForWindow`
  public var isFinal: Bool
  /// `isWindowTerminatedEarly`
  public var isTerminatedEarly: Bool
}
