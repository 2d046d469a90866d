extension Duration {
  /// Reads a number and its unit: `500ms`, `2s`, `1.5s`, `3m`, `1h`; `0` needs none. Nil for anything else, and for more
  /// than a year.
  public init?(durationText text: String) {
    let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
    if text == "0" {
      self = .zero
      return
    }
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      text.dropLast(unit.suffix.count).utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
      let number = Double(text.dropLast(unit.suffix.count)), number >= 0, number * unit.seconds <= 86_400 * 365
    else { return nil }
    self = .milliseconds(Int64((number * unit.seconds * 1000).rounded()))
  }

  /// Whole milliseconds.
  public var wholeMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }

  /// `10s`, or `1500ms` where seconds do not do.
  public var durationText: String {
    wholeMilliseconds % 1000 == 0 ? "\(wholeMilliseconds / 1000)s" : "\(wholeMilliseconds)ms"
  }
}
