import ArgumentParser

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
  init?(setting text: String) {
    let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
    if text == "0" {
      self = .zero
      return
    }
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let number = Double(text.dropLast(unit.suffix.count)), number >= 0, number * unit.seconds <= 86_400 * 365
    else { return nil }
    self = .milliseconds(Int64((number * unit.seconds * 1000).rounded()))
  }

  static var expectation: String { "a duration, such as 500ms, 2s or 1m" }
}
