import Glibc
import Logging
import Mappings

/// How the log's lines are written.
enum LogFormat: String, SettingValue, Comparable {
  case text, json

  init?(setting text: String) { self.init(rawValue: text.lowercased()) }
  static var expectation: String { "text or json" }
  static func < (left: LogFormat, right: LogFormat) -> Bool { left.rawValue < right.rawValue }
}

/// Writes each event as one line to standard error, with one system call, so that lines never mix.
struct LineLogHandler: LogHandler {
  var format: LogFormat
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    write(event.level, event.message, event.metadata ?? [:])
  }

  /// Writes a line whatever the level is.
  func write(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata) {
    let all = self.metadata.merging(metadata) { $1 }.sorted { $0.key < $1.key }
    var text = ""
    switch format {
    case .text:
      text = "\(Milliseconds.now().text) \(level) \(message)"
      for (key, value) in all { text += " \(key)=\(Self.word("\(value)"))" }
    case .json:
      text = #"{"time":"\#(Milliseconds.now().text)","level":"\#(level)","message":\#(Self.quoted("\(message)"))"#
      for (key, value) in all { text += ",\(Self.quoted(key)):\(Self.json(value))" }
      text += "}"
    }
    text += "\n"
    StandardError.write(text)
  }

  private static func json(_ value: Logger.MetadataValue) -> String {
    guard case .stringConvertible(let number) = value, number is Int || number is Double else {
      return quoted("\(value)")
    }
    return "\(number)"
  }

  /// Quoted only where it needs to be.
  private static func word(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7F }
    return isPlain ? text : quoted(text)
  }

  /// A JSON string: what a client sends can neither break a line nor forge one.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

/// Where everything goes that is not a command's result.
enum StandardError {
  /// Writes with one system call, so that what several threads write never mixes.
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }
}
