import JSON

/// Conditions, each evaluated once however often it is named.
extension Evaluator {
  /// Whether a condition of the template holds.
  public func isTrue(condition name: String) throws(EvaluationError) -> Bool {
    try conditions.value(name) { () throws(EvaluationError) in
      guard let condition = template.conditions[name] else { throw .wrong("there is no condition '\(name)'") }
      do throws(EvaluationError) {
        return try isTrue(condition)
      } catch {
        guard case .template(let reason) = error else { throw error }
        throw .template(reason.about("Conditions/\(name)"))
      }
    }
  }

  /// Whether a resource is wanted, by its own condition.
  public func exists(_ resource: Template.Resource) throws(EvaluationError) -> Bool {
    guard let condition = resource.condition else { return true }
    return try isTrue(condition: condition)
  }

  private func isTrue(_ condition: JSONValue) throws(EvaluationError) -> Bool {
    try effort.deeper { () throws(EvaluationError) in
      if let name = condition["Condition"]?.string, condition.members.count == 1 { return try isTrue(condition: name) }
      if let intrinsic = try taken(apart: condition) { return try isTrue(intrinsic) }
      if let flag = condition.flag { return flag }
      throw .wrong("\(condition.summary) is no condition")
    }
  }

  func isTrue(_ intrinsic: Intrinsic) throws(EvaluationError) -> Bool {
    switch intrinsic {
    case .equals(let left, let right): return try comparable(left) == comparable(right)
    case .not(let condition): return try !isTrue(condition)
    case .and(let conditions):
      for condition in conditions where try !isTrue(condition) { return false }
      return true
    case .or(let conditions):
      for condition in conditions where try isTrue(condition) { return true }
      return false
    default:
      guard let flag = try value(of: intrinsic)?.flag else { throw .wrong("a condition has to be true or false") }
      return flag
    }
  }

  /// Both sides of a comparison: scalars by their texts, since a parameter's number is a text.
  private func comparable(_ expression: JSONValue) throws(EvaluationError) -> JSONValue? {
    guard let value = try value(expression) else { return nil }
    return value.isScalar ? .string(try Self.text(value, "Fn::Equals")) : value
  }
}

extension JSONValue {
  /// A boolean, or the text of one.
  fileprivate var flag: Bool? {
    switch self {
    case .bool(let flag): flag
    case .string(let text): Bool(text)
    default: nil
    }
  }
}
