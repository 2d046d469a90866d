import ArgumentParser
import Mappings

/// A value that is given as a flag, or in the environment, or has a default: in this order.
protocol SettingValue {
  init?(setting text: String)
  /// What the value is, for an error's text: "a whole number".
  static var expectation: String { get }
}

extension Environment {
  /// The flag's value where it was given, else the variable's, else the default.
  ///
  /// - Throws: a `ValidationError` that names the flag or variable.
  func setting<Value: SettingValue>(
    _ flag: String?, _ name: String, in range: ClosedRange<Value>? = nil, default fallback: Value
  ) throws -> Value where Value: Comparable {
    let variable = Self.variable(for: name)
    guard let text = flag ?? self[variable] else { return fallback }
    let origin = flag == nil ? variable : "--\(name)"
    guard let value = Value(setting: text) else {
      throw ValidationError("\(origin): '\(text)' is not \(Value.expectation)")
    }
    if let range, !range.contains(value) {
      throw ValidationError("\(origin): '\(text)' is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }

  /// `--transition-delay` as `HEADRACE_TRANSITION_DELAY`.
  static func variable(for flag: String) -> String {
    "HEADRACE_" + flag.uppercased().split(separator: "-").joined(separator: "_")
  }
}

extension Int: SettingValue {
  init?(setting text: String) { self.init(text) }
  static var expectation: String { "a whole number" }
}

extension String: SettingValue {
  init?(setting text: String) { self = text }
  static var expectation: String { "a text" }
}

extension Duration: SettingValue {
  /// A number and its unit: `500ms`, `2s`, `1.5s`, `3m`, `1h`; `0` needs none.
  init?(setting text: String) { self.init(durationText: text) }

  static var expectation: String { "a duration, such as 500ms, 2s or 1m" }
}
