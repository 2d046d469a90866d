import Glibc

extension Milliseconds {
  /// In UTC, as `2026-01-31T23:59:59.123Z` (RFC 3339).
  public var text: String {
    var seconds = time_t(count / 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func pad(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = "\(1900 + parts.tm_year)-\(pad(Int(parts.tm_mon) + 1, 2))-\(pad(Int(parts.tm_mday), 2))"
    let clock = "\(pad(Int(parts.tm_hour), 2)):\(pad(Int(parts.tm_min), 2)):\(pad(Int(parts.tm_sec), 2))"
    return "\(date)T\(clock).\(pad(Int(count % 1000), 3))Z"
  }
}
