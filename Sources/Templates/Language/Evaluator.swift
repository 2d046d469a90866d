import FoundationEssentials
public import JSON

/// Why an expression has no value.
public enum EvaluationError: Error, Equatable, Sendable {
  /// It waits for a resource, or another stack's value, that is not there yet.
  case pending(String)
  /// The template is wrong.
  case template(TemplateError)

  static func wrong(_ message: String) -> EvaluationError { .template(TemplateError(message)) }
}

/// Gives the values of a template's expressions.
///
/// Whatever nobody asks for is not evaluated: of `Fn::If` only the branch that is taken, of the resources only those that
/// something is done for.
public struct Evaluator: Sendable {
  /// What a reference to a resource gives: its `Ref` where the attribute is nil. Attributes of nested stacks come as
  /// `Outputs.Name`.
  public typealias Lookup = @Sendable (_ logicalID: String, _ attribute: String?) throws(EvaluationError) -> JSONValue
  /// What another stack gives.
  public typealias Imports = @Sendable (_ import: Import) throws(EvaluationError) -> JSONValue

  /// A value of another stack.
  public enum Import: Hashable, Sendable {
    /// `Fn::ImportValue`
    case export(String)
    /// `Fn::GetStackOutput`
    case output(String, stack: String, region: String)
  }

  let template: Template
  let identity: StackIdentity
  let parameters: TemplateParameters
  let imports: Imports
  let lookup: Lookup
  /// The conditions whose values are known.
  let conditions: Memo<String, Bool>
  let effort: Effort

  /// - Parameters:
  ///   - parameters: what the template's parameters were given.
  ///   - pending: parameters whose values are not known yet, and what each waits for.
  /// - Throws: where a parameter is missing, unknown, or not what it has to be.
  public init(
    template: Template, identity: StackIdentity, parameters: [String: JSONValue], pending: [String: String] = [:],
    imports: @escaping Imports, lookup: @escaping Lookup
  ) throws(TemplateError) {
    self.init(
      template: template, identity: identity,
      parameters: try TemplateParameters(template, given: parameters, pending: pending), conditions: Memo(),
      effort: Effort(), imports: imports, lookup: lookup)
  }

  /// With parameters that were checked before, and what evaluations of the same template and parameters found out.
  init(
    template: Template, identity: StackIdentity, parameters: TemplateParameters, conditions: Memo<String, Bool>,
    effort: Effort, imports: @escaping Imports, lookup: @escaping Lookup
  ) {
    self.template = template
    self.identity = identity
    self.parameters = parameters
    self.conditions = conditions
    self.effort = effort
    self.imports = imports
    self.lookup = lookup
  }

  /// The value of an expression; nil for `AWS::NoValue`. Members and elements without a value vanish.
  /// - Parameter logicalID: which resource or output it stands in, for errors.
  public func value(of expression: JSONValue, in logicalID: String) throws(EvaluationError) -> JSONValue? {
    do throws(EvaluationError) {
      return try value(expression)
    } catch {
      guard case .template(let reason) = error else { throw error }
      throw .template(reason.about(logicalID))
    }
  }

  func value(_ expression: JSONValue) throws(EvaluationError) -> JSONValue? {
    try effort.deeper { () throws(EvaluationError) in
      guard let intrinsic = try taken(apart: expression) else { return try plain(expression) }
      let value = try value(of: intrinsic)
      if let value, intrinsic.makesSomething { try effort.spend(value.weight) }
      return value
    }
  }

  private func plain(_ expression: JSONValue) throws(EvaluationError) -> JSONValue? {
    switch expression {
    case .string(let text):
      // Nearly all texts are told apart by the first look.
      if text.utf8.contains(UInt8(ascii: "{")), text.contains("{{resolve:") {
        throw .wrong("dynamic references such as \(text.prefix(80)) are not supported: nothing here reads secrets")
      }
      return expression
    case .null, .bool, .number: return expression
    case .array(let elements):
      return .array(try elements.map { (element) throws(EvaluationError) in try value(element) }.compactMap(\.self))
    case .object(let members):
      return .object(
        try members.map { (member) throws(EvaluationError) in
          try value(member.value).map { JSONMember(member.name, $0) }
        }.compactMap(\.self))
    }
  }

  // MARK: Arguments

  func taken(apart expression: JSONValue) throws(EvaluationError) -> Intrinsic? {
    do throws(TemplateError) { return try Intrinsic(expression) } catch { throw .template(error) }
  }

  func elements(_ expression: JSONValue, _ function: String) throws(EvaluationError) -> [JSONValue] {
    guard let list = try value(expression)?.elements else {
      throw .wrong("\(function) takes a list, not \(expression.summary)")
    }
    return list
  }

  func text(_ expression: JSONValue, _ function: String) throws(EvaluationError) -> String {
    guard let value = try value(expression) else { throw .wrong("\(function) has a part without a value") }
    return try Self.text(value, function)
  }

  static func text(_ value: JSONValue, _ function: String) throws(EvaluationError) -> String {
    switch value {
    case .string(let text): return text
    case .number(let number): return number.text
    case .bool(let flag): return flag ? "true" : "false"
    case .null, .array, .object: throw .wrong("\(function) takes a text here, not \(value.summary)")
    }
  }
}
