import JSON
import Synchronization

/// What other stacks give to one that is applied, and what of it was asked for.
final class OtherStacks: Sendable {
  /// The stacks of the account in a region.
  typealias Stacks = @Sendable (_ region: String) throws(EvaluationError) -> [StackRecord]

  private let identity: StackIdentity
  private let stacks: Stacks
  /// Whether values that are not there are taken for such as will be.
  private let areAwaited: Bool
  private let found = Memo<String, [StackRecord]>()
  private let values = Memo<Evaluator.Import, JSONValue>()
  private let asked = Mutex<Set<String>>([])

  init(of identity: StackIdentity, areAwaited: Bool = false, stacks: @escaping Stacks) {
    self.identity = identity
    self.stacks = stacks
    self.areAwaited = areAwaited
  }

  /// The names of the exports that were asked for.
  var imported: [String] { asked.withLock { $0.sorted() } }

  func value(_ value: Evaluator.Import) throws(EvaluationError) -> JSONValue {
    try values.value(value) { () throws(EvaluationError) in
      switch value {
      case .export(let name): try export(name)
      case .output(let name, let stack, let region): try output(name, stack, region)
      }
    }
  }

  private func export(_ name: String) throws(EvaluationError) -> JSONValue {
    asked.withLock { _ = $0.insert(name) }
    let outputs = try stacks(in: identity.region).lazy.flatMap(\.outputs)
    if let output = outputs.first(where: { $0.exportName == name }) { return output.value }
    if areAwaited { throw .pending(name) }
    throw .wrong("No export named \(name) found.")
  }

  private func output(_ name: String, _ stack: String, _ region: String) throws(EvaluationError) -> JSONValue {
    let record = try stacks(in: region).first { $0.identity.name == stack }
    if let output = record?.outputs.first(where: { $0.name == name }) { return output.value }
    if areAwaited { throw .pending("\(stack).\(name)") }
    guard record != nil else { throw .wrong("there is no stack '\(stack)' in \(region)") }
    throw .wrong("the stack '\(stack)' in \(region) has no output '\(name)'")
  }

  private func stacks(in region: String) throws(EvaluationError) -> [StackRecord] {
    try found.value(region) { () throws(EvaluationError) in try stacks(region).filter { $0.identity != identity } }
  }
}
