import Glibc

/// Whole seconds since 1970-01-01T00:00:00Z.
public typealias UnixSeconds = Int

/// The forms of time that AWS writes.
enum UnixTime {
  /// The system's time.
  static func now() -> UnixSeconds { time(nil) }

  /// `20150830T123600Z`: the basic form of ISO 8601 that a signature has.
  static func basicFormat(_ seconds: UnixSeconds) -> String {
    var time: time_t = seconds
    var parts = tm()
    gmtime_r(&time, &parts)
    return String(unsafeUninitializedCapacity: 16) { buffer in
      var offset = 0
      func append(_ number: Int32, digits: Int) {
        var number = number
        for place in stride(from: offset + digits - 1, through: offset, by: -1) {
          buffer[place] = UInt8(ascii: "0") + UInt8(number % 10)
          number /= 10
        }
        offset += digits
      }
      append(parts.tm_year + 1900, digits: 4)
      append(parts.tm_mon + 1, digits: 2)
      append(parts.tm_mday, digits: 2)
      buffer[offset] = UInt8(ascii: "T")
      offset += 1
      append(parts.tm_hour, digits: 2)
      append(parts.tm_min, digits: 2)
      append(parts.tm_sec, digits: 2)
      buffer[offset] = UInt8(ascii: "Z")
      return offset + 1
    }
  }

  /// Reads `2026-01-31T23:59:59Z`, also with a fraction; nil where the text is no such time.
  static func parse(_ text: String) -> UnixSeconds? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
    func number(_ range: Range<Int>) -> Int32? { Int32(String(decoding: bytes[range], as: UTF8.self)) }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    var parts = tm()
    parts.tm_year = year - 1900
    parts.tm_mon = month - 1
    parts.tm_mday = day
    parts.tm_hour = hour
    parts.tm_min = minute
    parts.tm_sec = second
    return timegm(&parts)
  }
}
