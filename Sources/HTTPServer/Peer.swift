import Glibc
import Synchronization

/// Whoever is at the other end of a connection, for handlers that wait: an answer that takes long is worth nothing to a
/// peer that is gone.
public final class Peer: Sendable {
  private struct State {
    var isGone = false
    var callbacks: [String: @Sendable () -> Void] = [:]
  }

  private static let count = Atomic<UInt64>(0)

  /// The number of the connection; no other of this process has the same.
  public let connection: UInt64
  private let state = Mutex(State())

  private let descriptor: Int32

  /// Whether it has gone. Looks at the connection itself, since what the event loop will hear of may have happened already.
  public var isGone: Bool {
    state.withLock { state in
      guard !state.isGone else { return true }
      // The descriptor is open: its connection says under the same lock that it goes before it is closed.
      var byte: UInt8 = 0
      let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
      return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
    }
  }

  /// Whether somebody wants to be told: then an idle connection is a sign of life.
  var isWatched: Bool { state.withLock { !$0.callbacks.isEmpty } }

  init(descriptor: Int32) {
    self.descriptor = descriptor
    connection = Self.count.add(1, ordering: .relaxed).newValue
  }

  /// Calls back when the peer has gone, or at once where it has. "Gone" is a connection that ended, or whose peer said
  /// that it sends nothing more.
  ///
  /// - Parameter name: a later call of the same name replaces this one, so that what serves many requests of one
  ///   connection is called once.
  public func whenGone(_ name: String, _ callback: @escaping @Sendable () -> Void) {
    let isGone = state.withLock { state in
      if !state.isGone { state.callbacks[name] = callback }
      return state.isGone
    }
    if isGone { callback() }
  }

  /// Called by the connection's event loop.
  func leave() {
    let callbacks = state.withLock { state in
      state.isGone = true
      defer { state.callbacks = [:] }
      return state.callbacks
    }
    for callback in callbacks.values { callback() }
  }
}
