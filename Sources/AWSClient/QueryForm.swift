/// The form of a call of the Query protocol (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html).
struct QueryForm {
  /// The form's content type.
  static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

  private(set) var bytes: [UInt8] = []

  init(action: String, version: String) {
    bytes.append(contentsOf: "Action=\(action)&Version=\(version)".utf8)
  }

  /// Appends a parameter. Its name needs no encoding; its value is UTF-8 text.
  mutating func append(_ name: String, _ value: some Collection<UInt8>) {
    bytes.reserveCapacity(bytes.count + name.utf8.count + value.count * 2 + 2)
    bytes.append(UInt8(ascii: "&"))
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "="))
    for byte in value { PercentEncoding.append(byte, to: &bytes) }
  }

  /// Appends a map of texts, in the order of their names: one request is always the same bytes.
  mutating func append(_ name: String, _ entries: [String: String]) {
    for (index, entry) in entries.sorted(by: { $0.key < $1.key }).enumerated() {
      append("\(name).entry.\(index + 1).key", entry.key.utf8)
      append("\(name).entry.\(index + 1).value", entry.value.utf8)
    }
  }
}
