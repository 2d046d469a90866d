import JSON
import Synchronization

/// How much work evaluations make, and where it ends: a few lines of functions can mean more text than any memory holds.
final class Effort: Sendable {
  /// The bytes that functions may give for one resource or output; CloudFormation's templates themselves end at 1 MB.
  static let maximumBytes = 1 << 20
  /// The bytes that functions may give in one application of a template, every evaluation counted.
  static let maximumBytesInAll = 256 << 20
  /// How deep values may be nested, with those that they refer to: a thread's stack holds twice as many.
  static let maximumDepth = 200

  private struct State {
    var depth = 0
    var bytes = 0
    var bytesInAll = 0
  }

  private let state = Mutex(State())

  /// Evaluates something a level deeper. What the outermost level evaluates is counted together.
  func deeper<Value>(_ body: () throws(EvaluationError) -> Value) throws(EvaluationError) -> Value {
    let depth = state.withLock { state in
      if state.depth == 0 { state.bytes = 0 }
      state.depth += 1
      return state.depth
    }
    defer { state.withLock { $0.depth -= 1 } }
    guard depth <= Self.maximumDepth else {
      throw .wrong("values and what they refer to are nested deeper than \(Self.maximumDepth) levels")
    }
    return try body()
  }

  /// Counts what a function gave.
  func spend(_ bytes: Int) throws(EvaluationError) {
    let (here, inAll) = state.withLock { state in
      state.bytes += bytes
      state.bytesInAll += bytes
      return (state.bytes, state.bytesInAll)
    }
    try allow(here)
    guard inAll <= Self.maximumBytesInAll else {
      throw .wrong("the template's functions give more than \(Self.maximumBytesInAll >> 20) MiB")
    }
  }

  /// Refuses what is too long, before or while it is made.
  func allow(_ bytes: Int) throws(EvaluationError) {
    guard bytes <= Self.maximumBytes else {
      throw .wrong("functions give more than \(Self.maximumBytes >> 20) MiB of text here")
    }
  }
}

extension JSONValue {
  /// About how many bytes it takes.
  var weight: Int {
    switch self {
    case .null, .bool: 16
    case .number(let number): 16 + number.text.utf8.count
    case .string(let text): 16 + text.utf8.count
    case .array(let elements): elements.reduce(16) { $0 + $1.weight }
    case .object(let members): members.reduce(16) { $0 + $1.name.utf8.count + $1.value.weight }
    }
  }
}
