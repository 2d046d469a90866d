import EventPatterns
import LambdaWire

extension ParameterRule {
  /// Documented: five filters, ten where the quota was raised. The text is ours.
  static let filtersAreFew = ParameterRule { draft in
    let limit = 10
    let count = draft.parameters.filterCriteria?.filters?.count ?? 0
    return count > limit ? "FilterCriteria can hold \(limit) filters at most." : nil
  }

  /// Every filter is a pattern of the EventBridge language (recorded: one text, whatever is wrong with it).
  static let filtersAreValid = ParameterRule { draft in
    let filters = draft.parameters.filterCriteria?.filters ?? []
    let areValid = filters.allSatisfy { filter in
      guard let pattern = filter.pattern else { return false }
      return (try? EventPattern(parsing: pattern)) != nil
    }
    return areValid ? nil : "Invalid filter pattern definition."
  }
}
