import JSON

/// The answer of an application or a plan, for people.
struct StackReport {
  let text: String

  init(_ outcome: JSONValue, isPlan: Bool) {
    var lines: [String] = []
    let name = outcome["StackName"].shown
    lines.append(isPlan ? "\(name) (a plan: nothing was changed)" : "\(name) \(outcome["StackStatus"].shown)")
    var counts: [String: Int] = [:]
    for change in outcome["Changes"].elements {
      counts[change["Action"].shown, default: 0] += 1
      lines += Self.lines(change)
    }
    for function in outcome["Functions"].elements {
      lines.append("  function \(function["LogicalResourceId"].shown) is \(function["FunctionName"].shown)")
    }
    for output in outcome["Outputs"].elements {
      lines.append("  output \(output["OutputKey"].shown) = \(output["OutputValue"].shown)")
    }
    for leftover in outcome["Leftovers"].elements {
      lines.append("  could not be taken away, the next application tries again: \(Optional(leftover).shown)")
    }
    let ignored = outcome["IgnoredResources"].elements
    if !ignored.isEmpty {
      let types = Dictionary(grouping: ignored) { $0["ResourceType"].shown }.sorted { $0.key < $1.key }
      lines.append(
        "  ignored: \(types.map { "\($0.key)\($0.value.count > 1 ? " (\($0.value.count))" : "")" }.joined(separator: ", "))"
      )
    }
    let would = isPlan ? "to add" : "added"
    lines.append(
      "  \(counts["Add"] ?? 0) \(would), \(counts["Modify"] ?? 0) \(isPlan ? "to change" : "changed"), "
        + "\(counts["Remove"] ?? 0) \(isPlan ? "to remove" : "removed"), \(outcome["UnchangedResources"].number) unchanged"
    )
    text = lines.joined(separator: "\n")
  }

  private static func lines(_ change: JSONValue) -> [String] {
    let sign =
      switch change["Action"].shown {
      case "Add": "+"
      case "Remove": "-"
      default: change["Replacement"] == nil ? "~" : "±"
      }
    var line = "  \(sign) \(change["LogicalResourceId"].shown) (\(change["ResourceType"].shown))"
    if let id = change["PhysicalResourceId"] { line += " \(Optional(id).shown)" }
    if change["PolicyAction"] != nil { line += ", retained" }
    var lines = [line]
    for detail in change["Details"].elements {
      lines.append(
        "      \(detail["Name"].shown): \(detail["BeforeValue"]?.text ?? "-") → \(detail["AfterValue"]?.text ?? "-")")
    }
    let later = change["KnownAfterApply"].elements
    if !later.isEmpty {
      lines.append("      known after apply: \(later.map { Optional($0).shown }.joined(separator: ", "))")
    }
    return lines
  }
}

extension Optional<JSONValue> {
  /// A string without its quotes, anything else as JSON; empty for nothing.
  fileprivate var shown: String {
    switch self {
    case nil: ""
    case .string(let text)?: text
    case .some(let value): value.text
    }
  }

  fileprivate var elements: [JSONValue] {
    guard case .array(let elements)? = self else { return [] }
    return elements
  }

  fileprivate var number: String {
    guard case .number(let number)? = self else { return "0" }
    return number.text
  }
}
