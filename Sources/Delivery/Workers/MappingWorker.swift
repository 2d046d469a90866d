public import Mappings

/// Whatever keeps one mapping's source and function together. Told what is wished for; never waits.
public protocol MappingWorker: Sendable {
  /// Where its tasks run best.
  var executor: any TaskExecutor { get }

  /// Works until `end` or `stop` was called and what was in flight has ended. Once only.
  func run() async

  /// The mapping as it is wished for now: enabled or not, and with which parameters.
  func apply(_ mapping: EventSourceMapping)

  /// The mapping is gone: nothing new is received, and what still comes is given back.
  func end()

  /// The process ends: as `end`, but nothing is waited for that is not in flight.
  func stop()
}
