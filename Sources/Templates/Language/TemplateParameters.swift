import JSON

/// The values of a template's parameters, checked against what it declares
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html).
struct TemplateParameters: Sendable {
  private var values: [String: JSONValue] = [:]
  /// Why a parameter has no value: only whoever uses it minds.
  private var missing: [String: EvaluationError] = [:]

  /// - Throws: where a value is given for what is no parameter, where one is missing, or is not what it has to be.
  init(_ template: Template, given: [String: JSONValue], pending: [String: String]) throws(TemplateError) {
    let names = Set(template.parameters.map(\.name))
    let strangers = Set(given.keys).union(pending.keys).subtracting(names).sorted()
    guard strangers.isEmpty else {
      throw TemplateError("Parameters: [\(strangers.joined(separator: ", "))] do not exist in the template")
    }
    var absent: [String] = []
    for parameter in template.parameters {
      if let cause = pending[parameter.name] {
        missing[parameter.name] = .pending(cause)
      } else if let value = given[parameter.name] {
        values[parameter.name] = try parameter.value(value)
      } else if parameter.type.hasPrefix("AWS::SSM::Parameter::Value<") {
        missing[parameter.name] = .template(
          TemplateError(
            "the parameter '\(parameter.name)' is a value of SSM's Parameter Store, which nothing here reads: give it, "
              + "with --parameter \(parameter.name)=VALUE"))
      } else if let value = parameter.defaultValue {
        values[parameter.name] = try parameter.value(value)
      } else {
        absent.append(parameter.name)
      }
    }
    guard absent.isEmpty else {
      throw TemplateError("Parameters: [\(absent.joined(separator: ", "))] must have values")
    }
  }

  /// The value of a parameter; nil where there is none of that name.
  func value(_ name: String) throws(EvaluationError) -> JSONValue? {
    if let reason = missing[name] { throw reason }
    return values[name]
  }
}

extension Template.Parameter {
  /// A given value as references to the parameter see it: a text, or a list of texts.
  fileprivate func value(_ given: JSONValue) throws(TemplateError) -> JSONValue {
    let text: String
    switch given {
    case .string(let string): text = string
    case .number(let number): text = number.text
    case .bool(let flag): text = flag ? "true" : "false"
    // A nested stack may be given a list as it is.
    case .array(let elements) where isList && elements.allSatisfy { $0.plainText != nil }:
      text = elements.compactMap(\.plainText).joined(separator: ",")
    case .null, .array, .object: throw objection("has to be a text, not \(shown(given.summary))")
    }
    guard isList else {
      try check(text)
      return .string(text)
    }
    let elements =
      text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingSpaces)
    for element in elements { try check(element) }
    return .array(elements.map { .string($0) })
  }

  private var isList: Bool { type == "CommaDelimitedList" || type.hasPrefix("List<") || type.contains("<List<") }
  private var isNumber: Bool { type == "Number" || type == "List<Number>" }

  /// Integers and floats, in decimals: neither `nan` nor `0x10`.
  private func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text), number.isFinite
    else {
      return nil
    }
    return number
  }

  private func check(_ text: String) throws(TemplateError) {
    if isNumber, number(text) == nil { throw objection("must be a number, not \(shown(text))") }
    if let allowed = declaration["AllowedValues"]?.elements, !allowed.contains(where: { $0.plainText == text }) {
      let list = allowed.compactMap(\.plainText).joined(separator: ", ")
      throw objection("must be one of values [\(list)], not \(shown(text))")
    }
    if let pattern = declaration["AllowedPattern"]?.string { try check(text, against: pattern) }
    for (name, isBeyond) in [("MinLength", false), ("MaxLength", true)] {
      guard let limit = bound(name), isBeyond ? Double(text.count) > limit : Double(text.count) < limit else {
        continue
      }
      throw objection("is too \(isBeyond ? "long" : "short"): \(name) is \(Int(limit))")
    }
    for (name, isBeyond) in [("MinValue", false), ("MaxValue", true)] {
      guard let limit = bound(name), let number = number(text), isBeyond ? number > limit : number < limit else {
        continue
      }
      throw objection("is too \(isBeyond ? "large" : "small"): \(name) is \(declaration[name]?.plainText ?? "")")
    }
  }

  /// A pattern matches the whole value.
  private func check(_ text: String, against pattern: String) throws(TemplateError) {
    // Java's patterns, which CloudFormation takes, and these here differ in rare words.
    guard let regex = try? Regex(pattern) else {
      throw objection("has the pattern \(pattern), which cannot be read here")
    }
    guard (try? regex.wholeMatch(in: text)) == nil else { return }
    throw objection("must match pattern \(pattern), which \(shown(text)) does not")
  }

  private func bound(_ name: String) -> Double? { declaration[name]?.plainText.flatMap { Double($0) } }

  /// What a template does not want to be shown is not shown.
  private func shown(_ text: String) -> String {
    declaration["NoEcho"]?.plainText?.lowercased() == "true" ? "****" : "'\(text)'"
  }

  private func objection(_ text: String) -> TemplateError {
    let description = declaration["ConstraintDescription"]?.string.map { " (\($0))" } ?? ""
    return TemplateError("Parameter '\(name)' \(text)\(description)")
  }
}

extension JSONValue {
  /// The text of a scalar.
  fileprivate var plainText: String? {
    switch self {
    case .string(let text): text
    case .number(let number): number.text
    case .bool(let flag): flag ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
