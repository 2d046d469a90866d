import Mappings

/// The tumbling window that a shard's records fall into, one after the other, and the state that the function keeps in
/// it. Source: documented.md, "Tumbling windows".
struct TumblingWindow: Sendable {
  /// A window ends early where its state gets larger (documented).
  static let maximumStateBytes = 1024 * 1024

  private struct Open: Sendable {
    var start: Milliseconds
    var state: [UInt8]

    var isTerminatedEarly: Bool { state.count > TumblingWindow.maximumStateBytes }
  }

  private let length: Duration
  private var open: Open?

  /// - Parameter resumed: what an earlier process has left open.
  init(length: Duration, resumed: ShardCheckpoint.OpenWindow?) {
    self.length = length
    open = resumed.map { Open(start: $0.start, state: $0.state) }
  }

  /// As the checkpoint keeps it; nil where no window is open.
  var kept: ShardCheckpoint.OpenWindow? { open.map { .init(start: $0.start, state: $0.state) } }

  var isOpen: Bool { open != nil }

  /// The first moment behind the open window.
  var end: Milliseconds? { open.map { $0.start + length } }

  var stateBytes: Int { open?.state.count ?? 0 }

  /// Whether the open window is to be closed though its time is not over.
  var isTerminatedEarly: Bool { open?.isTerminatedEarly ?? false }

  /// Aligned to the epoch, by the record's arrival (documented).
  private func start(of arrival: Milliseconds) -> Milliseconds {
    let length = length.components.seconds * 1000
    let start = arrival.count / length * length
    return Milliseconds(start > arrival.count ? start - length : start)
  }

  /// Opens the window of a record, where none is open.
  mutating func openIfNeeded(for arrival: Milliseconds) {
    if open == nil { open = Open(start: start(of: arrival), state: Array("{}".utf8)) }
  }

  /// Whether a record belongs to the open window. One of an earlier window, which a source's clock may bring about, counts
  /// among the open one's.
  func holds(_ arrival: Milliseconds) -> Bool {
    guard let open else { return true }
    return start(of: arrival) <= open.start
  }

  /// The function gave a new state.
  mutating func take(_ state: [UInt8]) { open?.state = state }

  mutating func close() { open = nil }

  /// As an invocation tells it; nil where no window is open.
  func context(isFinal: Bool) -> WindowContext? {
    guard let open, let end else { return nil }
    return WindowContext(
      start: open.start, end: end, state: open.state, isFinal: isFinal,
      isTerminatedEarly: isFinal && open.isTerminatedEarly)
  }
}
